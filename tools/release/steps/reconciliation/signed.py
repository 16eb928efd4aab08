"""Read what a trusted key says of a release, whatever bytes are found of it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.model.dsse import read_envelopes
from release.model.proof import Expected, Unproven
from release.model.statement import parse_statement
from release.steps.prove import LARGEST, prove

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from release.model.tag import Tag
    from release.model.trust import Trust
    from release.ports import Signatures


@dataclass(frozen=True)
class Consumer:
    """Whom somebody trusts, on which day, and what every release has to come from."""

    trust: Trust
    signatures: Signatures
    today: date
    repository: str
    commits: Mapping[str, str]
    """The commit that each tag names."""

    def read(self, tag: Tag, bundle: bytes) -> dict[str, str]:
        """Give SHA-256 by name of all that a bundle proves to be of a release; Unproven where it proves nothing."""
        *others, last = _claimed(bundle, tag.files[0]) or [""]
        for sha256 in others:
            with suppress(Unproven):  # another line may be proven; where none is, the last tells which came furthest
                return self._read(tag, bundle, sha256)
        return self._read(tag, bundle, last)

    def _read(self, tag: Tag, bundle: bytes, sha256: str) -> dict[str, str]:
        expected = Expected(tag.package, str(tag.version), self.repository, self.commits.get(str(tag), ""))
        proven = prove(bundle, tag.files[0], sha256, self.trust, expected, self.signatures, self.today)
        statement = parse_statement(proven.statement)
        return _with_sums(tag, statement.subjects) | dict(statement.byproducts)


def _claimed(bundle: bytes, name: str) -> list[str]:
    """Give the digests that a bundle claims for a file, proven or not."""
    found: dict[str, None] = {}
    for envelope in read_envelopes(bundle) if len(bundle) <= LARGEST else ():
        with suppress(Unproven):  # what it is worth is said by whoever proves it
            found[parse_statement(envelope.payload).subjects.get(name, "")] = None
    return list(found)


def _with_sums(tag: Tag, subjects: Mapping[str, str]) -> dict[str, str]:
    """Add what SHA256SUMS has to hold: the digests of wheel, sdist and SBOM."""
    listed = {name: subjects.get(name, "") for name in (*tag.files, f"{tag.stem}.cdx.json")}
    sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(listed.items()))
    return dict(subjects) | {"SHA256SUMS": hashlib.sha256(sums.encode()).hexdigest()}
