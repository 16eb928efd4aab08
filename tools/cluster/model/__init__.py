"""Frozen values: what a cluster is to have, what it was locked to, and where that stands in a volume."""
