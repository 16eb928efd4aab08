"""Secrets that carry a mark, and the search for it in everything that leaves."""

from __future__ import annotations

import base64
import sys
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MARK = "planted-Zq7"
"""In every secret of the tests, and nowhere else: it has three letters that base64 shifts as one."""
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
"""Every kind of variable that keeps a secret; webhooks are secrets too, where a test sets them."""
EXEMPT = ("home", "stand-in")
"""What folders below pytest's own begin with in which the tests themselves keep secrets."""


def plant(name: str) -> str:
    """Make a secret that is found wherever it goes."""
    return f"{MARK}/{name}+{name[::-1]}"


def planted_environment() -> dict[str, str]:
    """Give every secret variable a value of its own."""
    return {name: plant(name.lower()) for name in VARIABLES}


def _shifted() -> Iterator[bytes]:
    """Give the mark as base64 shows it, whatever stands before it."""
    for before in range(3):
        begin, end = -(-before * 8 // 6), (before + len(MARK)) * 8 // 6
        yield base64.b64encode(b"\0" * before + MARK.encode())[begin:end]


FORMS = (MARK.encode(), MARK.encode().hex().encode(), *_shifted())


class Search:
    """What was searched, and where the mark was found."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.found: list[str] = []
        self.searched = 0

    def look(self, place: str, content: bytes | str) -> bool:
        """Search some content, and remember its place where a secret is in it."""
        sought = content.encode(errors="replace") if isinstance(content, str) else content
        is_found = any(form in sought for form in FORMS)
        with self._lock:
            self.searched += 1
            if is_found:
                self.found.append(place)
        return is_found

    def look_below(self, folder: Path, exempt: Iterable[str] = EXEMPT) -> None:
        """Search every file below a folder, the tests' own aside."""
        names = tuple(exempt)
        for each in folder.iterdir():
            if not each.name.startswith(names):
                self._look_at(each)

    def _look_at(self, path: Path) -> None:
        if path.is_symlink():
            return
        if path.is_dir():
            for each in path.iterdir():
                self._look_at(each)
        elif path.is_file():
            self.look(str(path), path.read_bytes())


SEARCH = Search()
"""Of the whole run of the tests."""


def watch_arguments(search: Search) -> None:
    """Search the arguments of every process that this one starts."""

    def hear(event: str, details: tuple[object, ...]) -> None:
        if event in {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"}:
            words = details[1] if event != "os.system" else details[0]
            search.look(f"the arguments of {details[0]!r}", repr(words))

    sys.addaudithook(hear)


def quoted(secret: str) -> str:
    """Give a secret as an address holds it."""
    return quote(secret, safe="")
