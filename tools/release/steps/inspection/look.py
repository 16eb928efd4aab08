"""One look at one delivery: what is read of it, once, for every check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from release.model.archive import read_sdist, read_wheel
from release.model.artifact import digest_of
from release.model.evidence import bundle_name
from release.model.proof import Proven, Reason, Unproven
from release.model.statement import Statement, parse_statement
from release.model.tag import shown
from release.steps.prove import LARGEST, believe, prove

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import PurePosixPath

    from release.context import Context
    from release.model.delivery import Delivery
    from release.model.trust import Trust


class Doubt(Exception):
    """Something that does not hold: a word for programs, and a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Look:
    """A delivery, and how it is looked at: whom the consumer trusts, and on which day."""

    delivery: Delivery
    trust: Trust | None
    """Nobody, where a statement that is not signed yet is as good as one that is."""
    today: date
    context: Context

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of every file that has to be proven."""
        if missing := [name for name, path in self.delivery.files.items() if not path.is_file()]:
            raise Doubt("missing", f"{shown(missing[0])} is not in {self.delivery.folder}")
        return {name: digest_of(path) for name, path in self.delivery.files.items()}

    @property
    def proven(self) -> Proven:
        """What the bundle proves of all of them together; the same Doubt for whoever asks, where it proves nothing."""
        if isinstance(self._outcome, Doubt):
            raise self._outcome
        return self._outcome

    @cached_property
    def _outcome(self) -> Proven | Doubt:
        try:
            bundle = self._read_bundle()
            found = {one.statement: one for one in (self._prove(bundle, name) for name in self.digests)}
        except Doubt as doubt:
            return doubt
        if len(found) != 1:
            return Doubt("several-statements", "no one statement speaks of all of the files")
        return next(iter(found.values()))

    def _read_bundle(self) -> bytes:
        """Read it, and of one that is too large no more than tells so."""
        path = self.delivery.path(bundle_name(self.delivery.tag))
        if not path.is_file():
            return b""
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)

    @cached_property
    def statement(self) -> Statement:
        """What was signed."""
        return parse_statement(self.proven.statement)

    @cached_property
    def members(self) -> dict[str, Mapping[PurePosixPath, bytes]]:
        """The files in each archive; IllFormed where one of them can be read in more than one way."""
        readers = {".whl": read_wheel, ".gz": read_sdist}
        return {name: readers[path.suffix](path) for name, path in self.delivery.archives.items()}

    def _prove(self, bundle: bytes, name: str) -> Proven:
        expected, signatures = self.delivery.expected, self.context.signatures
        try:
            if self.trust is None:
                return believe(bundle, name, self.digests[name], expected)
            return prove(bundle, name, self.digests[name], self.trust, expected, signatures, self.today)
        except Unproven as error:
            if error.reason is Reason.EMPTY:
                missing = f"UNSIGNED: there is no {bundle_name(self.delivery.tag)} in {self.delivery.folder}"
                raise Doubt(error.reason, missing) from None
            unsigned = "UNSIGNED: " if error.reason is Reason.UNSIGNED else ""
            raise Doubt(error.reason, f"{unsigned}{shown(name)}: {error.message}") from None
