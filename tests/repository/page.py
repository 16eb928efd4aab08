"""A document as GitHub shows it: its blocks, its prose, its headings and where they are linked to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tests.repository.tree import ROOT, tracked_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.*?)(?: +#+)?$", re.MULTILINE)
_RULE = re.compile(r"^\|[-:| ]+\|$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what stands in it, and what a comment right above it says."""

    language: str
    text: str
    comment: str


@dataclass(frozen=True)
class Page:
    """A document, and where it stands."""

    path: Path
    text: str

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Its fenced blocks, each without its own indentation."""
        return tuple(
            Block(match[2], re.sub(rf"^{match[1]}", "", match[3], flags=re.MULTILINE), self._comment_above(match))
            for match in _FENCE.finditer(self.text)
        )

    def _comment_above(self, match: re.Match[str]) -> str:
        above = self.text[: match.start()].rstrip().rpartition("\n")[2].strip()
        found = _COMMENT.fullmatch(above)
        return found[1] if found else ""

    @cached_property
    def prose(self) -> str:
        """What is left without fenced blocks and comments."""
        return _COMMENT.sub("", _FENCE.sub("", self.text))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """What stands between backticks, each on one line."""
        return tuple(" ".join(code.split()) for code in _CODE.findall(self.prose))

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Where its links lead, as they are written."""
        return tuple(_LINK.findall(_CODE.sub("code", self.prose)))

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The names under which GitHub shows its headings."""
        return frozenset(self._name_anchors())

    def _name_anchors(self) -> Iterator[str]:
        seen: Counter[str] = Counter()
        for heading in _HEADING.findall(self.prose):
            slug = slug_of(heading)
            yield f"{slug}-{seen[slug]}" if seen[slug] else slug
            seen[slug] += 1

    def tables(self, marker: str) -> dict[str, list[list[str]]]:
        """Give the rows of each table behind a comment that begins with `marker`, by the rest of that comment."""
        found: dict[str, list[list[str]]] = {}
        for rest, table in re.findall(rf"^<!-- {marker}:? *(.*?) *-->\n+((?:\|.*\|\n?)+)", self.text, re.MULTILINE):
            lines = [line for line in table.splitlines() if not _RULE.match(line)]
            found.setdefault(rest, []).extend(
                [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])] for line in lines[1:]
            )
        return found


def slug_of(heading: str) -> str:
    """Give the anchor that GitHub makes of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def read_page(path: Path) -> Page:
    """Read a document."""
    return Page(path, path.read_text())


def make_page(text: str) -> Page:
    """Give a document that stands nowhere, as if it stood beside the README."""
    return Page(ROOT / "MADE.md", text)


PAGES = tuple(
    read_page(path)
    for path in tracked_files()
    if path.suffix == ".md" and "template" not in path.parts and path.name != "CHANGELOG.md"
)
"""Every document, but for changelogs and what packages are made of."""
