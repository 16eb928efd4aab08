"""The receipt: what was released, from what, judged how, published where."""

from __future__ import annotations

import base64
from datetime import datetime  # pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from release.errors import UsageError
from release.model.dsse import Envelope
from release.model.gate import Verdict
from release.model.ledger import State
from release.model.tag import Channel

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA: Final = "urn:wheelyard:receipt:v1"
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Sha = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ArtifactRecord(_Record):
    """A file that was released; `size` in bytes."""

    name: str
    kind: Literal["wheel", "sdist"]
    sha256: Digest
    size: Annotated[int, Field(ge=0)]


class GateRecord(_Record):
    """What a gate said, and how many seconds it took to say it."""

    name: str
    verdict: Verdict
    detail: str
    seconds: Annotated[float, Field(ge=0)]


class PublicationRecord(_Record):
    """What a target holds under a file's name at the end."""

    target: str
    location: str
    name: str
    state: State
    sha256: Digest
    detail: Annotated[str, Field(exclude_if=lambda said: not said)] = ""
    """What else is to be known of it: that it was uploaded without a staging repository, or taken off offer since."""


class EvidenceRecord(_Record):
    """A file that stands beside the artifacts."""

    name: str
    sha256: Digest


class ProvenanceRecord(_Record):
    """Which statement says where the artifacts come from, and who signed it.

    The statement is named by the SHA-256 of what is signed, so that a later signature beside the first changes nothing.
    """

    name: str
    statement: Digest
    builder: str
    keys: tuple[Digest, ...] = ()
    """The SHA-256 of each signer's DER SubjectPublicKeyInfo; none where the release is unsigned."""


class SignatureRecord(_Record):
    """Who wrote the receipt: a DSSE signature over all the rest of it."""

    keyid: Digest
    sig: Annotated[str, StringConstraints(pattern=r"^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")]


class Receipt(_Record):
    """Everything that is known of one release at its end, however it ended."""

    schema_: Annotated[Literal["urn:wheelyard:receipt:v1"], Field(alias="schema")] = SCHEMA
    package: str
    version: str
    tag: str
    commit: Sha
    channel: Channel
    rehearsal: bool = False
    artifacts: tuple[ArtifactRecord, ...]
    gates: tuple[GateRecord, ...]
    evidence: tuple[EvidenceRecord, ...] = ()
    provenance: ProvenanceRecord | None = None
    publications: tuple[PublicationRecord, ...]
    tool: str
    started: datetime
    finished: datetime
    signature: SignatureRecord | None = None

    @property
    def message(self) -> bytes:
        """What is signed: the receipt as it is written without its signature."""
        bare = self.model_copy(update={"signature": None}).as_json()
        return Envelope(bare.encode(), SCHEMA).message

    def signed(self, keyid: str, signature: bytes) -> Receipt:
        """Give the same with a signature."""
        record = SignatureRecord(keyid=keyid, sig=base64.b64encode(signature).decode())
        return self.model_copy(update={"signature": record})

    def as_json(self) -> str:
        """Write it down, a line for each value."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"

    @property
    def is_complete(self) -> bool:
        """Whether every artifact is in every place it was meant for, and no gate says that it should not be."""
        is_refused = any(gate.verdict is Verdict.REFUSED for gate in self.gates)
        everywhere = bool(self.publications) and all(each.state is State.IDENTICAL for each in self.publications)
        return everywhere and not is_refused

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of every file it names, the provenance aside."""
        return {each.name: each.sha256 for each in self.artifacts} | {each.name: each.sha256 for each in self.evidence}

    @property
    def is_signed(self) -> bool:
        """Whether somebody's key vouches for it."""
        return self.provenance is not None and bool(self.provenance.keys)

    @property
    def is_published(self) -> bool:
        """Whether a target offers anything of it."""
        return any(each.state is State.IDENTICAL for each in self.publications)


def read_receipt(path: Path) -> Receipt | None:
    """Read a receipt, if there is one."""
    if not path.is_file():
        return None
    try:
        return Receipt.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise UsageError(
            f"{path} is not a receipt: {error.errors()[0]['msg']}", hint="move it away and run the same command again"
        ) from None
