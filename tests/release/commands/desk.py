"""A folder in which somebody signs: a bundle, the command, and whose signatures are there afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from release.adapters.ecdsa import Ecdsa, read_public_key
from release.adapters.local_key import PUBLIC, LocalKey
from release.adapters.toolchain import LOCK
from release.model.dsse import Envelope, Signature, parse_envelope
from release.model.provenance import Provenance, Run
from release.model.toolchain import read_tools
from release.model.trust import Builder, keyid_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.release.command import Ended, ReleaseCommand

COMMIT = "ab" * 20
REPOSITORY = "https://github.com/ada/packages"
ACTIONS = {
    "GITHUB_ACTIONS": "true",
    "RUNNER_ENVIRONMENT": "github-hosted",
    "GITHUB_REF_TYPE": "tag",
    "GITHUB_REF_NAME": "alpha/v0.1.0",
    "GITHUB_SHA": COMMIT,
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "ada/packages",
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "2",
}
Document = dict[str, Any]


def make_statement(package: str = "alpha") -> bytes:
    """Write what a build of this tool would say."""
    stem, then = f"{package}-0.1.0", datetime(2026, 1, 2, tzinfo=UTC)
    names = (f"{stem}-py3-none-any.whl", f"{stem}.tar.gz", f"{stem}.cdx.json")
    provenance = Provenance(
        tag=f"{package}/v0.1.0",
        package=package,
        repository=REPOSITORY,
        commit=COMMIT,
        subjects={name: f"{number}" * 64 for number, name in enumerate(names)},
        tools=read_tools(LOCK.read_text()),
        made_with={"python": "3.11.7", "uv": "0.13.2", "zlib": "1.2.13"},
        byproducts={f"{stem}.audit.json": "d" * 64},
    )
    return provenance.as_statement(Run(Builder.WORKSTATION, "0.1.0", "urn:uuid:1", then, then))


@dataclass(frozen=True)
class Desk:
    """A folder with a bundle in it, and the command that signs there."""

    folder: Path
    command: ReleaseCommand
    words: tuple[str, ...] = ("--tag", "alpha/v0.1.0", "--commit", COMMIT, "--repository", REPOSITORY)
    name: str = "alpha-0.1.0.intoto.jsonl"

    @property
    def path(self) -> Path:
        return self.folder / self.name

    @property
    def own(self) -> bytes:
        """The key of this machine."""
        return read_public_key((self.folder.parent / "config" / "wheelyard" / PUBLIC).read_text())

    def put(self, payload: bytes, *keys: LocalKey, name: str = "") -> Path:
        """Put a bundle here, signed by some keys."""
        envelope = Envelope(payload)
        for each in keys:
            envelope = envelope.signed(Signature(each.sign(envelope.message), keyid_of(each.key)))
        (self.folder / (name or self.name)).write_bytes(envelope.as_line())
        return self.folder / (name or self.name)

    def sign(self, *words: str, **variables: str) -> Ended:
        return self.command("sign", self.name, *self.words, *words, **variables)

    def refuse(self, *words: str, code: int, says: str, **variables: str) -> Ended:
        """Require a refusal that leaves everything as it is."""
        before = self.files
        ended = self.sign(*words, **variables).expect(code)
        assert says in ended.err, ended.err
        assert "hint: " in ended.err
        assert self.files == before
        return ended

    @property
    def files(self) -> Mapping[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


def envelope_of(path: Path) -> Envelope:
    (line,) = path.read_bytes().splitlines()
    return parse_envelope(line)


def statement_of(path: Path) -> Document:
    statement: Document = json.loads(envelope_of(path).payload)
    return statement


def signers_of(path: Path, *keys: bytes) -> set[bytes]:
    """Give those of some keys that have signed."""
    envelope = envelope_of(path)
    made = Ecdsa().is_made_by
    return {key for key in keys if any(made(key, each.value, envelope.message) for each in envelope.signatures)}


def other_key(desk: Desk, name: str = "other") -> LocalKey:
    return LocalKey(desk.folder.parent / name, str)
