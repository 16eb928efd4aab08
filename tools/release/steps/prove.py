"""Prove that a file is what a release made: by a bundle beside it, and by keys that the consumer holds.

Every check here is made a second time, in other words, by `databricks/verify.py`; one corpus holds both to one answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from release.errors import UsageError
from release.model.dsse import IN_TOTO, Envelope, NotAnEnvelope, parse_envelope
from release.model.proof import Proven, Reason, Unproven
from release.model.statement import parse_statement
from release.model.tag import shown
from release.model.trust import Builder
from release.steps.signing import find_signers

if TYPE_CHECKING:
    from datetime import date

    from release.model.proof import Expected
    from release.model.statement import Statement
    from release.model.trust import Trust, TrustedKey
    from release.ports import Signatures

LARGEST: Final = 4 * 1024 * 1024
_NAME = re.compile(r"(?P<package>[a-z0-9_]+)-(?P<version>[0-9a-z.!+]+)(?:-py3-none-any\.whl|\.tar\.gz|\.cdx\.json)")


def prove(  # noqa: PLR0913, PLR0917  # one for each thing that a proof depends on
    bundle: bytes, name: str, sha256: str, trust: Trust, expected: Expected, signatures: Signatures, today: date
) -> Proven:
    """Find the line of a bundle that proves a file; Unproven with the reason of the line that came furthest."""
    if len(bundle) > LARGEST:
        raise Unproven(Reason.MALFORMED, f"the bundle is larger than {LARGEST} bytes")
    closest = Unproven(Reason.EMPTY, "the bundle holds nothing: the release is unsigned")
    for line in filter(None, (each.strip(b" \t\r") for each in bundle.split(b"\n"))):
        try:
            envelope = _read(line)
            taken = _require_signed(envelope, trust, signatures, today)
            statement = parse_statement(envelope.payload)
            commit = _require_expected(statement, expected)
            keys = _require_builder(statement.builder, taken, trust, expected)
            _require_subject(statement, name, sha256)
            return Proven(commit, statement.builder, keys, envelope.payload)
        except Unproven as failed:
            closest = max(closest, failed, key=lambda each: each.reason.progress)  # the first of equals
    raise closest


def believe(bundle: bytes, name: str, sha256: str, expected: Expected) -> Proven:
    """Take the one statement of a bundle at its word about a file, signed or not: it is proven by nobody."""
    if len(bundle) > LARGEST:
        raise Unproven(Reason.MALFORMED, f"the bundle is larger than {LARGEST} bytes")
    lines = [line for line in (each.strip(b" \t\r") for each in bundle.split(b"\n")) if line]
    if not lines:
        raise Unproven(Reason.EMPTY, "the bundle holds nothing")
    if len(lines) > 1:
        raise Unproven(Reason.MALFORMED, f"the bundle holds {len(lines)} statements, and one is to be signed")
    envelope = _read(lines[0])
    statement = parse_statement(envelope.payload)
    commit = _require_expected(statement, expected)
    if statement.builder not in set(Builder):
        raise Unproven(Reason.WRONG_BUILDER, f"{shown(statement.builder)} is no builder of ours")
    _require_subject(statement, name, sha256)
    return Proven(commit, statement.builder, (), envelope.payload)


def expected_of(name: str) -> tuple[str, str]:
    """Read package and version out of a released file's name."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise UsageError(
            f"{shown(name)}: the name says neither package nor version",
            hint="give the file the name that it was released under, or say package and version",
        )
    return match["package"].replace("_", "-"), match["version"]


def _read(line: bytes) -> Envelope:
    try:
        envelope = parse_envelope(line)
    except NotAnEnvelope as error:
        raise Unproven(Reason.MALFORMED, f"a line is no envelope: {error}") from None
    if envelope.payload_type != IN_TOTO:
        raise Unproven(Reason.WRONG_PAYLOAD_TYPE, f"the payload is {shown(envelope.payload_type)} and not {IN_TOTO}")
    return envelope


def _require_signed(envelope: Envelope, trust: Trust, signatures: Signatures, today: date) -> tuple[TrustedKey, ...]:
    """Give the keys that signed and are still taken."""
    if not envelope.signatures:
        raise Unproven(Reason.UNSIGNED, "nobody has signed")
    signed = find_signers(envelope, trust, signatures)
    taken = tuple(each for each in signed if each.is_taken(today))
    if not signed:
        raise Unproven(Reason.UNTRUSTED, "no key that is trusted has signed this")
    _require_enough(signed, trust, Reason.THRESHOLD, "have signed")
    _require_enough(taken, trust, Reason.EXPIRED_KEY, f"that signed are still taken on {today}")
    return taken


def _require_expected(statement: Statement, expected: Expected) -> str:
    """Give the commit that was built."""
    begin = f"{expected.package}/v"
    if statement.package != expected.package or not statement.tag.startswith(begin):
        raise _unexpected(Reason.WRONG_PACKAGE, f"{statement.package} {statement.tag}", expected.package)
    if (version := statement.tag.removeprefix(begin)) != expected.version:
        raise _unexpected(Reason.WRONG_VERSION, version, expected.version)
    if statement.repository != expected.repository:
        raise _unexpected(Reason.WRONG_REPOSITORY, statement.repository, expected.repository)
    if len(statement.commits) != 1:
        raise Unproven(Reason.MALFORMED_STATEMENT, f"{len(statement.commits)} commits are said to have been built")
    (commit,) = statement.commits
    if expected.commit not in {"", commit}:
        raise _unexpected(Reason.WRONG_COMMIT, commit, expected.commit)
    return commit


def _require_builder(
    builder: str, taken: tuple[TrustedKey, ...], trust: Trust, expected: Expected
) -> tuple[TrustedKey, ...]:
    """Give the unique keys that may claim this builder."""
    if expected.builder not in {"", builder}:
        raise _unexpected(Reason.WRONG_BUILDER, builder, expected.builder)
    granted = tuple(each for each in taken if builder in each.builders)
    _require_enough(granted, trust, Reason.WRONG_BUILDER, f"that signed may claim {shown(builder)}")
    return tuple({each.key: each for each in granted}.values())


def _require_subject(statement: Statement, name: str, sha256: str) -> None:
    if statement.subjects.get(name) != sha256:
        raise Unproven(Reason.WRONG_SUBJECT, f"the release made no {shown(name)} with the SHA-256 {sha256}")


def _require_enough(keys: tuple[TrustedKey, ...], trust: Trust, reason: Reason, which: str) -> None:
    """Count unique keys: at least one is always needed."""
    wanted = max(1, trust.threshold)
    if (count := len({each.key for each in keys})) < wanted:
        raise Unproven(reason, f"{count} trusted keys {which}, and {wanted} have to agree")


def _unexpected(reason: Reason, found: str, wanted: str) -> Unproven:
    return Unproven(reason, f"it was {shown(found)}, and {shown(wanted)} is expected")
