"""What is done for a cluster, one file for each thing."""
