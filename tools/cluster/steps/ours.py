"""Our own packages: what a channel offers of them, brought to this machine, and the proof of what is locked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cluster.model.need import Described
from release.errors import Conflict, Incomplete, VerificationFailed
from release.model.archive import read_wheel
from release.model.evidence import bundle_name
from release.model.metadata import parse_metadata
from release.model.proof import Expected, Unproven
from release.model.tag import Tag
from release.steps.prove import prove

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cluster.model.lock import Locked
    from release.model.offer import Offer
    from release.model.tag import Channel
    from release.ports import Archive, Shelf, Target
    from release.steps.reconciliation.signed import Consumer

_NEWEST: Final = 3
"""Versions that are fetched from far away for each range: a resolver that needs an older one says so."""


@dataclass(frozen=True)
class Ours:
    """The packages of this repository, as one target offers them; each thing is asked for once."""

    names: frozenset[str]
    target: Target
    archives: tuple[Archive, ...]
    """Who else may have evidence, in the order in which they are asked."""
    shelf: Shelf
    consumer: Consumer
    folder: Path
    """Where wheels are brought to."""
    _offered: dict[tuple[str, Channel], tuple[Offer, ...]] = field(default_factory=dict)
    _brought: dict[Offer, tuple[Offer, Described]] = field(default_factory=dict)
    _proven: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _asking: Lock = field(default_factory=Lock)

    def offered(self, name: str, channel: Channel) -> tuple[Offer, ...]:
        """Give the wheels that a channel offers, oldest first."""
        with self._asking:
            if (name, channel) not in self._offered:
                found = (each for each in self.target.offered(name, channel) if each.name.endswith(".whl"))
                self._offered[name, channel] = tuple(sorted(found, key=lambda each: each.version))
            return self._offered[name, channel]

    def within_reach(
        self, wanted: Iterable[Requirement], channel: Channel, rows: Iterable[Locked]
    ) -> dict[str, tuple[Offer, ...]]:
        """Give every name with the wheels that requirements may lead to, as files of this machine.

        A name that they do not lead to has none: whatever else has that name is not ours. `rows` of a lock stay within
        reach as long as they are on offer.
        """
        locked = {each.sha256 for each in rows}
        found: dict[str, dict[Offer, None]] = {name: {} for name in self.names}
        waiting, seen = [each for each in wanted if canonicalize_name(each.name) in self.names], set[str]()
        while waiting:
            needed = waiting.pop()
            if str(needed) in seen:
                continue
            seen.add(str(needed))
            for offer in self._fitting(needed, channel, locked):
                here, described = self._bring(offer)
                found[described.name][here] = None
                waiting += [
                    each for each in map(Requirement, described.requires) if canonicalize_name(each.name) in self.names
                ]
        return {name: tuple(offers) for name, offers in found.items()}

    def described(self, offer: Offer) -> Described:
        """Give what a wheel says of itself."""
        return self._bring(offer)[1]

    def bring(self, offer: Offer) -> Offer:
        """Give a wheel as a file of this machine; Conflict where its bytes are others than the target says."""
        return self._bring(offer)[0]

    def prove(self, row: Locked) -> bytes:
        """Give the bundle that proves a wheel; VerificationFailed where there is none."""
        with self._asking:
            if (row.wheel, row.sha256) not in self._proven:
                self._proven[row.wheel, row.sha256] = self._prove(row)
            return self._proven[row.wheel, row.sha256]

    def evidence(self, tag: Tag, name: str) -> bytes:
        """Give a file of a release from whoever keeps it; nothing where nobody does."""
        failed: Incomplete | None = None
        places: tuple[Archive | Shelf, ...] = (*self.archives, self.shelf)
        for place in places:
            try:
                if content := place.read(tag, name):
                    return content
            except Incomplete as error:
                failed = failed or error
        if failed:
            raise failed
        return b""

    def _fitting(self, needed: Requirement, channel: Channel, locked: set[str]) -> list[Offer]:
        offers = self.offered(canonicalize_name(needed.name), channel)
        fitting = [each for each in offers if needed.specifier.contains(each.version, prereleases=True)]
        if all(each.url.startswith("file:") for each in fitting):
            return fitting
        newest = {each.version for each in fitting[-_NEWEST:]}
        return [each for each in fitting if each.version in newest or each.sha256 in locked]

    def _bring(self, offer: Offer) -> tuple[Offer, Described]:
        with self._asking:
            if offer not in self._brought:
                content = self.target.fetch(offer)
                if hashlib.sha256(content).hexdigest() != offer.sha256:
                    raise Conflict(
                        f"{self.target.name} gives other bytes for {offer.name} than it says",
                        hint="hatch run release verify tells whether what it holds is what was released",
                    )
                self.folder.mkdir(parents=True, exist_ok=True)
                path = self.folder / offer.name
                path.write_bytes(content)
                here = replace(offer, url=path.as_uri())
                self._brought[offer] = self._brought[here] = here, _describe(offer, path)
            return self._brought[offer]

    def _prove(self, row: Locked) -> bytes:
        tag, consumer = Tag(row.name, row.version), self.consumer
        commit = consumer.commits.get(str(tag), "")
        expected = Expected(row.name, str(row.version), consumer.repository, commit)
        bundle = self.evidence(tag, bundle_name(tag))
        try:
            prove(bundle, row.wheel, row.sha256, consumer.trust, expected, consumer.signatures, consumer.today)
        except Unproven as error:
            raise VerificationFailed(
                f"{row} is offered by {self.target.name}, and nothing proves it: {error.message} ({error.reason})",
                hint=f"hatch run release verify {tag} says more; nothing unproven is locked",
            ) from None
        return bundle


def _describe(offer: Offer, path: Path) -> Described:
    """Read a wheel's metadata; one that is not built as its formats say is refused."""
    files = read_wheel(path)
    stem = "-".join(offer.name.split("-")[:2])
    said = parse_metadata(files[PurePosixPath(f"{stem}.dist-info", "METADATA")])
    return Described(canonicalize_name(str(said["Name"])), str(offer.version), tuple(said.get_all("Requires-Dist", [])))
