"""Versions that are taken off the local index, and put back: no byte is lost, and nobody puts them back by mistake."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from importlib.metadata import distributions
from typing import TYPE_CHECKING

import pytest
import uv

from release.adapters.local import LocalIndex
from release.errors import Conflict, Incomplete
from release.model.dist import Dist
from release.model.ledger import Listing
from release.model.tag import Channel, Tag
from release.ports import Revocable
from tests.release.doors import make_artifacts, make_parcel, publish

if TYPE_CHECKING:
    from pathlib import Path

    from release.model.artifact import Artifacts

OFFERED, UNSEEN, UNLISTED, ARCHIVED = Listing.OFFERED, Listing.UNSEEN, Listing.UNLISTED, Listing.ARCHIVED
WHY = 'it "drops" rows <sometimes>'
INSTALLERS = {"pip": [sys.executable, "-m", "pip"], "uv": [uv.find_uv_bin(), "pip"]}
_ANCHOR = re.compile(r'<a [^>]*?(?: data-yanked="(?P<reason>[^"]*)")?>(?P<name>[^<]+)</a>')


@pytest.fixture
def dist(tmp_path: Path) -> Dist:
    return Dist(tmp_path / "dist")


def made(tmp_path: Path, version: str = "0.1.0") -> Artifacts:
    return make_artifacts(tmp_path / "made" / version, f"alpha/v{version}")


def marker_of(dist: Dist) -> Path:
    return dist.index(Channel.STABLE) / "alpha" / "alpha-0.1.0.listing.json"


def reasons(dist: Dist, channel: Channel = Channel.STABLE) -> dict[str, str | None]:
    """Give what a page names, with the reason why it is yanked."""
    page = (dist.index(channel) / "alpha" / "index.html").read_text()
    found = {match["name"]: match["reason"] for match in _ANCHOR.finditer(page)}
    return {name: None if reason is None else unescape(reason) for name, reason in found.items()}


def relist(dist: Dist, tag: Tag, before: set[Listing], listing: Listing, reason: str = WHY) -> set[Listing]:
    held = LocalIndex(dist).relist(tag, before, listing, reason)
    assert held == LocalIndex(dist).held(tag)
    return {each.listing for each in held}


def bytes_of(dist: Dist) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in dist.root.rglob("alpha-*") if path.suffix != ".json"}


def test_the_local_index_can_take_a_version_off_offer(dist: Dist) -> None:
    assert isinstance(LocalIndex(dist), Revocable)


@pytest.mark.parametrize("listing", [UNLISTED, ARCHIVED])
def test_a_version_is_taken_off_every_page_and_keeps_its_bytes(dist: Dist, tmp_path: Path, listing: Listing) -> None:
    first, second = made(tmp_path), made(tmp_path, "0.2.0")
    publish(LocalIndex(dist), first)
    publish(LocalIndex(dist), second)
    before = bytes_of(dist)
    assert relist(dist, first.release.tag, {OFFERED}, listing) == {listing}
    withdrawn = dict.fromkeys(first.release.tag.files, WHY) if listing is UNLISTED else {}
    for channel in Channel:
        assert reasons(dist, channel) == {**withdrawn, **dict.fromkeys(second.release.tag.files)}
        assert {offer.name for offer in LocalIndex(dist).offered("alpha", channel)} == {*second.release.tag.files}
    assert bytes_of(dist) == before
    assert {each.listing for each in LocalIndex(dist).inventory(["alpha"])} == {OFFERED, listing}


@pytest.mark.parametrize("listing", [UNLISTED, ARCHIVED])
def test_a_version_is_put_back_as_it_was(dist: Dist, tmp_path: Path, listing: Listing) -> None:
    artifacts = made(tmp_path)
    tag = artifacts.release.tag
    publish(LocalIndex(dist), artifacts)
    before = [(dist.index(channel) / "alpha" / "index.html").read_bytes() for channel in Channel]
    relist(dist, tag, {OFFERED}, listing)
    assert relist(dist, tag, {UNLISTED, ARCHIVED}, OFFERED, "") == {OFFERED}
    assert [(dist.index(channel) / "alpha" / "index.html").read_bytes() for channel in Channel] == before


@pytest.mark.parametrize("listing", [UNLISTED, ARCHIVED])
def test_a_release_never_puts_back_what_was_withdrawn(dist: Dist, tmp_path: Path, listing: Listing) -> None:
    artifacts = made(tmp_path)
    publish(LocalIndex(dist), artifacts)
    relist(dist, artifacts.release.tag, {OFFERED}, listing)
    before = reasons(dist)
    publish(LocalIndex(dist), artifacts)
    publish(LocalIndex(dist), made(tmp_path, "0.3.0.dev1"))
    assert reasons(dist) == before
    assert {each.listing for each in LocalIndex(dist).held(artifacts.release.tag)} == {listing}


def test_what_is_listed_so_already_keeps_its_reason(dist: Dist, tmp_path: Path) -> None:
    artifacts = made(tmp_path)
    publish(LocalIndex(dist), artifacts)
    relist(dist, artifacts.release.tag, {OFFERED}, UNLISTED)
    relist(dist, artifacts.release.tag, {OFFERED}, UNLISTED, "another reason")
    assert reasons(dist) == dict.fromkeys(artifacts.release.tag.files, WHY)


def test_who_expects_another_listing_is_told_of_the_conflict(dist: Dist, tmp_path: Path) -> None:
    artifacts = made(tmp_path)
    publish(LocalIndex(dist), artifacts)
    relist(dist, artifacts.release.tag, {OFFERED}, ARCHIVED)
    with pytest.raises(Conflict, match="lists it as archived, not as offered"):
        LocalIndex(dist).relist(artifacts.release.tag, {OFFERED}, UNLISTED, "another reason")
    assert reasons(dist) == {}


def test_a_version_that_is_not_there_can_not_be_taken_off(dist: Dist, tmp_path: Path) -> None:
    assert relist(dist, made(tmp_path).release.tag, {OFFERED}, UNLISTED) == set()
    assert not marker_of(dist).exists()


def test_a_version_that_was_never_shown_is_not_taken_off_as_if_it_had_been(dist: Dist, tmp_path: Path) -> None:
    artifacts = made(tmp_path)
    LocalIndex(dist).put(make_parcel(artifacts))
    with pytest.raises(Conflict, match="lists it as unseen, not as offered"):
        LocalIndex(dist).relist(artifacts.release.tag, {OFFERED}, UNLISTED, WHY)
    assert not marker_of(dist).exists()


@pytest.mark.parametrize("listing", [OFFERED, UNLISTED, ARCHIVED])
def test_pages_that_were_not_written_after_the_marker_are_written_by_the_same_command(
    dist: Dist, tmp_path: Path, listing: Listing
) -> None:
    artifacts = made(tmp_path)
    tag, others = artifacts.release.tag, {OFFERED, UNLISTED, ARCHIVED} - {listing}
    publish(LocalIndex(dist), artifacts)
    for other in others:
        relist(dist, tag, set(Listing), other)
        pages = {path: path.read_bytes() for path in dist.root.rglob("index.html")}
        relist(dist, tag, set(Listing), listing)
        wanted = reasons(dist)
        for path, content in pages.items():
            path.write_bytes(content)
        if listing is OFFERED:
            assert {each.listing for each in LocalIndex(dist).held(tag)} == {UNSEEN}, "a run would show it"
        assert relist(dist, tag, others, listing) == {listing}
        assert reasons(dist) == wanted


@pytest.mark.parametrize("content", ["", "{}", '{"listing": "gone", "reason": ""}', "[]", '{"listing": "offered"}'])
def test_a_marker_that_can_not_be_read_is_incomplete_and_left_as_it_is(
    dist: Dist, tmp_path: Path, content: str
) -> None:
    artifacts = made(tmp_path)
    publish(LocalIndex(dist), artifacts)
    marker_of(dist).write_text(content)
    with pytest.raises(Incomplete, match=r"listing.json can't be read"):
        LocalIndex(dist).held(artifacts.release.tag)
    with pytest.raises(Incomplete, match=r"listing.json can't be read"):
        LocalIndex(dist).show(make_parcel(artifacts))
    assert marker_of(dist).read_text() == content


@pytest.mark.parametrize("name", INSTALLERS)
def test_an_exact_pin_installs_what_is_unlisted_and_nothing_installs_what_is_archived(
    dist: Dist, tmp_path: Path, outside: dict[str, str], name: str
) -> None:
    older, newer = made(tmp_path), made(tmp_path, "0.2.0")
    publish(LocalIndex(dist), older)
    publish(LocalIndex(dist), newer)

    def install(wanted: str, folder: str) -> list[str]:
        target, index = tmp_path / folder, dist.index(Channel.DEV).as_uri()
        words = [*INSTALLERS[name], "install", "--quiet", "--no-deps", "--no-cache-dir", "--target", str(target)]
        words += ["--default-index" if name == "uv" else "--index-url", index, wanted]
        subprocess.run(words, env=outside, capture_output=True, check=False)
        return [distribution.version for distribution in distributions(path=[str(target)])]

    relist(dist, newer.release.tag, {OFFERED}, UNLISTED)
    assert install("alpha", "one") == ["0.1.0"]
    assert install("alpha==0.2.0", "two") == ["0.2.0"]
    relist(dist, newer.release.tag, {UNLISTED}, ARCHIVED)
    assert install("alpha==0.2.0", "three") == []
    relist(dist, newer.release.tag, {ARCHIVED}, OFFERED)
    assert install("alpha", "four") == ["0.2.0"]
