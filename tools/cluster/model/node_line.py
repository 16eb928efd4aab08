"""The line that a node prints when its init script has run: `wheelyard: OK …` or `wheelyard: FAIL …`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUE = r"\"(?:[^\"\\]|\\.)*\"|\S+"
_LINE = re.compile(
    rf"^(?:\S+ )?wheelyard: (?P<verdict>OK|FAIL)(?P<said>(?: [a-z0-9_]+=(?:{_VALUE}))+)(?=\s|$)", re.MULTILINE
)
_FACT = re.compile(rf" ([a-z0-9_]+)=({_VALUE})")


@dataclass(frozen=True)
class NodeLine:
    """What one node said of itself."""

    is_ok: bool
    cluster: str
    node: str
    role: str
    """`driver` or `executor`."""
    runtime: str
    lock: int = 0
    """The number of the lock that is installed; 0 where nothing was."""
    sequence: int = 0
    code: str = ""
    """Why it failed, in a word: `wrong-hash`."""
    what: str = ""
    """Why it failed, in a sentence."""
    source: str = ""
    pointer: str = ""
    """Whose word it installed by: `volume`, `driver`, or `driver-silent` where that was asked in vain."""
    after: str = ""
    """What kept it from the first source, where it took the other."""
    place: str = ""
    """The file that the line stands in."""

    @property
    def said(self) -> str:
        """Why it failed, for people."""
        return f"{self.role or 'node'} {self.node or '?'}: {self.code or 'failed'}{self.what and f': {self.what}'}"


def read_lines(text: str, place: str) -> tuple[NodeLine, ...]:
    """Give every line of a log that a node printed about itself; whatever else stands there is of no account."""
    return tuple(replace(each, place=place) for each in _read(text))


def _read(text: str) -> Iterator[NodeLine]:
    for line in _LINE.finditer(text):
        facts = {key: _plain(value) for key, value in _FACT.findall(line["said"])}
        yield NodeLine(
            is_ok=line["verdict"] == "OK",
            lock=_number(facts.get("lock", "")),
            sequence=_number(facts.get("sequence", "")),
            **{
                key: facts.get(key, "")
                for key in ("cluster", "node", "role", "runtime", "code", "what", "source", "pointer", "after")
            },
        )


def _plain(value: str) -> str:
    try:
        return str(json.loads(value)) if value.startswith('"') else value
    except ValueError:
        return value


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0  # noqa: PLR2004  # digits
