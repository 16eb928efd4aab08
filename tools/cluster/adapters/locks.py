"""The locks of the work tree: `databricks/locks/<name>.txt`, and their signatures beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cluster.model.kept import Kept
from cluster.model.lock import parse_lock
from release.adapters.disk import exclusive, replace_file, sweep
from release.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from cluster.model.lock import ClusterLock
    from release.ports import Source

FOLDER: Final = "databricks/locks"
_NUMBER = re.compile(rb"^# number: ([0-9]{1,9})$", re.MULTILINE)


class LockFolder:
    """The door to the locks below a repository's root."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._folder = source.root / FOLDER

    def read(self, name: str) -> Kept:
        """Give what stands there; a file that was edited into something else is told, and its number still counts."""
        path, bundle = self._folder / f"{name}.txt", self._folder / f"{name}.intoto.jsonl"
        content = path.read_bytes() if path.is_file() else b""
        signed = bundle.read_bytes() if bundle.is_file() else b""
        last = max(map(int, _NUMBER.findall(content + self._committed(name))), default=0)
        if not content:
            return Kept(None, signed, last)
        try:
            return Kept(parse_lock(content.decode(errors="replace"), f"{FOLDER}/{name}.txt"), signed, last)
        except UsageError as error:
            return Kept(None, signed, last, error.message)

    def keep(self, lock: ClusterLock, bundle: bytes) -> None:
        """Put a lock and its signatures in place.

        The new signatures stand beside the old ones until the lock is there: whenever this is stopped, the lock that
        stands there has its own.
        """
        path, signed = self._folder / f"{lock.cluster}.txt", self._folder / f"{lock.cluster}.intoto.jsonl"
        before = signed.read_bytes() if signed.is_file() else b""
        self._folder.mkdir(parents=True, exist_ok=True)
        sweep(self._folder)
        text = lock.as_text().encode()
        if not path.is_file() or path.read_bytes() != text:
            replace_file(signed, bundle + before)
            replace_file(path, text)
        replace_file(signed, bundle)

    def alone(self) -> AbstractContextManager[None]:
        """Be the only run on this machine that locks clusters of this work tree."""
        return exclusive(self._source.root / "dist" / ".locking")

    def _committed(self, name: str) -> bytes:
        asked = f"HEAD:{FOLDER}/{name}.txt"
        return b"\n" + self._source.read([asked]).get(asked, b"")
