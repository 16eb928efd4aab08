"""Sign apart from the build: by digests alone, and nothing that the signer does not know to be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from release.errors import VerificationFailed
from release.model.dsse import IN_TOTO, Envelope, NotAnEnvelope, parse_envelope
from release.model.evidence import bundle_name
from release.model.proof import Expected, Proven, Unproven
from release.model.provenance import Provenance, Run
from release.model.sigstore import NotABundle, read_digests
from release.model.statement import Statement, parse_statement
from release.model.tag import shown
from release.model.trust import Builder, Trust, TrustedKey
from release.steps.prove import LARGEST, prove
from release.steps.signing import add_signature

if TYPE_CHECKING:
    from release.model.tag import Tag
    from release.model.witness import Witness
    from release.ports import Signatures, Signer

_HINT = "build it again, and sign what that build gives"


class State(StrEnum):
    """What became of a bundle."""

    SIGNED = "signed"
    COSIGNED = "co-signed"
    IDENTICAL = "identical"


@dataclass(frozen=True)
class Signed:
    """A bundle that proves a release, and whose signatures it carries."""

    tag: Tag
    state: State
    bundle: bytes
    builder: Builder
    keys: tuple[bytes, ...]
    """Public keys, as DER SubjectPublicKeyInfo: those that were trusted here, and the signer's own."""
    replaced: int = 0
    """Signatures that are gone with the statement that this one took the place of."""

    @property
    def bundle_name(self) -> str:
        """The name of the file that it is kept in."""
        return bundle_name(self.tag)

    @property
    def attestation_name(self) -> str:
        """The name of the file that GitHub's attestation is kept in."""
        return f"{self.tag.stem}.sigstore.json"


@dataclass(frozen=True)
class Notary:
    """A signer, what it knows by itself, and whose signatures it adds its own to."""

    signer: Signer
    signatures: Signatures
    witness: Witness
    trust: Trust
    builder: Builder
    version: str
    """The tool's own."""
    invocation: str

    def sign(self, name: str, bundle: bytes, attestation: bytes = b"") -> Signed:
        """Sign a statement of our own about the same digests, or the very same one if somebody trusted has signed it.

        `name` is the bundle's file name. `attestation`, a Sigstore bundle, must name those digests too. Whatever does
        not agree with what the signer knows is VerificationFailed, and nothing is signed.
        """
        started = datetime.now(UTC)
        envelope = _read_only_line(bundle)
        statement = _parse(envelope)
        tag = self.witness.require_agreement(statement)
        _require_name(name, tag)
        if attestation:
            _require_attested(attestation, statement)
        key = self.signer.key
        proven = self._find_proof(bundle, tag, statement, self.trust.keys)
        before = tuple(each.key for each in proven.keys) if proven else ()
        if key in before:
            return Signed(tag, State.IDENTICAL, bundle, self.builder, before)
        if proven:
            line = add_signature(envelope, self.signer).as_line()
            return self._proven(Signed(tag, State.COSIGNED, line, self.builder, (*before, key)), statement)
        line = add_signature(Envelope(self._restate(statement, started)), self.signer).as_line()
        signed = Signed(tag, State.SIGNED, line, self.builder, (key,), len(envelope.signatures))
        return self._proven(signed, statement)

    def _find_proof(self, bundle: bytes, tag: Tag, statement: Statement, keys: tuple[TrustedKey, ...]) -> Proven | None:
        """Give the proof that one of these keys, or our own, signed this for the same builder."""
        try:
            return self._prove(bundle, tag, statement, (*keys, self._own))
        except Unproven:
            return None

    def _prove(self, bundle: bytes, tag: Tag, statement: Statement, keys: tuple[TrustedKey, ...]) -> Proven:
        expected = Expected(
            tag.package, str(tag.version), self.witness.repository, self.witness.commit, self.builder.value
        )
        name, today = tag.files[0], datetime.now(UTC).date()
        return prove(bundle, name, statement.subjects[name], Trust(keys), expected, self.signatures, today)

    def _proven(self, signed: Signed, statement: Statement) -> Signed:
        """Give nothing that does not prove itself by our own key."""
        try:
            self._prove(signed.bundle, signed.tag, statement, (self._own,))
        except Unproven as failed:
            raise _refusal(failed) from None
        return signed

    @property
    def _own(self) -> TrustedKey:
        return TrustedKey(self.signer.key, builders=frozenset({self.builder.value}))

    def _restate(self, statement: Statement, started: datetime) -> bytes:
        """Say the same of the build as it does, and of this run what is so; what is not known is left out."""
        provenance = Provenance(
            tag=statement.tag,
            package=statement.package,
            repository=self.witness.repository,
            commit=self.witness.commit,
            subjects=statement.subjects,
            tools=self.witness.tools,
            made_with=statement.internal,
            byproducts=statement.byproducts,
        )
        return provenance.as_statement(Run(self.builder, self.version, self.invocation, started, datetime.now(UTC)))


def _read_only_line(bundle: bytes) -> Envelope:
    if len(bundle) > LARGEST:
        raise VerificationFailed(f"bundle: it is larger than {LARGEST} bytes", hint=_HINT)
    lines = list(filter(None, (line.strip(b" \t\r") for line in bundle.split(b"\n"))))
    if len(lines) != 1:
        raise VerificationFailed(f"bundle: it holds {len(lines)} statements, and one is to be signed", hint=_HINT)
    try:
        envelope = parse_envelope(lines[0])
    except NotAnEnvelope as error:
        raise VerificationFailed(f"bundle: it is no envelope: {error}", hint=_HINT) from None
    if envelope.payload_type != IN_TOTO:
        raise VerificationFailed(f"payloadType: it is {envelope.payload_type!a}, not {IN_TOTO}", hint=_HINT)
    return envelope


def _parse(envelope: Envelope) -> Statement:
    try:
        return parse_statement(envelope.payload)
    except Unproven as failed:
        raise _refusal(failed) from None


def _require_name(name: str, tag: Tag) -> None:
    if name != bundle_name(tag):
        raise VerificationFailed(
            f"file name: it is {shown(name)}, and what it holds is the provenance of {tag}",
            hint=f"give it its name, if that is what is meant to be signed: {bundle_name(tag)}",
        )


def _require_attested(attestation: bytes, statement: Statement) -> None:
    try:
        attested = read_digests(attestation)
    except NotABundle as error:
        raise VerificationFailed(
            f"GitHub's attestation: {error}", hint="give the file that actions/attest names as bundle-path"
        ) from None
    if missing := sorted(name for name, digest in statement.subjects.items() if digest not in attested):
        raise VerificationFailed(
            f"GitHub's attestation does not name the digest of {', '.join(missing)}",
            hint="give actions/attest the wheel, the sdist and the SBOM as its subjects",
        )


def _refusal(failed: Unproven) -> VerificationFailed:
    return VerificationFailed(f"{failed.reason}: {failed.message}", hint=_HINT)
