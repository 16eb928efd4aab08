"""What a release brings is read from evidence that is its own; what can't be read is unknown, and never clean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.places import Kept, Place
from tests.release.warehouse import IDNA, report_of
from tests.servers.vulnerabilities import Advisory

if TYPE_CHECKING:
    from tests.release.steps.reaudit.conftest import Auditor
    from tests.release.warehouse import Maker
    from tests.servers.vulnerabilities import Vulnerabilities

ALPHA = "alpha/v0.1.0"
KNOWN = Advisory(name="idna", version="3.10", id="PYSEC-1", aliases=("CVE-1",), fixed="3.11")


def test_what_only_extras_bring_is_audited_too(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    vulnerabilities.add(KNOWN)
    place = Kept("s3").bring(maker.make(ALPHA, pins=(), report=report_of([IDNA])))
    assert auditor.audit(place).exit_code == 12


def test_a_release_without_an_sbom_is_unknown(auditor: Auditor, maker: Maker) -> None:
    made = maker.make(ALPHA)
    for places, said in (
        ([Place("index").bring(made)], "in dist"),
        ([Kept("s3").bring(made.without(".cdx.json"))], "in dist or s3"),
    ):
        found = auditor.audit(*places)
        (only,) = found.unread
        assert (only.tag, found.exit_code, found.releases) == (ALPHA, 15, 0)
        assert only.detail.endswith(said)


@pytest.mark.parametrize(
    ("ending", "content", "said"),
    [
        (".cdx.json", b"{}", "is not the one that the signed provenance names"),
        (".audit.json", b"{}", "is not the one that the signed provenance names"),
        (".audit.json", b"", "is not the one that the signed provenance names"),
    ],
)
def test_evidence_that_is_not_the_signed_one_is_unknown(
    auditor: Auditor, maker: Maker, ending: str, content: bytes, said: str
) -> None:
    found = auditor.audit(Kept("s3").bring(maker.make(ALPHA).changed(ending, content)))
    assert (found.exit_code, said in found.unread[0].detail) == (15, True)


@pytest.mark.parametrize(
    ("ending", "content", "said"),
    [
        (".cdx.json", b"{", "can't be read"),
        (".cdx.json", b"{}", "no CycloneDX 1.6"),
        (".audit.json", b"[1", "can't be read"),
        (".audit.json", b'{"dependencies": [{}]}', "dependencies.0.name"),
        (".audit.json", b'{"dependencies": [{"name": "idna", "version": "one"}]}', "which is no version"),
    ],
)
def test_unsigned_evidence_that_cannot_be_read_is_unknown(
    auditor: Auditor, maker: Maker, ending: str, content: bytes, said: str
) -> None:
    made = maker.make(ALPHA).changed(ending, content).changed(".jsonl", b"")
    found = auditor.audit(Kept("s3").bring(made))
    assert (found.exit_code, said in found.unread[0].detail) == (15, True), found.unread


def test_an_sbom_on_this_machine_that_is_not_the_published_one_is_unknown(auditor: Auditor, maker: Maker) -> None:
    made = maker.make(ALPHA).changed(".jsonl", b"")
    maker.shelve(made.changed(".cdx.json", maker.make(ALPHA, pins=(), is_tagged=False).files["alpha-0.1.0.cdx.json"]))
    found = auditor.audit(Kept("s3").bring(made))
    assert (found.exit_code, "is not the one that s3 holds" in found.unread[0].detail) == (15, True), found.unread


@pytest.mark.parametrize(("pins", "said"), [([("idna", "one")], "no version"), (None, "the SBOM is of alpha 0.2.0")])
def test_an_sbom_that_is_of_something_else_is_unknown(
    auditor: Auditor, maker: Maker, pins: list[tuple[str, str]] | None, said: str
) -> None:
    made, other = maker.make(ALPHA, pins=pins or ()), maker.make("alpha/v0.2.0")
    if pins is None:
        made = made.changed(".cdx.json", other.files["alpha-0.2.0.cdx.json"])
    found = auditor.audit(Kept("s3").bring(made.changed(".jsonl", b"")))
    assert (found.exit_code, said in found.unread[0].detail) == (15, True), found.unread


def test_an_archive_that_does_not_give_an_sbom_is_asked_again_later(auditor: Auditor, maker: Maker) -> None:
    found = auditor.audit(Kept("s3", unreadable={"alpha-0.1.0.cdx.json"}).bring(maker.make(ALPHA)))
    assert (found.exit_code, found.unread[0].detail) == (15, "s3: s3 gives no answer")
