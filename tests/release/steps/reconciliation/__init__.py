"""Tests of what compares tags with targets."""
