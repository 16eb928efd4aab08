"""Volumes and workspaces: pushing, rolling back, pruning and looking at what clusters have."""
