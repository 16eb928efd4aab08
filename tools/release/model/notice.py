"""A notice: what a run tells the people who were not watching it."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from release.model.ledger import State
from release.model.outcome import Ending, Outcome
from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.receipt import Receipt

_LONGEST = 700
"""Letters of a reason that are told: the run itself has all of it."""
_WORDS = 2
_PASSING = re.compile(r"wheelyard-[A-Za-z0-9_]+|\b\d+(?:\.\d+)? s\b")
"""What differs between two runs that end the same way: a scratch folder's name, and how long something took."""


class Tone(StrEnum):
    """What kind of ending is told."""

    RELEASED = "released"
    REFUSED = "refused"
    INCOMPLETE = "incomplete"


_TONES = {1: Tone.INCOMPLETE, 13: Tone.INCOMPLETE, 15: Tone.INCOMPLETE}
"""By exit code; what is left is a refusal."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Record):
    """How the release of one tag ended: where it is, or why it is not."""

    tag: str
    tone: Tone
    commit: str = ""
    places: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""
    install: str = ""
    """By which it is installed, where it was released."""

    @property
    def key(self) -> str:
        """The same for the same ending of the same commit, whenever and however often it comes to it."""
        said = [self.tag, self.tone, self.commit, _PASSING.sub("", self.reason)]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class Notice(_Record):
    """What is told at the end of a run; nothing in it is secret."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    targets: tuple[str, ...]
    by: str
    seconds: Annotated[float, Field(ge=0)]
    """How long the run took; 0 where nobody counted."""
    again: str
    """The same command."""
    run: str = ""
    """The address of the run, where it has one."""

    @property
    def id(self) -> str:
        """By which two notices of the same thing are known to be one."""
        keys = sorted(line.key for line in self.lines)
        return hashlib.sha256("".join(keys).encode()).hexdigest()[:16]

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that it tells of."""
        return tuple(line.tag for line in self.lines)

    @property
    def title(self) -> str:
        """What happened, in a line."""
        tags = {tone: [line.tag for line in self.lines if line.tone is tone] for tone in Tone}
        return "; ".join(f"{_counted(names)} {tone}" for tone, names in tags.items() if names)

    @property
    def story(self) -> str:
        """Where it was to go, by whom, and how long it took."""
        to = f"to {', '.join(self.targets)}, " if self.targets else ""
        return f"{to}by {self.by}" + (f", in {self.seconds:.0f} s" if self.seconds else "")

    @property
    def next(self) -> tuple[str, ...]:
        """What to run next: the same command, the plan of what was refused, the way to install what was released."""
        refused = [line.tag for line in self.lines if line.tone is Tone.REFUSED]
        plan = [shlex.join(("hatch", "run", "release", "plan", *refused))] if refused else []  # anyone names a tag
        again = [self.again] if any(line.tone is Tone.INCOMPLETE for line in self.lines) else []
        return (*again, *plan, *(line.install for line in self.lines if line.install))


def tell_of(outcome: Outcome, commit: str = "", install: str = "") -> Line | None:
    """Give the line of an outcome; none where the words or the settings were wrong: whoever wrote them saw it."""
    commit = outcome.receipt.commit if outcome.receipt else commit
    places = _places_of(outcome.receipt) if outcome.receipt else ()
    if outcome.is_good:
        return Line(tag=outcome.tag, tone=Tone.RELEASED, commit=commit, places=places, install=install)
    code = outcome.error.exit_code if outcome.error else 0
    if code == _WORDS:
        return None
    tone = Tone.INCOMPLETE if outcome.ending is Ending.HELD_BACK else _TONES.get(code, Tone.REFUSED)
    hint = outcome.error.hint if outcome.error else f"mend {outcome.waits_for} first"
    said = {"reason": calm(outcome.reason), "hint": calm(hint)}
    return Line(tag=outcome.tag, tone=tone, commit=commit, places=places, **said)


def _places_of(receipt: Receipt) -> tuple[str, ...]:
    """Give the places that hold it, one for each target."""
    held: dict[str, set[str]] = {}
    for each in receipt.publications:
        if each.state is State.IDENTICAL:
            held.setdefault(each.target, set()).add(each.location)
    return tuple(redact(f"{target}: {_common(locations)}") for target, locations in held.items())


def _common(locations: Iterable[str]) -> str:
    """Give what the addresses of all files of a release begin with."""
    columns = zip(*(location.split("/") for location in locations), strict=False)
    return "/".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))


def calm(text: str) -> str:
    """Make a text fit to be read by anyone: no secret, no letter that moves others, and an end."""
    shown = "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in redact(text))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _counted(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} releases"
