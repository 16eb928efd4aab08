"""The cluster files of the work tree: `databricks/clusters/<name>.toml`, named by their files."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cluster.model.cluster_file import NAME, ClusterFile
from release.errors import UsageError
from release.model.tag import shown
from release.settings import parse_table

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "databricks/clusters"


class ClusterFolder:
    """The door to the cluster files below a repository's root."""

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Give the name of every cluster, in their order."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.toml") if path.is_file()))

    def read(self, name: str) -> ClusterFile:
        """Read one, or say which key is wrong; what is not committed counts, as whoever edits it expects."""
        if name not in self.names:
            known = ", ".join(map(shown, self.names)) or f"none: {FOLDER} holds no <name>.toml"
            raise UsageError(f"there is no cluster {shown(name)}", hint=f"clusters: {known}")
        place = f"{FOLDER}/{shown(name)}.toml"
        if not NAME.fullmatch(name):
            raise UsageError(
                f"{place}: a cluster's name has lower-case letters, digits and single hyphens",
                hint="rename the file: its name is the cluster's, and part of paths and addresses",
            )
        return parse_table((self._folder / f"{name}.toml").read_bytes(), place, ClusterFile)
