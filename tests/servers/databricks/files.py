"""Volumes as the Files API shows them: https://docs.databricks.com/api/workspace/files.

They are folders of this machine, `<catalog>/<schema>/<volume>`, so that a node can have them as `/Volumes`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from email.utils import formatdate
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from tests.servers.databricks.refusals import must, refuse
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.servers.stand_in import Request

FILES: Final = ("api", "2.0", "fs", "files")
DIRECTORIES: Final = ("api", "2.0", "fs", "directories")
_MOST_ENTRIES: Final = 1000
_VOLUME_PARTS: Final = 4
"""`Volumes`, catalog, schema and volume."""


class Volumes:
    """What stands in volumes, and in what order it came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.page_size = _MOST_ENTRIES
        self.written: list[str] = []
        """The path of every file, each time that it was written."""
        self._parts = Path(tempfile.mkdtemp(prefix=".parts-", dir=folder))

    def add_volume(self, path: str) -> Path:
        """Make a volume, `/Volumes/<catalog>/<schema>/<volume>`, and give its folder here."""
        place = self.place(path)
        place.mkdir(parents=True)
        return place

    def place(self, path: str) -> Path:
        """Give the file of this machine that a path names."""
        return self.folder.joinpath(*PurePosixPath(path).parts[2:])

    def answer(self, request: Request) -> Answer:
        """Answer a call of the Files API."""
        kind, parts = request.parts[: len(FILES)], request.parts[len(FILES) :]
        must(parts[:1] == ("Volumes",) and ".." not in parts, 400, "INVALID_PARAMETER_VALUE", "Invalid path.")
        path = "/" + "/".join(parts)
        volume = self.folder.joinpath(*parts[1:_VOLUME_PARTS])
        is_there = len(parts) >= _VOLUME_PARTS and volume.is_dir()
        must(is_there, 404, "NOT_FOUND", f"Volume '{'.'.join(parts[1:4])}' does not exist.")
        asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
        place = self.place(path)
        if kind == FILES:
            return self._file(request, place, path, asked)
        return self._directory(request, place, path, asked)

    def _file(self, request: Request, place: Path, path: str, asked: dict[str, str]) -> Answer:
        if request.method == "PUT":
            return self._upload(request, place, path, overwrite=asked.get("overwrite", "true") == "true")
        must(place.is_file(), 404, "NOT_FOUND", "The file being accessed is not found.")
        if request.method == "DELETE":
            place.unlink()
            return Answer(status=204)
        times = {"Last-Modified": formatdate(place.stat().st_mtime, usegmt=True)}
        return Answer(place.read_bytes(), kind="application/octet-stream", headers=times)

    def _upload(self, request: Request, place: Path, path: str, *, overwrite: bool) -> Answer:
        """Take a file whole or not at all; the folders above it come about by themselves."""
        must(not place.is_dir(), 409, "ALREADY_EXISTS", "The resource being created already exists.")
        part = Path(tempfile.mkstemp(dir=self._parts)[1])
        part.write_bytes(request.body)
        part.chmod(0o644)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            if overwrite:
                part.replace(place)
            else:
                os.link(part, place)
                part.unlink()
        except FileExistsError:
            refuse(409, "ALREADY_EXISTS", "The file being created already exists.")
        self.written.append(path)
        return Answer(status=204)

    def _directory(self, request: Request, place: Path, path: str, asked: dict[str, str]) -> Answer:
        if request.method == "PUT":
            must(not place.is_file(), 409, "ALREADY_EXISTS", "A file with that name exists.")
            place.mkdir(parents=True, exist_ok=True)
            return Answer(status=204)
        must(place.is_dir(), 404, "NOT_FOUND", "The directory being accessed is not found.")
        if request.method == "HEAD":
            return Answer()
        if request.method == "DELETE":
            empty, reason = not any(place.iterdir()), "FILES_API_DIRECTORY_IS_NOT_EMPTY"
            must(empty, 400, "INVALID_PARAMETER_VALUE", "The directory is not empty.", reason)
            place.rmdir()
            return Answer(status=204)
        return self._list(place, path, asked)

    def _list(self, place: Path, path: str, asked: dict[str, str]) -> Answer:
        entries = sorted(place.iterdir())
        begin = int(asked.get("page_token", 0))
        end = begin + min(int(asked.get("page_size", self.page_size)), self.page_size)
        more = {"next_page_token": str(end)} if end < len(entries) else {}
        return as_json({"contents": [_entry(each, path) for each in entries[begin:end]], **more})

    def close(self) -> None:
        """Take away what was on its way."""
        shutil.rmtree(self._parts)


def _entry(place: Path, folder: str) -> dict[str, object]:
    facts = place.stat()
    named = {"name": place.name, "path": f"{folder}/{place.name}", "is_directory": place.is_dir()}
    length = {} if place.is_dir() else {"file_size": facts.st_size}
    return {**named, **length, "last_modified": int(facts.st_mtime * 1000)}
