"""What the documents of other commands say, read as what anybody could have written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from release.errors import GateRefused, Incomplete
from release.model.outcome import Ending
from release.model.outcomes import Outcomes
from release.model.outcomes import code_of as code_of_outcomes
from release.model.reaudit import Reaudit, Vulnerability, cure_of
from release.model.reaudit import code_of as code_of_reaudit
from release.model.reconciliation import Reconciliation
from release.model.strict_json import NotStrict, parse_strictly
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST: Final = 20_000_000
"""Bytes of the largest document that is read."""
GRAVITY: Final = (14, 16, 12, 11, 10, 1, 2, 130, 13, 15, 0)
"""Exit codes, the gravest first: what is wrong for certain stands before what is not known."""
_AGAIN: Final = "read the log of the job that wrote it, and run the workflow again"


class Form(StrEnum):
    """What a document is told in."""

    ISSUE = "issue"
    COMMENT = "comment"


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: what in a word, where, and what mends it."""

    word: str
    where: str
    said: str
    next: str
    exit_code: int


@dataclass(frozen=True)
class Heard:
    """What one document says."""

    name: str
    said: str
    """All of it in a line."""
    troubles: tuple[Trouble, ...] = ()
    outcomes: Outcomes | None = None
    doubts: tuple[Trouble, ...] = ()
    """Those of the troubles that are in what it says of itself: it contradicts itself."""

    @property
    def exit_code(self) -> int:
        """The gravest of its codes."""
        return gravest(each.exit_code for each in self.troubles)


class _Failure(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    exit_code: Literal[1, 2, 10, 11, 12, 13, 14, 15, 16, 130]
    message: str
    hint: str


class _Failed(BaseModel):
    """What a command prints that came to no document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: _Failure


_READERS: dict[Form, TypeAdapter[Reconciliation | Reaudit | Outcomes | _Failed]] = {
    Form.ISSUE: TypeAdapter(Reconciliation | Reaudit | _Failed),
    Form.COMMENT: TypeAdapter(Outcomes | _Failed),
}
_WANTED: Final = {Form.ISSUE: "reconcile or audit", Form.COMMENT: "rehearse"}


def gravest(codes: Iterable[int]) -> int:
    """Give the gravest of some codes; 0 where there is none."""
    return min(codes, key=GRAVITY.index, default=0)


def hear(name: str, content: bytes | None, form: Form) -> Heard:
    """Read a document strictly; what can't be read, or contradicts itself, is a finding of its own."""
    if content is None:
        return _unread(name, "missing", "it is not there")
    if not content.strip():
        return _unread(name, "empty", "nothing is in it")
    if len(content) > LARGEST:
        return _unread(name, "unreadable", f"it is larger than {LARGEST:,} bytes")
    try:
        parse_strictly(content)
        document = _READERS[form].validate_json(content, strict=True)
    except (NotStrict, ValidationError, RecursionError):
        return _unread(name, "unreadable", f"it is no document of {_WANTED[form]}")
    heard = _hear(name, document)
    if isinstance(document, _Failed) or not (said := _contradiction(document)):
        return heard
    doubts = _unread(name, "contradictory", said).troubles
    return replace(heard, troubles=(*heard.troubles, *doubts), doubts=doubts)


def _hear(name: str, document: Reconciliation | Reaudit | Outcomes | _Failed) -> Heard:
    if isinstance(document, Reconciliation):
        return Heard(name, _agreement(document), tuple(_discrepancies(document)))
    if isinstance(document, Reaudit):
        said = f"{_count(document.releases, 'release')} audited by {' and '.join(document.services)}"
        off = sum(not each.is_offered for each in document.vulnerabilities)
        return Heard(
            name, said + (f", {_count(off, 'finding')} in what is off offer" if off else ""), tuple(_found(document))
        )
    if isinstance(document, Outcomes):
        return Heard(name, _count(len(document.outcomes), "release"), tuple(_failures(document)), document)
    error = document.error
    trouble = Trouble("failed", name, error.message, error.hint or _AGAIN, error.exit_code)
    return Heard(name, "the command failed", (trouble,))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _agreement(document: Reconciliation) -> str:
    where = ", ".join(document.targets) or "no target"
    return f"{document.agreeing:,} of {document.tags:,} tags agree in {where}"


def _contradiction(document: Reconciliation | Reaudit | Outcomes) -> str:
    """Say in what a document can't be right, going by what it says itself; empty where it can be."""
    if document.exit_code != _code_of(document):
        return f"it ends with {document.exit_code}, which is not what it lists"
    if isinstance(document, Outcomes):
        odd = (each for each in document.outcomes if bool(each.exit_code) is not (each.ending is Ending.FAILED))
        return next((f"{shown(each.tag)} is {each.ending}, with exit code {each.exit_code}" for each in odd), "")
    if isinstance(document, Reaudit):
        was_audited = bool(document.releases and document.targets and document.services)
        return "" if document.unread or was_audited else "it lists nothing that is not known, and nothing was audited"
    agrees = bool(document.targets and document.tags and document.agreeing == document.tags)
    return "" if document.discrepancies or agrees else f"it lists nothing that is wrong, and {_agreement(document)}"


def _code_of(document: Reconciliation | Reaudit | Outcomes) -> int:
    if isinstance(document, Reconciliation):
        found = sorted((each.code for each in document.discrepancies), key=lambda code: code.rank)
        return found[0].exit_code if found else 0
    if isinstance(document, Reaudit):
        return code_of_reaudit(document.vulnerabilities, document.unread)
    return code_of_outcomes(document.outcomes)


def _discrepancies(document: Reconciliation) -> Iterator[Trouble]:
    for each in document.discrepancies:
        where = f"{each.tag or 'all'} at {each.target}"
        yield Trouble(each.code, where, each.detail, each.next, each.code.exit_code)


def _found(document: Reaudit) -> Iterator[Trouble]:
    for each in document.vulnerabilities:
        if each.is_offered:
            yield _vulnerable(each)
    for unread in document.unread:
        yield Trouble("unknown", unread.tag or unread.place, unread.detail, unread.next, Incomplete.exit_code)


def _vulnerable(found: Vulnerability) -> Trouble:
    offered = [each for each in found.releases if each.is_offered]
    where = f"{found.name} {found.version} in {', '.join(each.tag for each in offered)}"
    return Trouble(
        "vulnerable", where, f"{found.id} ({offered[0].kind}): {found.summary}", cure_of(found), GateRefused.exit_code
    )


def _failures(document: Outcomes) -> Iterator[Trouble]:
    for each in document.outcomes:
        if each.exit_code:
            known = each.exit_code if each.exit_code in GRAVITY else Incomplete.exit_code
            yield Trouble(each.ending, each.tag, each.reason, each.hint, known)


def _unread(name: str, word: str, said: str) -> Heard:
    return Heard(name, f"{word}: {said}", (Trouble(word, name, said, _AGAIN, Incomplete.exit_code),))
