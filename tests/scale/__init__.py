"""A thousand nodes that start at once, against the stand-in for CodeArtifact with the service's quotas."""
