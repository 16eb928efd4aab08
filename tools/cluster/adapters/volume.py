"""Volumes by databricks-sdk's Files API: a call for each question, and files whole or not at all."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Final, TypeVar, cast

from cluster.model.observed import Entry
from release.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.files import DownloadResponse

    from cluster.adapters.databricks_sdk import Questions

Made = TypeVar("Made")
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a file that is taken into memory."""
_CHUNK: Final = 1024 * 1024
_VOLUME_PARTS: Final = 5
"""Of a path that is split at its slashes: nothing, `Volumes`, catalog, schema, volume."""


class DatabricksVolume:
    """The door to all volumes of a workspace."""

    def __init__(self, client: WorkspaceClient, questions: Questions) -> None:
        self._files = client.files
        self._questions = questions

    def require(self, path: str) -> None:
        """Refuse a path whose volume is not there: UsageError."""
        volume = "/".join(path.split("/")[:_VOLUME_PARTS])
        found = self._ask("look for", volume, partial(self._is_answered, volume))
        if not found:
            raise UsageError(
                f"{volume}: there is no such volume, or the token's owner may not see it",
                hint="make it (CREATE VOLUME), grant READ VOLUME and WRITE VOLUME, or mend the cluster file's volume",
            )

    def _is_answered(self, volume: str) -> bool:
        self._files.get_directory_metadata(volume)
        return True

    def read(self, path: str) -> bytes | None:
        """Give a file of at most 16 MiB; None where there is none."""

        def load() -> bytes:
            with _contents(self._files.download(path)) as stream:
                return stream.read(LARGEST)

        return self._ask("read", path, load)

    def digest(self, path: str) -> str:
        """Give the SHA-256 of a file; an empty text where there is none."""

        def measure() -> str:
            digest = hashlib.sha256()
            with _contents(self._files.download(path)) as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
            return digest.hexdigest()

        return self._ask("read", path, measure) or ""

    def modified(self, path: str) -> datetime | None:
        """Say when a file was last written; None where there is none."""
        found = self._ask("look at", path, lambda: self._files.get_metadata(path))
        return parsedate_to_datetime(found.last_modified) if found and found.last_modified else None

    def add(self, path: str, content: bytes | Path) -> bool:
        """Write a file where none stands; False where one does."""
        from databricks.sdk.errors import ResourceConflict  # noqa: PLC0415  # imported when the client was opened

        def upload() -> bool:
            try:
                with _opened(content) as stream:
                    self._files.upload(path, stream, overwrite=False)
            except ResourceConflict:
                return False
            return True

        return self._questions.ask(f"write {path}", upload)

    def replace(self, path: str, content: bytes) -> None:
        """Write a file, whatever stands there."""
        self._questions.ask(f"write {path}", lambda: self._files.upload(path, BytesIO(content), overwrite=True))

    def entries(self, folder: str) -> tuple[Entry, ...]:
        """Give what stands in a folder, by name; nothing where there is none."""
        listed = self._ask("list", folder, lambda: tuple(self._files.list_directory_contents(folder))) or ()
        return tuple(
            sorted(
                Entry(
                    name=each.name or "",
                    path=each.path or "",
                    is_folder=bool(each.is_directory),
                    modified=datetime.fromtimestamp((each.last_modified or 0) / 1000, timezone.utc),
                    size=each.file_size or 0,
                )
                for each in listed
            )
        )

    def remove(self, path: str) -> None:
        """Take a file away, if it is there."""
        self._ask("remove", path, lambda: self._files.delete(path))

    def remove_folder(self, folder: str) -> None:
        """Take a folder away, if it is there and empty."""
        from databricks.sdk.errors import BadRequest  # noqa: PLC0415  # imported when the client was opened

        def remove() -> None:
            try:
                self._files.delete_directory(folder)
            except BadRequest:  # somebody has put a file there meanwhile
                return

        self._ask("remove", folder, remove)

    def _ask(self, doing: str, path: str, question: Callable[[], Made]) -> Made | None:
        """Ask for something that may not be there."""
        from databricks.sdk.errors import NotFound  # noqa: PLC0415  # imported when the client was opened

        def find() -> Made | None:
            try:
                return question()
            except NotFound:
                return None

        return self._questions.ask(f"{doing} {path}", find)


def _contents(said: DownloadResponse) -> BinaryIO:
    return cast("BinaryIO", said.contents)  # which a download always has


def _opened(content: bytes | Path) -> AbstractContextManager[BinaryIO]:
    return BytesIO(content) if isinstance(content, bytes) else content.open("rb")
