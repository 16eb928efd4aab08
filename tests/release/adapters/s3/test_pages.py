"""The bucket's pages: read back as they were written, and never written over when they can't be read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from release.adapters.page import render_project, render_root
from release.adapters.s3 import open_target
from release.adapters.s3.layout import key_of, read_key, way_to
from release.adapters.s3.page_text import read_project, read_root
from release.errors import Conflict, Incomplete
from release.model.ledger import State
from release.model.offer import Offer
from release.model.tag import Channel, Tag
from release.settings import Settings
from tests.release.adapters.s3.test_target import parcel_of, publish, states

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release.adapters.s3.target import S3Target
    from tests.servers.s3 import S3

PAGE = "stable/simple/alpha/index.html"
ROOT = "stable/simple/index.html"
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=30)
versions = st.sampled_from(["0.1.0", "1!2.0", "0.2.0rc1", "3.0.post1", "0.3.0.dev1"]).map(Version)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    tag = Tag("alpha", draw(versions))
    name = draw(st.sampled_from(tag.files))
    return Offer(tag.version, name, way_to(key_of(tag, name)), draw(st.binary(min_size=32, max_size=32)).hex())


@given(st.lists(st.tuples(offers(), texts, st.none() | texts), unique_by=lambda row: row[0].name))
def test_a_project_page_is_read_back_as_it_was_written(rows: list[tuple[Offer, str, str | None]]) -> None:
    written = [Offer(each.version, each.name, each.url, each.sha256, python) for each, python, _ in rows]
    yanked = {each.name: reason for each, _, reason in rows if reason is not None}
    page = render_project("alpha", written, yanked)
    assert read_project("page", page) == ({each.name: each for each in written}, yanked)


@given(st.sets(st.text("abc0-", min_size=1)))
def test_a_list_of_projects_is_read_back_as_it_was_written(names: set[str]) -> None:
    assert read_root("page", render_root(names)) == names


@given(versions, st.sampled_from(Channel), st.text(min_size=1))
def test_a_key_is_read_back_as_it_was_made(version: Version, channel: Channel, name: str) -> None:
    tag = Tag("alpha", version)
    assert read_key(key_of(tag, name)) == (tag, name)
    assert read_key(f"{channel}/alpha/{name}") is None or "/" in name


GOOD = render_project(
    "alpha",
    [Offer(Version("0.1.0"), "alpha-0.1.0.tar.gz", way_to("stable/alpha/0.1.0/alpha-0.1.0.tar.gz"), "0" * 64)],
).decode()
UNREADABLE = {
    "a page to log in": "<!DOCTYPE html><html><body><form></form></body></html>",
    "a page that is cut off": GOOD[:-20],
    "a page that is cut off in a link": GOOD[: GOOD.index("</a>")],
    "a page of another kind": GOOD.replace('content="1.0"', 'content="2.0"'),
    "a link to elsewhere": GOOD.replace("../../../", "https://example.com/"),
    "a link to another file": GOOD.replace(">alpha-0.1.0.tar.gz<", ">alpha-0.1.0.zip<"),
    "a link without digest": GOOD.replace("#sha256=", "#md5="),
    "a link with half a digest": GOOD.replace("0" * 64, "0" * 40),
    "a link that says more": GOOD.replace("<a href", '<a data-gpg-sig="true" href'),
    "a link that is there twice": GOOD.replace("</body>", GOOD[GOOD.index("<a ") : GOOD.index("</body>")] + "</body>"),
    "nothing": "",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_can_not_be_read_is_incomplete_and_left_as_it_is(
    target: S3Target, s3: S3, tmp_path: Path, what: str
) -> None:
    parcel, content = parcel_of(tmp_path), UNREADABLE[what].encode()
    target.put(parcel)
    s3.do("PUT", PAGE, content)
    for ask in (lambda: target.held(parcel.tag), lambda: target.show(parcel)):
        with pytest.raises(Incomplete, match=r"s3://.*/stable/simple/alpha/index.html can't be read"):
            ask()
    assert s3.do("GET", PAGE).content == content


@pytest.mark.parametrize(
    "key",
    [
        "dev/alpha/0.3.0.dev1/alpha-0.3.0.dev1.tar.gz",
        "preview/alpha/0.2.0rc1/alpha-0.2.0rc1.tar.gz",
        "stable/alpha/0.3.0.dev1/alpha-0.3.0.dev1.tar.gz",
        "stable/beta/0.1.0/beta-0.1.0.tar.gz",
        "dev/alpha/0.1.0/alpha-0.1.0.tar.gz",
    ],
)
def test_what_a_page_offers_from_where_no_release_puts_it_is_a_conflict_and_offered_to_no_sibling(
    target: S3Target, s3: S3, tmp_path: Path, key: str
) -> None:
    publish(target, parcel_of(tmp_path))
    _, _, version, name = key.split("/")
    content = render_project("alpha", [Offer(Version(version), name, way_to(key), "0" * 64)])
    s3.do("PUT", PAGE, content)
    newer = parcel_of(tmp_path, "0.2.0")
    target.put(newer)
    asks: list[Callable[[], object]] = [
        lambda: target.offered("alpha", Channel.STABLE),
        lambda: target.held(newer.tag),
        lambda: target.inventory(["alpha"]),
        lambda: target.show(newer),
    ]
    for ask in asks:
        with pytest.raises(Conflict, match=f"index.html offers {name} from {key}, which no release of alpha puts into"):
            ask()
    assert s3.do("GET", PAGE).content == content


def test_a_page_that_is_no_text_is_incomplete(target: S3Target, s3: S3) -> None:
    s3.do("PUT", PAGE, b"\xff\xfe")
    with pytest.raises(Incomplete, match="it is not UTF-8"):
        target.offered("alpha", Channel.STABLE)


@pytest.mark.parametrize("content", ["", GOOD, render_root(["beta"]).decode().replace("beta/", "gamma/")])
def test_a_list_of_projects_that_can_not_be_read_is_left_as_it_is(
    target: S3Target, s3: S3, tmp_path: Path, content: str
) -> None:
    parcel = parcel_of(tmp_path)
    target.put(parcel)
    s3.do("PUT", ROOT, content.encode())
    with pytest.raises(Incomplete, match=r"stable/simple/index.html can't be read"):
        target.show(parcel)
    assert s3.do("GET", ROOT).content == content.encode()


def test_every_project_is_listed_once_in_every_channel_that_offers_it(target: S3Target, s3: S3, tmp_path: Path) -> None:
    publish(target, parcel_of(tmp_path), parcel_of(tmp_path, "0.2.0"), parcel_of(tmp_path, "0.1.0rc1", "beta"))
    listed = {channel: read_root("", s3.do("GET", f"{channel}/simple/index.html").content) for channel in Channel}
    assert listed == {Channel.STABLE: {"alpha"}, Channel.PREVIEW: {"alpha", "beta"}, Channel.DEV: {"alpha", "beta"}}


def test_pages_are_html_that_nobody_keeps(target: S3Target, s3: S3, tmp_path: Path) -> None:
    publish(target, parcel_of(tmp_path))
    for key in (PAGE, ROOT):
        page = s3.do("GET", key)
        assert page.kind == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-cache"


def test_writers_of_one_page_lose_nothing(s3: S3, tmp_path: Path) -> None:
    mine = [parcel_of(tmp_path, f"0.{minor}.0") for minor in range(1, 7)]
    doors = [open_target(Settings(s3.environment), seconds=20) for _ in mine]
    together = Barrier(len(mine))

    def write(number: int) -> None:
        doors[number].put(mine[number])
        together.wait()
        doors[number].show(mine[number])

    with ThreadPoolExecutor(len(mine)) as pool:
        list(pool.map(write, range(len(mine))))
    for parcel in mine:
        assert states(doors[0], parcel) == {State.IDENTICAL}
    assert len(s3.calls()) > len(mine) * 14, "they met"


def test_a_page_that_was_taken_away_is_written_again(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    s3.do("DELETE", "dev/simple/alpha/index.html")
    assert State.ABSENT in states(target, parcel)
    target.show(parcel)
    assert states(target, parcel) == {State.IDENTICAL}


def test_a_page_that_names_another_digest_offers_nothing(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    page = s3.do("GET", PAGE).content.decode()
    s3.do("PUT", PAGE, page.replace(parcel.artifacts[0].sha256, "0" * 64).encode())
    assert State.ABSENT in states(target, parcel)
