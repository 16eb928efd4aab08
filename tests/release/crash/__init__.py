"""The crash matrix: every call of a release, and everything that can happen to it."""
