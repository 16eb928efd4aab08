"""`sign --github-attestation`: kept as evidence of the same digests, and not verified."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from release.model.dsse import Envelope, Signature

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.commands.desk import (
        Desk,
    )


def attestation_of(*digests: str) -> bytes:
    """Write a bundle as actions/attest does, of a few digests."""
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"sha256": each}} for each in digests],
    }
    envelope = json.loads(Envelope(json.dumps(statement).encode()).signed(Signature(b"x")).as_line())
    media = "application/vnd.dev.sigstore.bundle.v0.3+json"
    return json.dumps({"mediaType": media, "verificationMaterial": {}, "dsseEnvelope": envelope}).encode()


DIGESTS = tuple(f"{number}" * 64 for number in range(3))


def test_an_attestation_of_github_is_kept_as_it_is(job: Desk, tmp_path: Path) -> None:
    content = attestation_of(*DIGESTS, "f" * 64)
    (tmp_path / "attestation.json").write_bytes(content)
    ended = job.sign("--github-attestation", str(tmp_path / "attestation.json")).expect(0)
    assert (job.folder / "alpha-0.1.0.sigstore.json").read_bytes() == content
    assert "not verified here: gh attestation verify" in ended.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (attestation_of(*DIGESTS[:2]), "does not name the digest of alpha-0.1.0.cdx.json"),
        (attestation_of(), "does not name the digest of"),
        (b"{}", "its mediaType is not"),
        (b"hello", "GitHub's attestation: "),
        (attestation_of(*DIGESTS).replace(b"vnd.in-toto", b"vnd.other"), "holds no in-toto statement"),
        (attestation_of(*DIGESTS).replace(b'"payload"', b'"load"'), "payload is no string"),
    ],
)
def test_an_attestation_of_something_else_is_refused(job: Desk, tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "attestation.json").write_bytes(content)
    job.refuse("--github-attestation", str(tmp_path / "attestation.json"), code=16, says=says)
