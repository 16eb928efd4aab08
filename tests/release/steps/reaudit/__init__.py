"""Tests of what audits releases again."""
