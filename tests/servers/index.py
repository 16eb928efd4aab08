"""A stand-in for a package index: PEP 503 pages, and PEP 691 JSON with upload times (PEP 700), out of folders."""

from __future__ import annotations

import hashlib
import zipfile
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING

from packaging.utils import InvalidSdistFilename, parse_sdist_filename, parse_wheel_filename

from tests.servers.stand_in import Answer, Hang, Request, StandIn, as_json

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = "*"
LONG_AGO = "2020-02-02T00:00:00.000000Z"
_JSON = "application/vnd.pypi.simple.v1+json"
_FRESH = {"Cache-Control": "no-cache"}  # what a test adds is seen at once


class Fault(StrEnum):
    """What is wrong with an index, or with one project of it."""

    ERROR = "500"
    UNAUTHORISED = "401"
    HANG = "no answer"
    NO_UPLOAD_TIME = "no upload-time"
    HTML = "pages, never JSON"
    OTHER_BYTES = "files that are not what their digests say"


class PackageIndex(StandIn):
    """An index of the files in some folders, looked at anew for each page."""

    def __init__(self, *folders: Path, port: int = 0) -> None:
        super().__init__(port)
        self.folders = list(folders)
        self.core_metadata = True
        """Whether it gives a wheel's METADATA beside the wheel (PEP 658)."""
        self._uploaded: dict[str, str] = {}
        self._faults: dict[str, Fault] = {}

    @property
    def url(self) -> str:
        """What `--index-url` names."""
        return f"{self.address}/simple/"

    def fail(self, fault: Fault, name: str = EVERYTHING) -> None:
        """Answer wrongly about one project, or about everything."""
        self._faults[name] = fault

    def mend(self) -> None:
        """Answer rightly again."""
        self._faults.clear()

    def date(self, file: Path, upload_time: str) -> None:
        """Say when a file was uploaded: `2026-01-02T03:04:05Z`; all others were long ago."""
        self._uploaded[file.name] = upload_time

    def asked(self) -> set[str]:
        """Give the projects it was asked about."""
        return {
            request.parts[1] for request in self.requests if request.parts[0] == "simple" and len(request.parts) > 1
        }

    def answer(self, request: Request) -> Answer | Hang:
        """Answer with a page, a file or a file's metadata."""
        kind, *rest = request.parts
        if kind == "files" and len(rest) > 1:
            return self._file(*rest[:2])
        if kind != "simple":
            return _missing()
        project = rest[0] if rest else ""
        fault = self._faults.get(project, self._faults.get(EVERYTHING))
        if fault is Fault.ERROR:
            return Answer(b"Internal Server Error", 500, "text/plain")
        if fault is Fault.UNAUTHORISED:
            return Answer(b"Unauthorized", 401, "text/plain", {"WWW-Authenticate": 'Basic realm="index"'})
        if fault is Fault.HANG:
            return Hang()
        wants_json = _JSON in request.headers.get("accept", "") and fault is not Fault.HTML
        return self._page(project, fault, wants_json=wants_json) if project else self._root(wants_json=wants_json)

    def _files(self) -> list[Path]:
        found = (path for folder in self.folders if folder.is_dir() for path in sorted(folder.iterdir()))
        return [path for path in found if _project_of(path)]

    def _root(self, *, wants_json: bool) -> Answer:
        names = sorted({_project_of(path) for path in self._files()})
        if wants_json:
            return as_json({"meta": {"api-version": "1.1"}, "projects": [{"name": name} for name in names]}, kind=_JSON)
        return _html("".join(f'<a href="{name}/">{name}</a>\n' for name in names))

    def _page(self, project: str, fault: Fault | None, *, wants_json: bool) -> Answer:
        paths = [path for path in self._files() if _project_of(path) == project]
        if not paths:
            return _missing()
        files = [self._describe(path, fault) for path in paths]
        if not wants_json:
            anchors = (
                f'<a href="{file["url"]}#sha256={_sha256(path)}">{escape(path.name)}</a>\n'
                for file, path in zip(files, paths, strict=True)
            )
            return _html("".join(anchors))
        versions = sorted({_version_of(path) for path in paths})
        document = {"meta": {"api-version": "1.1"}, "name": project, "versions": versions, "files": files}
        page = as_json(document, kind=_JSON)
        return Answer(page.content, kind=_JSON, headers=_FRESH)

    def _describe(self, path: Path, fault: Fault | None) -> dict[str, object]:
        said = _metadata(path) if self.core_metadata else None
        # The digest is in the address, as in the real one's, so that no cache takes one file for another.
        way = f"{self.address}/files/{'0' * 8 if fault is Fault.OTHER_BYTES else _sha256(path)}/{path.name}"
        uploaded = {} if fault is Fault.NO_UPLOAD_TIME else {"upload-time": self._uploaded.get(path.name, LONG_AGO)}
        described = {"core-metadata": {"sha256": hashlib.sha256(said).hexdigest()}} if said else {}
        return {
            "filename": path.name,
            "url": way,
            "hashes": {"sha256": _sha256(path)},
            "size": path.stat().st_size,
            "yanked": False,
            **uploaded,
            **described,
        }

    def _file(self, digest: str, name: str) -> Answer:
        """Give a file, or its metadata; with a byte more where it shall not be what its digest says."""
        wanted = name.removesuffix(".metadata")
        path = next(
            (each for each in self._files() if each.name == wanted and digest in {_sha256(each), "0" * 8}), None
        )
        if path is None:
            return _missing()
        content = path.read_bytes() if name == wanted else _metadata(path)
        if content is None:
            return _missing()
        return Answer(content + b"\n" * (digest == "0" * 8), kind="application/octet-stream")


def _project_of(path: Path) -> str:
    try:
        return parse_wheel_filename(path.name)[0] if path.suffix == ".whl" else parse_sdist_filename(path.name)[0]
    except InvalidSdistFilename:
        return ""


def _version_of(path: Path) -> str:
    parsed = parse_wheel_filename(path.name)[1] if path.suffix == ".whl" else parse_sdist_filename(path.name)[1]
    return str(parsed)


def _metadata(path: Path) -> bytes | None:
    if path.suffix != ".whl":
        return None
    with zipfile.ZipFile(path) as wheel:
        return next(wheel.read(each) for each in wheel.namelist() if each.endswith(".dist-info/METADATA"))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _html(body: str) -> Answer:
    return Answer(f"<!DOCTYPE html><html><body>\n{body}</body></html>".encode(), kind="text/html", headers=_FRESH)


def _missing() -> Answer:
    return Answer(b"Not Found", 404, "text/plain")
