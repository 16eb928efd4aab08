"""Notices: the services that carry them, and the book of what they were told."""
