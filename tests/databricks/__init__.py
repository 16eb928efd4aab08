"""What stands on its own in `databricks/`."""
