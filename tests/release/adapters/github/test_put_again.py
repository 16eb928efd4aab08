"""Bringing files where answers are lost, and where two runs do it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from release.errors import Incomplete
from release.model.ledger import Listing
from tests.release.adapters.github.desk import TAG
from tests.servers.faults import Call, Fault, Faults
from tests.servers.github import GitHub
from tests.servers.stand_in import Answer, Drop

if TYPE_CHECKING:
    from tests.release.adapters.github.desk import Desk

WHEEL, SUMS = "alpha-0.1.0-py3-none-any.whl", "SHA256SUMS"
LOST = ["CreateRelease alpha/v0.1.0", f"UploadAsset {TAG}/{SUMS}", f"UploadAsset {TAG}/{WHEEL}"]


@pytest.mark.parametrize("call", LOST)
@pytest.mark.parametrize(
    "fault", [Fault.LOST, Fault.REFUSED, Fault.THROTTLED, Fault.BROKEN, Fault.UNAVAILABLE, Fault.STALE]
)
def test_what_happens_to_a_change_leaves_one_draft_with_each_file_once(desk: Desk, call: str, fault: Fault) -> None:
    parcel = desk.parcel()
    desk.github.faults = faults = Faults(Call("GitHub", call, 1), fault)
    desk.open().put(parcel)
    assert faults.is_spent
    (draft,) = desk.releases
    assert sorted(each.name for each in draft.assets) == sorted(parcel.files)


def test_a_change_that_gets_no_answer_is_looked_for(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.github.faults = Faults(Call("GitHub", LOST[1], 1), Fault.TIMEOUT)
    desk.open(seconds=0.3).put(parcel)
    assert [len(each.assets) for each in desk.releases] == [6]


def test_a_draft_is_not_made_twice_while_the_list_is_behind(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.github.faults = Faults(Call("GitHub", LOST[0], 1), Fault.LOST)
    desk.github.wrong["ListReleases page 1"] = [Answer(b"[]")] * 2
    desk.open().put(parcel)
    assert [len(each.assets) for each in desk.releases] == [6]


def test_an_answer_that_can_not_be_read_is_looked_behind(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.github.wrong[LOST[0]] = [Answer(b"<html>", 200)]
    desk.github.wrong[LOST[1]] = [Drop(), Answer(b"<html>", 201)]
    desk.open(patience=5).put(parcel)
    assert [len(each.assets) for each in desk.releases] == [6]


def test_two_runs_at_once_leave_one_release(desk: Desk) -> None:
    parcel = desk.parcel()
    runs = [desk.open(patience=10) for _ in range(2)]
    desk.add_draft(parcel)
    desk.github.delay = 0.01
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda run: run.put(parcel), runs))
        list(pool.map(lambda run: run.show(parcel), runs))
    desk.require_published(parcel)


def test_of_two_drafts_that_two_runs_made_the_later_one_is_taken_away(desk: Desk) -> None:
    parcel = desk.parcel()
    runs = [desk.open(patience=10) for _ in range(2)]
    for run in runs:
        desk.github.wrong["ListReleases page 1"] = [Answer(b"[]")]
        run.put(parcel)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda run: run.show(parcel), runs))
    assert [each.draft for each in desk.releases] == [False]
    assert [{each.listing for each in run.held(parcel.tag)} for run in runs] == [{Listing.OFFERED}] * 2


def test_a_server_that_is_not_there_is_told(desk: Desk) -> None:
    with GitHub() as gone:
        address = gone.environment["GITHUB_API_URL"]
    with pytest.raises(Incomplete, match=r"could not list the releases of wheelyard/wheelyard: the connection was"):
        desk.open(settings={"GITHUB_API_URL": address}).put(desk.parcel())
