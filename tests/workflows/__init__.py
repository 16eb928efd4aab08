"""The workflows of this repository, run on this machine as GitHub would run them."""
