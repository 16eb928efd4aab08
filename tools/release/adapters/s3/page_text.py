"""Read a page of the index back: one that this tool did not write is told, and never written over."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from release.adapters.s3.layout import key_at, read_key
from release.errors import Incomplete
from release.model.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAGS: Final = frozenset({"html", "head", "meta", "title", "body", "a", "br"})
_ATTRIBUTES: Final = frozenset({"href", "data-requires-python", "data-yanked"})
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def read_project(place: str, content: bytes) -> tuple[dict[str, Offer], dict[str, str]]:
    """Give the files that a project's page names, and reasons of those that are yanked, both by file name.

    Incomplete where anything on the page is not as this tool writes it: what can't be read can't be kept either.
    """
    offers, yanked = {}, {}
    for text, said in _anchors(place, content):
        way, _, sha256 = said.get("href", "").partition("#sha256=")
        known = read_key(key_at(way))
        if known is None or known[1] != text or not _DIGEST.fullmatch(sha256) or text in offers:
            raise _unreadable(place, f"the link {text!r} is not what a release writes")
        offers[text] = Offer(known[0].version, text, way, sha256, said.get("data-requires-python", ""))
        if "data-yanked" in said:
            yanked[text] = said["data-yanked"]
    return offers, yanked


def read_root(place: str, content: bytes) -> set[str]:
    """Give the projects that a channel's page lists; Incomplete as above."""
    names = set()
    for text, said in _anchors(place, content):
        if unquote(said.get("href", "")) != f"{text}/" or len(said) > 1:
            raise _unreadable(place, f"the link {text!r} is not what a release writes")
        names.add(text)
    return names


def _anchors(place: str, content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    reader = _Reader()
    try:
        reader.feed(content.decode())
    except UnicodeDecodeError:
        raise _unreadable(place, "it is not UTF-8") from None
    reader.close()
    if reader.stranger:
        raise _unreadable(place, f"it holds {reader.stranger}")
    if not (reader.is_ours and reader.is_whole):
        raise _unreadable(place, "it does not begin or end as a page of a simple index")
    yield from reader.anchors


def _unreadable(place: str, why: str) -> Incomplete:
    return Incomplete(
        f"{place} can't be read as a page of the index: {why}; it is left as it is",
        hint="bring back the version of the page before it (the bucket's versioning has it), or take the page away: "
        "the next release of each version writes it anew",
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[tuple[str, dict[str, str]]] = []
        self.stranger = ""
        self.is_ours = False
        self.is_whole = False
        self._open: dict[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in _TAGS:
            self.stranger = f"<{tag}>"
        if tag == "meta":
            self.is_ours |= said == {"name": "pypi:repository-version", "content": "1.0"}
        if tag == "a":
            self._open, self._text = said, ""
            if not _ATTRIBUTES.issuperset(said):
                self.stranger = f"a link with {', '.join(sorted(said.keys() - _ATTRIBUTES))}"

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.anchors.append((self._text, self._open))
            self._open = None
        self.is_whole |= tag == "html" and self._open is None
