"""A stand-in for a package index that files are brought to: the legacy upload API, simple pages, and their faults."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import deque
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

from tests.servers.real_index import PASSWORD, USERNAME
from tests.servers.stand_in import Answer, Drop, Hang, Request, StandIn, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from tests.servers.faults import Faults

_JSON = "application/vnd.pypi.simple.v1+json"
_SAID = re.compile(r'(name|filename)="([^"]*)"')
_LOGIN = b"<!DOCTYPE html><html><body><form><input type=password></form><a href='/help'>Help</a></body></html>"


class Fault(StrEnum):
    """What is wrong with an answer."""

    BUSY = "429, and a second to wait"
    BROKEN = "500"
    UNAVAILABLE = "503"
    REFUSED = "403"
    REDIRECT = "a redirect, with a token in its address"
    LOST = "the connection ends after it was done"
    DROPPED = "the connection ends, and nothing was done"
    HANG = "no answer"
    LOGIN = "a page for people, with 200"
    EMPTY = "nothing, with 200"
    CUT = "half a page"
    HALF = "fewer bytes than were promised"
    LATE = "the page as it was before the last upload"
    OTHER = "the page of another project"
    NO_DIGEST = "a page without digests"


@dataclass(frozen=True)
class Form:
    """What was posted: the fields, and the file."""

    fields: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    content: bytes = b""


class UploadIndex(StandIn):
    """An index that keeps what it is brought, and takes no file name twice."""

    def __init__(self, port: int = 0, *, faults: Faults | None = None, delay: float = 0) -> None:
        super().__init__(port, faults=faults, delay=delay)
        self.files: dict[str, bytes] = {}
        """What it has, by name."""
        self.yanked: set[str] = set()
        self.json = True
        """Whether it gives JSON to whoever takes it."""
        self.root = 200
        """What it answers where all projects are listed."""
        self.date = ""
        """What its clock says, where it is not the true time."""
        self._coming: dict[str, deque[Fault]] = {"GET": deque(), "POST": deque()}
        self._always: dict[str, Fault] = {}

    def __enter__(self) -> Self:
        super().__enter__()
        says = {"date_time_string": lambda _: self.date or formatdate(usegmt=True)}
        handler = cast("type", self._server.RequestHandlerClass)
        self._server.RequestHandlerClass = type("Dated", (handler,), says)
        return self

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a release finds it."""
        return {
            "TWINE_REPOSITORY_URL": f"{self.address}/legacy/",
            "TWINE_USERNAME": USERNAME,
            "TWINE_PASSWORD": PASSWORD,
            "RELEASE_INDEX_URL": f"{self.address}/simple/",
        }

    def fail(self, method: str, fault: Fault, times: int = 0) -> None:
        """Answer wrongly so many times, or each time."""
        if times:
            self._coming[method].extend([fault] * times)
        else:
            self._always[method] = fault

    def asked(self, method: str) -> int:
        """How often it was asked so."""
        return sum(each.method == method for each in self.requests)

    def call(self, request: Request) -> str:
        """Name the file that is brought, or the page that is read."""
        return f"upload {_form(request).name}" if request.method == "POST" else f"GET {request.path}"

    def answer(self, request: Request) -> Answer | Hang | Drop:
        """Take a file, or give a page or a file."""
        coming = self._coming.get(request.method)
        fault = coming.popleft() if coming else self._always.get(request.method)
        if fault in _INSTEAD:
            return _INSTEAD[fault]
        expected = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return Answer(b"Unauthorized", 401, "text/plain", {"WWW-Authenticate": 'Basic realm="index"'})
        if request.method == "POST":
            answer = self._take(_form(request))
            return Drop() if fault is Fault.LOST else answer
        if request.parts == ("simple",):
            return Answer(kind="text/html", status=self.root)
        if request.parts[0] == "simple":
            return self._page(request.parts[1], fault, wants_json=self.json and _JSON in request.headers["accept"])
        content = self.files.get(request.parts[-1])
        return Answer(content, kind="application/octet-stream") if content is not None else _MISSING

    def _take(self, form: Form) -> Answer:
        said = form.fields
        if said.get(":action") != "file_upload" or not form.name:
            return Answer(b"there is no file", 400, "text/plain")
        if canonicalize_name(said["name"]) != _project(form.name) or said["version"] not in form.name:
            return Answer(b"the name of the file is not of that version", 400, "text/plain")
        if said["sha256_digest"] != hashlib.sha256(form.content).hexdigest():
            return Answer(b"the digest does not match", 400, "text/plain")
        with self._lock:
            there = self.files.setdefault(form.name, form.content)
        return Answer(kind="text/plain") if there == form.content else Answer(b"File already exists", 400, "text/plain")

    def _page(self, project: str, fault: Fault | None, *, wants_json: bool) -> Answer:
        with self._lock:
            names = [name for name in self.files if _project(name) == project]
        names = names[:-1] if fault is Fault.LATE else names
        if not names and fault is not Fault.OTHER:
            return _MISSING
        digests = {name: hashlib.sha256(self.files[name]).hexdigest() for name in names}
        if fault is Fault.NO_DIGEST:
            digests = dict.fromkeys(names, "")
        if fault is Fault.OTHER:
            project, digests = "stranger", {"stranger-0.1.0.tar.gz": "0" * 64}
        page = self._json(project, digests) if wants_json else self._html(digests)
        if fault is Fault.CUT:
            return Answer(page.content[: len(page.content) // 2], kind=page.kind)
        return Answer(page.content[:-40], kind=page.kind, length=len(page.content)) if fault is Fault.HALF else page

    def _json(self, project: str, digests: Mapping[str, str]) -> Answer:
        files = [
            {
                "filename": name,
                "url": f"../../files/{name}",
                "hashes": {"sha256": digest} if digest else {},
                "yanked": name in self.yanked,
                "requires-python": ">=3.10",
                "upload-time": "2026-01-02T03:04:05Z",
            }
            for name, digest in digests.items()
        ]
        document = {"meta": {"api-version": "1.1"}, "name": project, "versions": [], "files": files}
        return as_json(document, kind=_JSON)

    def _html(self, digests: Mapping[str, str]) -> Answer:
        anchors = "".join(
            f'<a href="../../files/{name}{"#sha256=" if digest else ""}{digest}"'
            f"{' data-yanked' if name in self.yanked else ''}>{name}</a>\n"
            for name, digest in digests.items()
        )
        return Answer(f"<!DOCTYPE html><html><body>\n{anchors}</body></html>\n".encode(), kind="text/html")


_MISSING = Answer(b"Not Found", 404, "text/plain")
_INSTEAD: Mapping[Fault | None, Answer | Hang | Drop] = {
    Fault.HANG: Hang(),
    Fault.DROPPED: Drop(),
    Fault.BUSY: Answer(b"", 429, headers={"Retry-After": "1"}),
    Fault.BROKEN: Answer(b"", 500),
    Fault.UNAVAILABLE: Answer(b"", 503),
    Fault.REFUSED: Answer(b"", 403),
    Fault.REDIRECT: Answer(b"", 301, headers={"Location": "https://ada:secret-of-ada@index.example/up/?token=secret"}),
    Fault.LOGIN: Answer(_LOGIN, kind="text/html"),
    Fault.EMPTY: Answer(b"", kind="text/html"),
}


def _project(name: str) -> str:
    return parse_wheel_filename(name)[0] if name.endswith(".whl") else parse_sdist_filename(name)[0]


def _form(request: Request) -> Form:
    """Read a form with a file, as multipart/form-data has it (RFC 7578)."""
    _, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    fields, name, content = {}, "", b""
    for part in request.body.split(f"--{boundary}".encode())[1:-1] if boundary else []:
        head, _, body = part.partition(b"\r\n\r\n")
        said = dict(_SAID.findall(head.decode()))
        if "filename" in said:
            name, content = said["filename"], body.removesuffix(b"\r\n")
        else:
            fields[said["name"]] = body.removesuffix(b"\r\n").decode()
    return Form(fields, name, content)
