"""A stand-in for the part of a Databricks workspace that clusters are kept through."""

from __future__ import annotations

from tests.servers.databricks.compute import Cluster, log_name
from tests.servers.databricks.refusals import refusal
from tests.servers.databricks.service import TOKEN, Databricks, Principal

__all__ = ["TOKEN", "Cluster", "Databricks", "Principal", "log_name", "refusal"]
