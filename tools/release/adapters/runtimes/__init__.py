"""Databricks runtimes without Databricks: folders of metadata, and what an install would do with them."""

from __future__ import annotations

from release.adapters.runtimes.guard import RuntimeGuard
from release.adapters.runtimes.metadata_folder import lay_metadata

__all__ = ["RuntimeGuard", "lay_metadata"]
