"""The keys by which Databricks names runtimes, for the runtimes whose key is known; none is made up of a version."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster.model.cluster_file import ClusterFile

_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "13.3": "13.3.x-scala2.12",
        "14.3": "14.3.x-scala2.12",
        "14.3-ml-cpu": "14.3.x-cpu-ml-scala2.12",
        "15.4": "15.4.x-scala2.12",
        "15.4-ml-cpu": "15.4.x-cpu-ml-scala2.12",
        "16.4": "16.4.x-scala2.12",  # its table is of this image; the libraries of the one with Scala 2.13 may differ
        "16.4-ml-cpu": "16.4.x-cpu-ml-scala2.12",
        "17.3": "17.3.x-scala2.13",
        "17.3-ml-cpu": "17.3.x-cpu-ml-scala2.13",
        "18": "18.x-scala2.13",  # from here on a key has no minor version
    }
)
"""By table: what the tables' first lines name as where they come from."""


def find_runtime_key(file: ClusterFile) -> str:
    """Give what `spark_version` has to be, `15.4.x-scala2.12`; nothing where that is not known for sure.

    Graviton's images have keys of their own, which no table names.
    """
    return _KEYS.get(file.runtime, "") if file.architecture == "x86_64" else ""
