"""Secrets that carry a mark, and the search for it in everything that leaves."""

from __future__ import annotations

import base64
import os
import sys
import zipfile
import zlib
from contextlib import suppress
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from release.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK = "planted-Zq7"
MARKS = (
    MARK,
    "K7MDENG",  # AWS's example of a secret key
    "a-session-token-that-nobody-should-read",
    "eyJ2ZXIiOjEsImlzdSI6",  # what CodeArtifact's tokens begin with
    "github-token-of-ada",
    "the-engine-weaves-algebra",  # the password of indexes
)
"""Each is in some secrets of the tests and their stand-ins, and nowhere else."""
VARIABLES = (
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "DATABRICKS_TOKEN",
    "GITHUB_TOKEN",
    "TWINE_PASSWORD",
    "UV_INDEX_INHOUSE_PASSWORD",
    "WHEELYARD_SECRET",
)
"""A variable of every kind that keeps a secret; webhooks keep one too, where a test names any."""
AUDITED = Path(__file__).parent / "audited"
"""On the path of every release that runs as a process of its own: it writes down what that process starts."""
_EXEMPT = (".git", "stand-in", "uv-cache")
"""What folders are called whose files are git's, the tests' own and uv's."""
_LARGEST = 1 << 21
_DAMAGED = (zlib.error, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What archives raise that tests have spoilt."""


def plant(name: str) -> str:
    """Make a secret that is found wherever it goes."""
    return f"{MARK}/{name}+{name[::-1]}"


def planted_environment() -> dict[str, str]:
    """Give every secret variable a value of its own."""
    return {name: plant(name.lower()) for name in VARIABLES}


def _forms(mark: str) -> Iterator[bytes]:
    """Give a mark as it is, as an address holds it, in hexadecimal, and in base64 whatever stands before it."""
    content = mark.encode()
    yield from (content, quote(mark, safe="").encode(), content.hex().encode())
    for before in range(3):
        begin, end = -(-before * 8 // 6), (before + len(content)) * 8 // 6
        yield base64.b64encode(b"\0" * before + content)[begin:end]


class Search:
    """What was searched, and where a mark was found."""

    def __init__(self, marks: Iterable[str] = MARKS) -> None:
        self._forms = tuple(sorted({form for mark in marks for form in _forms(mark)}))
        self._lock = Lock()
        self.found: list[str] = []
        self.searched = 0

    def look(self, place: str, content: bytes | str) -> bool:
        """Search some content, and remember its place where a secret is in it."""
        sought = content.encode(errors="replace") if isinstance(content, str) else content
        is_found = any(form in sought for form in self._forms)
        with self._lock:
            self.searched += 1
            if is_found:
                self.found.append(place)
        return is_found

    def look_below(self, folder: Path) -> None:
        """Search every file below a folder; what goes away meanwhile is nothing that is left."""
        for path in _files_below(folder):
            with suppress(OSError, *_DAMAGED):
                content = path.read_bytes()
                self.look(str(path), content)
                for member in _members_of(path, content):
                    self.look(f"inside {path}", member)


SEARCH = Search()
"""Of the whole run of the tests."""


def watch_arguments(search: Search) -> None:
    """Search the arguments of every process that this one starts from now on."""

    def hear(event: str, details: tuple[object, ...]) -> None:
        if event in {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"}:
            search.look(f"the arguments of {details[0]!r:.80}{_during()}", repr(details[:2]))

    sys.addaudithook(hear)


def watch_errors(search: Search) -> None:
    """Search what every refusal says from now on, whether it is printed or a test catches it; nothing changes."""
    begin = ReleaseError.__init__

    @wraps(begin)
    def begin_and_search(self: ReleaseError, *given: Any, **more: Any) -> None:  # noqa: ANN401  # handed on as they are
        begin(self, *given, **more)
        search.look(f"{type(self).__name__}{_during()}", f"{self.args}{self.message}{self.hint}")

    ReleaseError.__init__ = begin_and_search  # type: ignore[method-assign]  # a refusal has no other place to be heard


def _during() -> str:
    return f" in {os.environ.get('PYTEST_CURRENT_TEST', 'no test')}"


def _files_below(folder: Path) -> Iterator[Path]:
    if (folder / Path(__file__).name).is_file():
        return  # a clone of these tests
    with suppress(OSError), os.scandir(folder) as entries:
        for each in entries:
            if each.is_symlink() or each.name.startswith(_EXEMPT) or _is_library(each):
                continue
            if each.is_dir():
                yield from _files_below(Path(each.path))
            elif each.is_file() and each.stat().st_size <= _LARGEST:
                yield Path(each.path)


def _is_library(entry: os.DirEntry[str]) -> bool:
    """Say whether it is code that was installed, and not what the installer wrote beside it."""
    return Path(entry.path).parent.name == "site-packages" and not entry.name.endswith(".dist-info")


def _members_of(path: Path, content: bytes) -> Iterable[bytes]:
    """Give what a released archive holds, as far as it can be read."""
    if "dist" not in path.parts:
        return
    if path.name.endswith(".tar.gz"):
        yield zlib.decompressobj(31).decompress(content, _LARGEST)
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            for name in wheel.namelist():
                with wheel.open(name) as member:
                    yield member.read(_LARGEST)
