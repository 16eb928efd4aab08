"""The page that lists a channel's projects, to which the releases of a run add their names together."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from release.adapters.page import render_root
from release.adapters.s3.bucket import Found
from release.adapters.s3.layout import PAGE_HEADERS
from release.adapters.s3.page_text import read_root
from release.adapters.s3.settling import until_settled

if TYPE_CHECKING:
    from release.adapters.s3.bucket import Bucket


class Root:
    """One page; `patience` is how many seconds it is tried while others change it."""

    def __init__(self, bucket: Bucket, key: str, patience: float) -> None:
        self._bucket = bucket
        self._key = key
        self._patience = patience
        self._waiting: set[str] = set()
        self._named: set[str] = set()
        self._written: Found | None = None
        """The page as this run wrote it last, and the names on it."""
        self._writing = Lock()

    def add(self, package: str) -> None:
        """Have the page name a project; whoever waits to write meanwhile is named by the next write."""
        self._waiting.add(package)
        with self._writing:
            if package in self._waiting:
                names = self._waiting.copy()
                until_settled(self._bucket.place(self._key), self._patience, lambda: self._write(names))
                self._waiting -= names

    def _write(self, names: set[str]) -> bool:
        """Write what was read, or written before, with more names; where others wrote meanwhile, it is read anew."""
        is_known = self._written is not None and not names <= self._named
        found, self._written = self._written if is_known else self._bucket.get(self._key), None
        before = read_root(self._bucket.place(self._key), found.content) if found else set()
        if names <= before:
            return True
        self._named = before | names
        content = render_root(self._named)
        etag = self._bucket.replace(self._key, found, content, **PAGE_HEADERS)
        self._written = Found(content, etag) if etag else None
        return bool(etag)
