"""Releases made by hand, and not by the tool: so that the verifier is held to the format alone."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DOCUMENT = "https://github.com/wheelyard/wheelyard/blob/main/tools/release/provenance/v1.md"
WORKSTATION, SEPARATE_SIGNER = f"{DOCUMENT}#workstation", f"{DOCUMENT}#separate-signer"
REPOSITORY = "https://git.example.com/ada/paper-plane"
TAG = "paper-plane/v1.2.0"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WHEEL = "paper_plane-1.2.0-py3-none-any.whl"
BUNDLE = "paper_plane-1.2.0.intoto.jsonl"
CONTENT = b"the bytes of a wheel"
IN_TOTO = "application/vnd.in-toto+json"


def make_key(number: int) -> ec.EllipticCurvePrivateKey:
    """Give a key pair that everybody knows."""
    return ec.derive_private_key(number, ec.SECP256R1())


RELEASE, NEXT, STRANGER = make_key(2001), make_key(2002), make_key(2666)


def spki(key: ec.EllipticCurvePrivateKey, encoding: Encoding = Encoding.DER) -> bytes:
    """Give the public key."""
    return key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def as_text(content: bytes) -> str:
    """Write bytes as base64."""
    return base64.b64encode(content).decode()


def make_statement(**changes: object) -> dict[str, Any]:
    """Give a statement about the wheel; a change names its dotted path with `__` for a dot, and numbers are places."""
    statement: dict[str, Any] = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": WHEEL, "digest": {"sha256": hashlib.sha256(CONTENT).hexdigest()}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": DOCUMENT,
                "externalParameters": {"tag": TAG, "package": "paper-plane", "repository": REPOSITORY},
                "resolvedDependencies": [{"uri": f"git+{REPOSITORY}@refs/tags/{TAG}", "digest": {"gitCommit": COMMIT}}],
            },
            "runDetails": {"builder": {"id": WORKSTATION}},
        },
    }
    for path, value in changes.items():
        *way, last = (int(step) if step.isdigit() else step for step in path.split("__"))
        holder: Any = statement
        for step in way:
            holder = holder[step]
        holder[last] = copy.deepcopy(value)
    return statement


def message_of(payload: bytes, kind: str = IN_TOTO) -> bytes:
    """Give what is signed."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def seal(payload: bytes, signatures: Sequence[bytes], kind: str = IN_TOTO) -> bytes:
    """Write a line of a bundle."""
    entries = [{"keyid": "", "sig": as_text(each)} for each in signatures]
    return json.dumps({"payload": as_text(payload), "payloadType": kind, "signatures": entries}).encode() + b"\n"


def sign(statement: object = None, *keys: ec.EllipticCurvePrivateKey, kind: str = IN_TOTO) -> bytes:
    """Give the line of a statement, or of bytes, signed by these keys, or else by the one that releases."""
    content = make_statement() if statement is None else statement
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    message = message_of(payload, kind)
    return seal(payload, [key.sign(message, ec.ECDSA(hashes.SHA256())) for key in keys or (RELEASE,)], kind)


def make_trust(*keys: dict[str, Any], **more: object) -> dict[str, Any]:
    """Give a trust file's content: of the key that releases, if no others are given."""
    return {"repository": REPOSITORY, "keys": list(keys or [trusted(RELEASE)]), **more}


def trusted(key: ec.EllipticCurvePrivateKey, **more: object) -> dict[str, Any]:
    """Give a key as a trust file has it."""
    return {"key": as_text(spki(key)), **more}


@dataclass(frozen=True)
class Release:
    """A folder with a wheel, its bundle and a trust file."""

    folder: Path
    bundle: bytes = field(default_factory=sign)
    trust: object = field(default_factory=make_trust)
    content: bytes = CONTENT

    def write(self) -> Release:
        """Put the files there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / WHEEL).write_bytes(self.content)
        (self.folder / BUNDLE).write_bytes(self.bundle)
        (self.folder / "trust.json").write_text(json.dumps(self.trust))
        return self

    @property
    def wheel(self) -> Path:
        """The wheel's path."""
        return self.folder / WHEEL
