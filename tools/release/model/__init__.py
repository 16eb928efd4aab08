"""Frozen values: what a release is made of, in the order in which it comes to be."""
