"""Nodes of clusters on this machine: a runtime's environment with its own Python and pip, and the script for real."""
