"""Digests that one job hands to the next: SHA-256 by file name, as one JSON object."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from release.errors import UsageError
from release.model.strict_json import NotStrict, parse_strictly
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release.model.tag import Tag

CHECKSUMS: Final = "SHA256SUMS"
"""Called the same in every release, so that it is in no such object: what it holds follows from the others."""
_EVIDENCE: Final = ("cdx.json", "audit.json", "intoto.jsonl", "receipt.json", "sigstore.json")
_LONGEST: Final = 1024 * 1024
"""What GitHub Actions takes for one output."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,254}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HINT = 'give what `build` and `sign` write as `digests`: {"alpha-0.1.0.tar.gz": "<SHA-256>", …}'


def names_of(tag: Tag) -> tuple[str, ...]:
    """Give every name that a file of a release can have among digests."""
    return (*tag.files, *(f"{tag.stem}.{ending}" for ending in _EVIDENCE))


def parse_digests(texts: Iterable[str]) -> dict[str, str]:
    """Read objects one after another: the last word on a name counts; UsageError where one is none."""
    digests: dict[str, str] = {}
    for text in texts:
        digests |= _parse(text)
    return digests


def write_digests(digests: Mapping[str, str]) -> str:
    """Write them in one line."""
    return json.dumps(dict(sorted(digests.items())), separators=(",", ":"))


def _parse(text: str) -> dict[str, str]:
    if len(text) > _LONGEST:
        raise UsageError(f"--digests is longer than {_LONGEST} characters", hint=_HINT)
    try:
        document = parse_strictly(text.encode(errors="surrogatepass"))
    except NotStrict as error:
        raise UsageError(f"--digests is no JSON: {shown(str(error))}", hint=_HINT) from None
    if not isinstance(document, dict) or not document:
        raise UsageError("--digests is no JSON object that names a file", hint=_HINT)
    for name, digest in document.items():
        if not _NAME.fullmatch(name) or name == CHECKSUMS:
            raise UsageError(f"--digests: {shown(name)} is no file's name, or not one of its own", hint=_HINT)
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise UsageError(f"--digests: {shown(name)} has no SHA-256 of 64 small hexadecimal digits", hint=_HINT)
    return document
