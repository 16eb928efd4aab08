"""What is done with a release, one file for each thing."""
