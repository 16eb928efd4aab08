"""The target `s3`, asked by the real boto3 over HTTP."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from release.adapters.s3 import open_target
from release.adapters.s3.bucket import Bucket
from release.adapters.s3.layout import key_of
from release.adapters.s3.target import S3Target
from release.errors import Conflict, Incomplete
from release.model.artifact import is_artifact
from release.model.ledger import Listing, State, compare
from release.model.tag import Channel
from release.ports import Archive, Examined, Revocable
from release.settings import Settings
from tests.release.doors import make_artifacts, make_parcel
from tests.servers.account import REGION
from tests.servers.s3 import BUCKET

if TYPE_CHECKING:
    from pathlib import Path

    from release.model.ledger import Entry
    from release.model.parcel import Parcel
    from release.ports import Target
    from tests.servers.s3 import S3

EVIDENCE = {"SHA256SUMS": b"sums", "cdx_json": b"{}", "audit_json": b"[]", "intoto_jsonl": b"{}\n"}
CHANNEL_OF = {"0.1.0": Channel.STABLE, "0.2.0rc1": Channel.PREVIEW, "0.3.0.dev1": Channel.DEV}


def parcel_of(folder: Path, version: str = "0.1.0", name: str = "alpha", source: str = "", **evidence: bytes) -> Parcel:
    artifacts = make_artifacts(folder / name / version, f"{name}/v{version}", source=source)
    return make_parcel(artifacts, **{**EVIDENCE, **evidence})


def publish(target: Target, *parcels: Parcel) -> None:
    for parcel in parcels:
        target.put(parcel)
        target.show(parcel)


def ledger(target: Target, parcel: Parcel) -> tuple[Entry, ...]:
    held = target.held(parcel.tag)
    return compare(target.name, lambda name: target.places(parcel.tag, name), parcel.digests, held)


def states(target: Target, parcel: Parcel) -> set[State]:
    return {entry.state for entry in ledger(target, parcel)}


def listings(target: Target, parcel: Parcel) -> dict[str, Listing]:
    return {each.name: each.listing for each in target.held(parcel.tag)}


def test_a_bucket_has_every_power_of_a_target(target: S3Target) -> None:
    power: Target = target
    assert power.name == "s3"
    assert isinstance(target, Archive)
    assert isinstance(target, Revocable)
    assert isinstance(target, Examined)


@pytest.mark.parametrize("version", CHANNEL_OF)
def test_a_release_is_absent_then_unseen_then_identical(target: S3Target, s3: S3, tmp_path: Path, version: str) -> None:
    parcel = parcel_of(tmp_path, version)
    folder = f"{CHANNEL_OF[version]}/alpha/{version}/"
    assert states(target, parcel) == {State.ABSENT}
    target.put(parcel)
    assert s3.stored() == sorted(folder + name for name in parcel.files)
    unseen = {name: Listing.UNSEEN if each.is_artifact else Listing.OFFERED for name, each in parcel.files.items()}
    assert listings(target, parcel) == unseen
    target.show(parcel)
    assert states(target, parcel) == {State.IDENTICAL}
    assert {entry.location for entry in ledger(target, parcel)} == {
        f"s3://{BUCKET}/{folder}{name}" for name in parcel.files
    }


def test_evidence_comes_before_what_it_proves_and_the_bundle_after_what_it_is_made_of(
    target: S3Target, s3: S3, tmp_path: Path
) -> None:
    target.put(parcel_of(tmp_path))
    names = [call.rpartition("-")[2] if "sums" not in call.lower() else "SUMS" for call in s3.calls()]
    assert sorted(names[:3]) == ["0.1.0.audit.json", "0.1.0.cdx.json", "SUMS"]
    assert names[3] == "0.1.0.intoto.jsonl"
    assert sorted(names[4:]) == ["0.1.0.tar.gz", "any.whl"]


def test_each_channel_offers_its_own_and_what_is_surer(target: S3Target, tmp_path: Path) -> None:
    parcels = {version: parcel_of(tmp_path, version) for version in CHANNEL_OF}
    publish(target, *parcels.values())
    for channel in Channel:
        wanted = {
            each.name: (each.sha256, target.places(parcel.tag, each.name)[0])
            for version, parcel in parcels.items()
            if CHANNEL_OF[version] in channel.offers
            for each in parcel.artifacts
        }
        offered = target.offered("alpha", channel)
        assert {each.name: (each.sha256, each.url) for each in offered} == wanted
        assert {each.requires_python for each in offered} == {">=3.10"}
        for each in offered:
            assert hashlib.sha256(target.fetch(each)).hexdigest() == each.sha256
            assert each.version in {parcel.tag.version for parcel in parcels.values()}


def test_a_package_that_is_not_there_is_offered_nowhere(target: S3Target) -> None:
    assert target.offered("alpha", Channel.DEV) == ()
    assert target.inventory(["alpha"]) == ()


def test_published_bytes_are_never_replaced(target: S3Target, s3: S3, tmp_path: Path) -> None:
    first, other = parcel_of(tmp_path), parcel_of(tmp_path / "other", source="# other\n")
    publish(target, first)
    assert {entry.state for entry in ledger(target, other) if entry.name in other.tag.files} == {State.CONFLICTING}
    with pytest.raises(Conflict, match=f"s3://{BUCKET}/stable/alpha/0.1.0/alpha-0.1.0"):
        target.put(other)
    with pytest.raises(Conflict, match=r"names alpha-0\.1\.0.* with another digest"):
        target.show(other)
    assert states(target, first) == {State.IDENTICAL}
    assert not [call for call in s3.calls() if call.startswith("Delete")]


def test_what_is_there_already_is_compared_and_not_brought_again(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    before = {key: s3.do("GET", key).headers["last-modified"] for key in s3.stored()}
    publish(target, parcel)
    assert {key: s3.do("GET", key).headers["last-modified"] for key in s3.stored()} == before
    assert states(target, parcel) == {State.IDENTICAL}


def test_a_write_that_meets_another_is_tried_again(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    s3.conflicts = 5
    publish(target, parcel)
    assert states(target, parcel) == {State.IDENTICAL}


def test_writes_that_meet_others_without_end_are_given_up(s3: S3, tmp_path: Path) -> None:
    target = open_target(Settings(s3.environment), seconds=20, patience=0.5)
    s3.conflicts = 10_000
    with pytest.raises(Incomplete, match="was changed by others each time"):
        target.put(parcel_of(tmp_path))
    assert s3.stored() == []


def test_a_file_that_was_changed_on_its_way_is_refused(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    parcel.artifacts[0].path.write_bytes(b"other")
    with pytest.raises(Incomplete, match="BadDigest"):
        target.put(parcel)
    assert f"stable/alpha/0.1.0/{parcel.artifacts[0].name}" not in s3.stored()


def test_half_a_release_is_completed(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    half = {name: each for name, each in parcel.files.items() if not name.endswith(".tar.gz")}
    target.put(type(parcel)(**{**vars(parcel), "files": half}))
    assert states(target, parcel) == {State.ABSENT, State.IDENTICAL}
    s3.forget()
    publish(target, parcel)
    assert states(target, parcel) == {State.IDENTICAL}


def test_a_file_that_somebody_added_is_found_and_named(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    s3.do("PUT", "stable/alpha/0.1.0/alpha-0.1.0-cp311-cp311-win_amd64.whl", b"a stranger's")
    (stranger,) = [entry for entry in ledger(target, parcel) if entry.state is State.CONFLICTING]
    assert stranger.name == "alpha-0.1.0-cp311-cp311-win_amd64.whl"
    assert stranger.detail == "somebody added it to the release"
    assert stranger.sha256 == hashlib.sha256(b"a stranger's").hexdigest(), "S3 had no digest of it"


def test_of_what_is_large_and_has_no_digest_nothing_is_known(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    key = f"stable/alpha/0.1.0/{parcel.artifacts[0].name}"
    s3.do("PUT", key, parcel.artifacts[0].path.read_bytes())
    assert {each.sha256 for each in target.held(parcel.tag)} == {parcel.artifacts[0].sha256}
    small = S3Target(Bucket(BUCKET, REGION, 20, small=10), 1)
    assert {each.sha256 for each in small.held(parcel.tag)} == {""}
    assert State.UNKNOWN in states(small, parcel)


def test_what_is_large_and_has_no_digest_is_not_called_other_bytes(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    wheel = parcel.artifacts[0]
    s3.upload_in_parts(key_of(parcel.tag, wheel.name), wheel.path.read_bytes())
    with pytest.raises(Incomplete, match=r"\.whl: S3 has no SHA-256 of it, and it is too large") as unknown:
        S3Target(Bucket(BUCKET, REGION, 20, small=10), 1).put(parcel)
    assert "--checksum-algorithm SHA256" in unknown.value.hint
    target.put(parcel)  # where it can be looked at, it is what it should be


def test_a_digest_of_parts_is_no_digest(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    s3.upload_in_parts("stable/alpha/0.1.0/alpha-0.1.0.tar.gz", b"x" * (5 * 1024 * 1024), b"y")
    (held,) = target.held(parcel.tag)
    assert held.sha256 == hashlib.sha256(b"x" * (5 * 1024 * 1024) + b"y").hexdigest()


def test_an_archive_reads_back_what_it_was_brought(target: S3Target, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    assert target.read(parcel.tag, "alpha-0.1.0.audit.json") == b""
    target.put(parcel)
    assert target.read(parcel.tag, "alpha-0.1.0.audit.json") == b"[]"


def test_the_first_receipt_stays(target: S3Target, s3: S3, tmp_path: Path) -> None:
    tag = parcel_of(tmp_path).tag
    s3.conflicts = 1
    target.seal(tag, b"first")
    target.seal(tag, b"second")
    assert target.read(tag, "alpha-0.1.0.receipt.json") == b"first"


def test_an_offer_whose_file_is_gone_is_incomplete(target: S3Target, s3: S3, tmp_path: Path) -> None:
    publish(target, parcel_of(tmp_path))
    first, *_ = target.offered("alpha", Channel.STABLE)
    s3.do("DELETE", first.url.removeprefix(f"s3://{BUCKET}/"))
    with pytest.raises(Incomplete, match="is offered, and is not there"):
        target.fetch(first)


def test_an_inventory_says_of_every_version_what_its_own_question_says(
    target: S3Target, s3: S3, tmp_path: Path
) -> None:
    parcels = [parcel_of(tmp_path, version, name) for name in ("alpha", "beta") for version in CHANNEL_OF]
    publish(target, *parcels[:-1])
    target.put(parcels[-1])
    told = {each for parcel in parcels for each in target.held(parcel.tag)}
    told = {each if is_artifact(each.name) else replace(each, sha256="") for each in told}
    s3.forget()
    assert {*target.inventory(["alpha", "beta"])} == told
    assert {call for call in s3.calls() if call.startswith("Head")} == {
        f"HeadObject {key_of(parcel.tag, each.name)}" for parcel in parcels for each in parcel.artifacts
    }, "what an installer takes, and nothing else"
    assert {*target.inventory(["alpha", "beta", "c", "d", "e", "f"])} == told
    assert {each.tag.package for each in target.inventory(["beta"])} == {"beta"}


def test_what_stands_in_no_versions_folder_is_passed_over(target: S3Target, s3: S3, tmp_path: Path) -> None:
    publish(target, parcel_of(tmp_path))
    before = target.inventory(["alpha", "simple"])
    for key in ("stable/alpha/notes.txt", "stable/alpha/latest/alpha-0.1.0.tar.gz", "stable/README"):
        s3.do("PUT", key, b"by hand")
    assert target.inventory(["alpha", "simple"]) == before


def test_a_release_asks_as_often_however_many_versions_there_are(target: S3Target, s3: S3, tmp_path: Path) -> None:
    counts = []
    for minor in range(1, 5):
        s3.forget()
        publish(target, parcel_of(tmp_path, f"0.{minor}.0"))
        counts.append(len(s3.calls()))
    assert counts[1:] == [14, 14, 14]
    assert counts[0] == 14 + 6, "each channel's list of projects is read and written once"
