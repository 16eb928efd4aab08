"""DSSE, the dead simple signing envelope, version 1.0.2: https://github.com/secure-systems-lab/dsse.

The libraries that have it want a key's hint to agree before they try the key, and import an AWS client to say so: the
envelope is three fields and a line that is signed, so it stands here. The signatures themselves are a library's work.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from release.model.strict_json import NotStrict, parse_strictly

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_TOTO: Final = "application/vnd.in-toto+json"
_STANDARD = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]*={0,2}")
_MOST_SIGNATURES = 16


class NotAnEnvelope(ValueError):
    """A line that holds something else than an envelope."""


@dataclass(frozen=True)
class Signature:
    """A signature, and the hint at the key that may have made it, which decides nothing."""

    value: bytes
    keyid: str = ""


@dataclass(frozen=True)
class Envelope:
    """A payload, and whoever signed it."""

    payload: bytes
    payload_type: str = IN_TOTO
    signatures: tuple[Signature, ...] = ()

    @property
    def message(self) -> bytes:
        """What is signed: the pre-authentication encoding."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)

    def signed(self, signature: Signature) -> Envelope:
        """Give this envelope with one more signature."""
        return replace(self, signatures=(*self.signatures, signature))

    def as_line(self) -> bytes:
        """Write it as a line of a bundle."""
        document = {
            "payload": _encode(self.payload),
            "payloadType": self.payload_type,
            "signatures": [{"keyid": each.keyid, "sig": _encode(each.value)} for each in self.signatures],
        }
        return json.dumps(document, separators=(",", ":")).encode() + b"\n"


def parse_envelope(line: bytes) -> Envelope:
    """Read a line of a bundle, or say why it is no envelope."""
    try:
        document = parse_strictly(line)
    except NotStrict as error:
        raise NotAnEnvelope(str(error)) from None
    if not isinstance(document, dict):
        raise NotAnEnvelope("it is no object")
    signatures = document.get("signatures")
    if not isinstance(signatures, list) or len(signatures) > _MOST_SIGNATURES:
        raise NotAnEnvelope(f"signatures is no list of at most {_MOST_SIGNATURES}")
    payload, kind = _text(document, "payload"), _text(document, "payloadType")
    return Envelope(_decode(payload), kind, tuple(_signature(each) for each in signatures))


def _signature(document: Any) -> Signature:  # noqa: ANN401  # whatever stands in the list
    if not isinstance(document, dict):
        raise NotAnEnvelope("a signature is no object")
    keyid = _text(document, "keyid") if "keyid" in document else ""
    return Signature(_decode(_text(document, "sig")), keyid)


def _text(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str):
        raise NotAnEnvelope(f"{key} is no string")
    return value


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decode(text: str) -> bytes:
    """Read either alphabet, but not both in one text."""
    if len(text) % 4 == 0 and _STANDARD.fullmatch(text):
        return base64.b64decode(text)
    if len(text) % 4 == 0 and _URL_SAFE.fullmatch(text):
        return base64.urlsafe_b64decode(text)
    raise NotAnEnvelope("a text is not base64")


def read_envelopes(bundle: bytes) -> Iterator[Envelope]:
    """Give every envelope of a bundle; whatever else stands there is of no account."""
    for line in bundle.split(b"\n"):
        try:
            yield parse_envelope(line)
        except NotAnEnvelope:
            continue
