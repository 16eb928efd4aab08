"""A table for the page of a job of GitHub Actions, where it names a file for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from release.session import Session

_MOST_ROWS = 200
"""A summary may hold a megabyte: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""


def tell_job(session: Session, said: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Append a sentence, if there is one, and a table to the job's summary; rows beyond some hundred are counted."""
    _, summary = session.settings.outputs
    if not summary:
        return
    listed = list(rows)
    lines = [said, ""] if said else []
    if listed:
        lines += [_row(headings), _row(["---"] * len(headings)), *map(_row, listed[:_MOST_ROWS])]
    if len(listed) > _MOST_ROWS:
        lines += ["", f"and {len(listed) - _MOST_ROWS:,} more"]
    with Path(summary).open("a", encoding="utf-8") as stream:
        stream.write(redact("\n".join(lines).rstrip() + "\n\n"))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(' '.join(cell.replace('|', '&#124;').split()) for cell in cells)} |"
