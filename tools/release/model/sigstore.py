"""Sigstore bundles, as `actions/attest` makes them: kept as evidence, and verified by `gh attestation verify` alone.

https://docs.sigstore.dev/about/bundle/
"""

from __future__ import annotations

import json
from typing import Any, Final

from release.model.dsse import IN_TOTO, NotAnEnvelope, parse_envelope
from release.model.strict_json import NotStrict, parse_strictly

_MEDIA_TYPE: Final = "application/vnd.dev.sigstore.bundle"


class NotABundle(ValueError):
    """A file that holds something else than the attestation of some digests."""


def read_digests(content: bytes) -> frozenset[str]:
    """Give the SHA-256 of everything that a bundle says it attests; nothing here says that it is true."""
    try:
        bundle = parse_strictly(content)
        if not str(_under(bundle, "mediaType")).startswith(_MEDIA_TYPE):
            raise NotABundle("its mediaType is not that of a Sigstore bundle")
        envelope = parse_envelope(json.dumps(_under(bundle, "dsseEnvelope")).encode())
        if envelope.payload_type != IN_TOTO:
            raise NotABundle("it holds no in-toto statement")
        subjects = _under(parse_strictly(envelope.payload), "subject")
    except (NotStrict, NotAnEnvelope) as error:
        raise NotABundle(str(error)) from None
    digests = (_under(_under(each, "digest"), "sha256") for each in (subjects if isinstance(subjects, list) else []))
    return frozenset(each for each in digests if isinstance(each, str))


def _under(document: Any, key: str) -> Any:  # noqa: ANN401  # whatever the document holds
    return document.get(key) if isinstance(document, dict) else None
