"""What a service that carries notices is, and how a delivery ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from release.model.notice import Line, Notice

SECONDS: Final = 4.0
"""For one answer: nobody waits long for a notice."""
TRIES_AGAIN: Final = 2
LONGEST_WAIT: Final = 5
"""Seconds that a service may ask for before the next try."""
_MOST = 20
"""Tags that are told one by one, and commands."""
_LETTERS = 4000
"""What is told of all tags: Slack takes some 13,000 letters, Teams 28 kB, in which a letter may take four bytes."""
_HEADING = 150
_MOST_ROWS = 8
AGAIN: Final = "(again: an earlier one may have arrived)"
_WORD = re.compile(r"[a-z_]{1,40}")


class Arrival(StrEnum):
    """What is known of a notice after it was sent."""

    ARRIVED = "arrived"
    LOST = "lost"
    """The answer never came: it may have arrived."""
    REFUSED = "refused"
    """It surely did not arrive."""


@dataclass(frozen=True)
class Delivery:
    """How sending a notice ended, and why; the reason repeats no address."""

    arrival: Arrival
    reason: str = ""


class Notifier(Protocol):
    """A service that carries notices."""

    @property
    def name(self) -> str: ...
    def send(self, notice: Notice, *, again: bool) -> Delivery: ...


@dataclass(frozen=True)
class Paragraph:
    """What is told of one tag."""

    tone: str
    heading: str
    rows: tuple[str, ...]


def paragraphs(notice: Notice) -> list[Paragraph]:
    """Say of each tag how it ended, where it is or why it is not, and what mends it; as much as both services take."""
    lines = notice.lines[:_MOST]
    told = [
        Paragraph(line.tone, _cut(f"{line.tone}: {line.tag}", _HEADING), _rows(line, _LETTERS // len(lines)))
        for line in lines
    ]
    left = len(notice.lines) - len(lines)
    return [*told, Paragraph("", f"and {left} more", ())] if left else told


def heading(notice: Notice, *, again: bool) -> str:
    """Say what happened, and whether it may have been said before."""
    return f"{_cut(notice.title, _HEADING - len(AGAIN) - 1)} {AGAIN}" if again else _cut(notice.title, _HEADING)


def commands(notice: Notice) -> tuple[str, ...]:
    """Give what to run next, as much as both services take."""
    return tuple(_cut(each, _LETTERS // _MOST) for each in notice.next[:_MOST])


def _rows(line: Line, longest: int) -> tuple[str, ...]:
    text = "\n".join(filter(None, (", ".join(line.places), line.reason, line.hint)))
    return tuple(_cut(text, longest).splitlines()[:_MOST_ROWS])


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def judge(status: int, said: str = "") -> Delivery:
    """Read an answer's status, and the service's own word for it where it is one word.

    502 and 504 come from whatever stands before the service, which may have done what it was asked. A page, to log in
    for one, is an answer of neither service: what showed it has passed nothing on.
    """
    if 200 <= status < 300:  # noqa: PLR2004  # HTTP's own
        if said.lstrip().startswith("<"):
            return Delivery(Arrival.REFUSED, "a page answers in its place")
        return Delivery(Arrival.ARRIVED)
    word = f" {said}" if _WORD.fullmatch(said) else ""
    return Delivery(Arrival.LOST if status in {502, 504} else Arrival.REFUSED, f"it answers {status}{word}")
