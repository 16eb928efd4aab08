"""Forecast a release: what every target holds of it, and what a run would do about that. Nothing is built."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from release.errors import Conflict, Incomplete
from release.model.artifact import is_artifact
from release.model.evidence import bundle_name
from release.model.forecast import Does, Foretold
from release.model.ledger import Listing, State
from release.ports import Archive
from release.steps.ledger import ask_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from release.model.ledger import Entry, Held
    from release.model.tag import Tag
    from release.ports import Target
    from release.steps.ledger import Holding

_SUMS: Final = "SHA256SUMS"
_WITHDRAWN: Final = frozenset({Listing.UNLISTED.value, Listing.ARCHIVED.value})
_LINE = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>[^\s/]+)")


@dataclass(frozen=True)
class Expected:
    """What the bytes of a release's files should be, as far as that is known without building it."""

    digests: Mapping[str, str]
    """SHA-256 by file name; empty where nothing says it."""
    sources: Mapping[str, str]
    """What says it, where that is not the receipt on this machine."""
    disputed: frozenset[str] = frozenset()
    """Files of which places hold different bytes, and nothing says which are right."""


def forecast(tag: Tag, known: Mapping[str, str], targets: Sequence[Target]) -> Foretold:
    """Ask every target what it holds; `known` are the digests that this machine's own receipt vouches for."""
    holdings = ask_targets(tag, targets)
    try:
        expected = expect(tag, known, holdings)
    except Incomplete as error:  # evidence that can't be read now says nothing of this release, and much of others
        return Foretold((), Does.STOP, error.message, error.exit_code)
    entries = tuple(entry for holding in holdings for entry in _explain(holding, expected))
    return _foretell(entries, holdings)


def expect(tag: Tag, known: Mapping[str, str], holdings: Sequence[Holding]) -> Expected:
    """Say what each file should be: by the receipt, else by evidence that is published, else as places agree."""
    names = (*tag.files, _SUMS, f"{tag.stem}.cdx.json", f"{tag.stem}.audit.json", bundle_name(tag))
    digests = dict.fromkeys(names, "") | dict(known)
    sources: dict[str, str] = {}
    for name, sha256, source in _published(tag, holdings) if not all(digests.values()) else ():
        if not digests.get(name, sha256):
            digests[name], sources[name] = sha256, source
    disputed = set()
    for name in [name for name, sha256 in digests.items() if not sha256]:
        found = [each.sha256 for each in _standing(holdings, name) if each.sha256]
        if len(set(found)) > 1:
            disputed.add(name)
        elif len(found) > 1:
            digests[name], sources[name] = found[0], f"{len(found)} places that agree"
    return Expected(digests, sources, frozenset(disputed))


def _published(tag: Tag, holdings: Iterable[Holding]) -> Iterator[tuple[str, str, str]]:
    """Give names and digests that evidence at a target says, the first target's first, as a run takes it over."""
    for holding in holdings:
        target = holding.target
        if not isinstance(target, Archive) or not holding.find(_SUMS):
            continue
        lines = target.read(tag, _SUMS).decode(errors="replace").splitlines()
        for match in filter(None, map(_LINE.fullmatch, lines)):
            yield match["name"], match["sha256"], f"{_SUMS} at {target.name}"
        evidence = {_SUMS, f"{tag.stem}.audit.json", bundle_name(tag)} if holding.find(bundle_name(tag)) else {_SUMS}
        for each in holding.files:
            if each.name in evidence:
                yield each.name, each.sha256, f"what {target.name} keeps"


def _standing(holdings: Iterable[Holding], name: str) -> Iterator[Held]:
    """Give a file wherever it stands at a place of its own; copies on the way there say nothing more."""
    for holding in holdings:
        places = holding.target.places(holding.tag, name)
        yield from (each for each in holding.files if each.name == name and each.location in places)


def _explain(holding: Holding, expected: Expected) -> Iterator[Entry]:
    """Say of each file of a target what it is, and by what that is known."""
    there = {(each.location, each.name) for each in holding.files if each.sha256}
    for entry in holding.entries(expected.digests):
        source = expected.sources.get(entry.name)
        if entry.name in expected.disputed and (entry.location, entry.name) in there:
            detail = "places hold different bytes, and nothing here says which are right"
            yield replace(entry, state=State.CONFLICTING, detail=detail)
        elif entry.state is State.IDENTICAL and source:
            yield replace(entry, detail="; ".join(filter(None, (entry.detail, f"by {source}"))))
        elif entry.state is State.CONFLICTING and source and not entry.detail:
            yield replace(entry, detail=f"{source} says otherwise")
        else:
            yield entry


def _foretell(entries: tuple[Entry, ...], holdings: Sequence[Holding]) -> Foretold:
    for holding in holdings:
        if isinstance(holding.error, Conflict):
            return Foretold(entries, Does.STOP, holding.error.message, Conflict.exit_code)
    for entry in entries:
        if entry.state is State.CONFLICTING:
            said = f": {entry.detail}" if entry.detail else ""
            why = f"{entry.target} holds other bytes as {entry.name} ({entry.location}){said}"
            return Foretold(entries, Does.STOP, why, Conflict.exit_code)
    there = {
        (holding.target.name, each.location, each.name) for holding in holdings for each in holding.files if each.sha256
    }
    for entry in entries:
        if entry.state is State.UNKNOWN and (entry.target, entry.location, entry.name) not in there:
            why = f"{entry.target} could not be asked about {entry.name}: {entry.detail}"
            return Foretold(entries, Does.STOP, why, Incomplete.exit_code)
    absent = [each for each in entries if each.state is State.ABSENT and is_artifact(each.name)]
    if absent and (off := [each for each in entries if each.detail.partition(";")[0] in _WITHDRAWN]):
        why = f"{off[0].target} has it {off[0].detail}, and a run would offer it at {_targets(absent)}"
        return Foretold(entries, Does.STOP, why, Conflict.exit_code)
    return Foretold(entries, *_say_what_is_left(entries, is_begun=any(holding.files for holding in holdings)))


def _say_what_is_left(entries: Sequence[Entry], *, is_begun: bool) -> tuple[Does, str]:
    absent = [each for each in entries if each.state is State.ABSENT]
    if len(absent) == len(entries) and not is_begun:
        return Does.RELEASE, f"nothing of it is at {_targets(entries)}"
    if absent:
        lacking, unseen = [each for each in absent if not each.detail], [each for each in absent if each.detail]
        told = ((lacking, "lacks {} of {} files"), (unseen, "has {} of {} files and does not offer them yet"))
        said = [f"{_targets(some)} {words.format(len(some), len(entries))}" for some, words in told if some]
        return Does.FINISH, "; ".join(said)
    if uncompared := [each for each in entries if each.state is State.UNKNOWN]:
        return Does.FINISH, f"it is there, and nothing says what it should be at {_targets(uncompared)}: it is compared"
    withdrawn = sorted({each.detail.partition(";")[0] for each in entries} & _WITHDRAWN)
    return Does.NOTHING, "everything is there" + (f", and {' and '.join(withdrawn)}" if withdrawn else "")


def _targets(entries: Iterable[Entry]) -> str:
    return ", ".join(dict.fromkeys(each.target for each in entries))
