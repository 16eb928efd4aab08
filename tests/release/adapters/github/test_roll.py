"""The list of all releases, in pages, asked for as seldom as it can be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from release.adapters.github.client import Client
from release.adapters.github.connection import Connection
from release.adapters.github.roll import Roll
from release.errors import Incomplete
from release.model.tag import Channel
from tests.servers.github import REPOSITORY
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from tests.release.adapters.github.desk import Desk


def test_a_thousand_releases_are_listed_in_ten_pages(desk: Desk) -> None:
    for number in range(1000):
        desk.repository.add(f"alpha/v0.{number}.0", {f"alpha-0.{number}.0.tar.gz": b"%d" % number})
    target = desk.open()
    assert len(target.inventory(["alpha"])) == 1000
    assert len(target.offered("alpha", Channel.STABLE)) == 1000
    assert sorted(desk.github.calls()) == sorted(f"ListReleases page {number}" for number in range(1, 11))


def test_pages_that_came_meanwhile_are_read_too(desk: Desk) -> None:
    for number in range(250):
        desk.repository.add(f"alpha/v0.{number}.0", {f"alpha-0.{number}.0.tar.gz": b"%d" % number})
    first = [each.as_json("", "") for each in desk.releases[150:]]
    link = f'<{desk.github.address}/x?page=2>; rel="next", <{desk.github.address}/x?page=2>; rel="last"'
    content = json.dumps(first).encode()
    desk.github.wrong["ListReleases page 1"] = [Answer(content, headers={"Link": link})]
    assert len(desk.open().inventory(["alpha"])) == 250
    assert desk.github.calls() == [f"ListReleases page {number}" for number in (1, 2, 3)]


def test_a_list_is_shared_for_as_long_as_it_may_be_old(desk: Desk) -> None:
    settings = desk.github.environment
    connection = Connection(settings["GITHUB_TOKEN"], seconds=1)
    roll = Roll(Client(connection, settings["GITHUB_API_URL"], REPOSITORY))
    assert roll.fresh(within=60) == roll.fresh(within=60) == roll.known() == ()
    assert len(desk.github.calls()) == 1
    desk.add_published()
    assert roll.known() == ()
    assert len(roll.fresh()) == len(roll.known()) == 1
    assert len(desk.github.calls()) == 2


def test_a_list_that_could_not_be_had_is_asked_for_again(desk: Desk) -> None:
    desk.github.wrong["ListReleases page 1"] = [Answer(b"<html>")]
    target = desk.open()
    with pytest.raises(Incomplete, match=r"could not list the releases of .*: the answer could not be read"):
        target.inventory(["alpha"])
    desk.add_published()
    assert len(target.inventory(["alpha"])) == 6
