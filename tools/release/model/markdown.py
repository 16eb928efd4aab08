"""Markdown in which others' words are words: nobody is mentioned by them, and nothing becomes a link, HTML or a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_JOINER: Final = "\u2060"
"""Has no width, and keeps `@` from the name behind it: who answers by mail quotes a text that has no code any more."""
_BAR: Final = "\u00a6"
"""In place of what ends a cell, within code as well."""

_MOST_ROWS: Final = 50
_ROOM: Final = 50_000
"""Letters for all rows: GitHub takes 65,536 in a body."""


def code(text: str, longest: int = 300) -> str:
    """Write a text as code, in a line of so many letters at most; nothing, where nothing is to be seen of it.

    GitHub looks for names, links and references in all that is no code, escaped or not:
    https://github.com/github/markup/issues/1168.
    """
    line = " ".join(redact(text).split()).replace("|", _BAR).replace("@", f"@{_JOINER}")
    shown = "".join(each if each.isprintable() or each == _JOINER else ascii(each)[1:-1] for each in line)
    cut = shown if len(shown) <= longest else f"{shown[: longest - 1].removesuffix('@')}…"
    if not cut:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", cut)), default=0))
    return f"{fence} {cut} {fence}" if len(fence) > 1 else f"`{cut}`"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lay out rows that are Markdown already, as many as a page has room for; the others are counted."""
    every, room = [_row(cells) for cells in rows], _ROOM
    kept: list[str] = []
    for row in every[:_MOST_ROWS]:
        room -= len(row) + 1
        if room < 0:
            break
        kept.append(row)
    left = len(every) - len(kept)
    more = ["", f"and {left:,} more, in the documents of the run"] if left else []
    return [_row(headings), _row(["---"] * len(headings)), *kept, *more] if every else []


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
