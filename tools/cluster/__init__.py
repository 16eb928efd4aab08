"""From published packages to hash-locked installs on clusters."""
