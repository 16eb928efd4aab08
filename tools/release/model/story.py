"""The page that people are shown on GitHub: what is wrong, where, and what mends it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from release.model.hearing import GRAVITY, gravest
from release.model.markdown import code, table
from release.model.outcome import Ending

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from release.model.hearing import Heard, Trouble
    from release.model.outcomes import OutcomeRecord

ISSUE_MARK: Final = "<!-- wheelyard: what has been released -->"
COMMENT_MARK: Final = "<!-- wheelyard: rehearsal of this change -->"
FAREWELL_MARK: Final = "<!-- wheelyard: nothing is wrong any more -->"
"""The first line, by which a page is found again; none of others' words can be one, as all of them are code."""
_RUN: Final = re.compile(r"https?://[A-Za-z0-9.:-]+/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+/actions/runs/[0-9/a-z]+")
_WOULD: Final = {
    Ending.RELEASED: "can be released",
    Ending.IDENTICAL: "is there already",
    Ending.BUILT: "is built",
    Ending.HELD_BACK: "is held back",
    Ending.FAILED: "fails",
}
_HEADINGS: Final = ("what", "where", "", "next")


@dataclass(frozen=True)
class Look:
    """When it was looked at, and in which run."""

    time: datetime
    run: str = ""

    def __str__(self) -> str:
        when = f"{self.time:%Y-%m-%d %H:%M} UTC"
        return f"{when}, in {self.link}" if self.link else when

    @property
    def link(self) -> str:
        """The way to the run, where it has an address."""
        return f"[this run]({self.run})" if _RUN.fullmatch(self.run) else ""


@dataclass(frozen=True)
class Page:
    """What an issue says, and whether there is anything to do."""

    title: str
    body: str
    is_needed: bool


def sort_troubles(heard: Iterable[Heard]) -> list[Trouble]:
    """Give all that is wrong, the gravest first."""
    every = [each for one in heard for each in one.troubles]
    return sorted(every, key=lambda each: GRAVITY.index(each.exit_code))


def write_issue(heard: Sequence[Heard], look: Look) -> Page:
    """Write what has been found in what is released, or that all agrees."""
    troubles = sort_troubles(heard)
    counted = ", ".join(f"{number:,} {word}" for word, number in Counter(each.word for each in troubles).items())
    first = [f"**Next:** {code(troubles[0].next)}", ""] if troubles and troubles[0].next else []
    told = [f"- {code(each.name)}: {code(each.said)}" for each in heard]
    if troubles:
        lines = [f"**{counted}**; the gravest first.", "", *first, *table(_HEADINGS, map(_row, troubles)), ""]
        closing = "This page is kept up to date, and closed when nothing is found any more."
    else:
        lines, closing = ["**Nothing is wrong.**", ""], "It is opened again when something is found."
    body = [ISSUE_MARK, *lines, *told, "", f"Looked at last: {look}.", "", closing, ""]
    title = f"What has been released: {counted or 'nothing is wrong'}"
    return Page(title, "\n".join(body), is_needed=bool(troubles))


def write_farewell(look: Look) -> str:
    """Write what is said last in an issue that is closed."""
    return f"{FAREWELL_MARK}\nNothing is wrong any more. Looked at: {look}.\n"


def write_comment(heard: Sequence[Heard], look: Look) -> str:
    """Write how a change's rehearsal ended, the same for the same run; the change's own code wrote what it says."""
    records = [each for one in heard if one.outcomes for each in one.outcomes.outcomes]
    unheard = [each for one in heard if not one.outcomes for each in one.troubles]
    doubts = [each for one in heard for each in one.doubts]
    counted = Counter(_WOULD[each.ending] for each in records)
    said = ", ".join(f"{number:,} {would}" for would, number in counted.items()) or "nothing that is released changed"
    if doubts:
        said = "its document contradicts itself"
    if unheard:
        said = "it did not come to its end"
    first = map(_row, (*unheard, *doubts))  # a page has no room for all rows of a long document
    lines = table(("", "tag", "", "next"), [*first, *map(_outcome_row, records)])
    where = ["", f"More is in {look.link}."] if look.link else []
    return "\n".join([COMMENT_MARK, f"**Rehearsal of the release:** {said}.", "", *lines, *where, ""])


def exit_code_of(heard: Iterable[Heard]) -> int:
    """Give the gravest code of all documents."""
    return gravest(each.exit_code for each in heard)


def _row(trouble: Trouble) -> tuple[str, ...]:
    return trouble.word, code(trouble.where), code(trouble.said), code(trouble.next)


def _outcome_row(outcome: OutcomeRecord) -> tuple[str, ...]:
    gates = ", ".join(f"{each.name} {each.verdict}" for each in outcome.receipt.gates) if outcome.receipt else ""
    return _WOULD[outcome.ending], code(outcome.tag), code(outcome.reason or gates), code(outcome.hint)
