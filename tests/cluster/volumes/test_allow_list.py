"""The allow-list is read, merged, written and read back: others' entries stay."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest

from cluster.steps.allow_list import PREFIX, Allowing
from release.errors import Incomplete, Unauthorized
from tests.servers.databricks import Principal

if TYPE_CHECKING:
    from tests.cluster.volumes.harbour import Harbour

OTHERS = [
    {"artifact": "/Volumes/main/libraries/others/", "match_type": PREFIX},
    {"artifact": "/Volumes/main/else/init.sh", "match_type": PREFIX},
]


def allowing(harbour: Harbour) -> Allowing:
    return Allowing(harbour.allow_list, f"{harbour.layout.scripts}/")


def listed(harbour: Harbour) -> list[str]:
    return [each["artifact"] for each in harbour.workspace.allow_lists.lists.get("INIT_SCRIPT", [])]


def test_others_entries_stay_as_they_are(harbour: Harbour) -> None:
    harbour.workspace.allow_lists.lists["INIT_SCRIPT"] = list(OTHERS)
    step = allowing(harbour)
    step.see_to_it()
    assert step.is_new
    ours = {"artifact": f"{harbour.layout.scripts}/", "match_type": PREFIX}
    assert harbour.workspace.allow_lists.lists["INIT_SCRIPT"] == [*OTHERS, ours]


def test_what_is_there_is_not_written_again(harbour: Harbour) -> None:
    allowing(harbour).see_to_it()
    harbour.workspace.forget()
    again = allowing(harbour)
    again.see_to_it()
    assert (again.is_new, harbour.workspace.calls) == (False, ["GetAllowLists"])


def test_what_somebody_else_overwrote_is_written_again(harbour: Harbour) -> None:
    harbour.workspace.allow_lists.is_lost = 2
    allowing(harbour).see_to_it()
    assert listed(harbour) == [f"{harbour.layout.scripts}/"]


def test_what_never_stays_is_told(harbour: Harbour) -> None:
    harbour.workspace.allow_lists.is_lost = 99
    with pytest.raises(
        Incomplete, match="does not keep /Volumes/main/libraries/wheelyard/clusters/nightly-etl"
    ) as failed:
        allowing(harbour).see_to_it()
    assert "Terraform" in failed.value.hint


def test_whoever_may_not_manage_it_is_told_which_privilege_it_takes(harbour: Harbour) -> None:
    harbour.workspace.tokens["no-manager"] = Principal(frozenset({"GetAllowLists"}))
    with pytest.raises(Unauthorized, match="read the allow-list: it is not permitted") as refused:
        allowing(replace(harbour, token="no-manager")).see_to_it()  # noqa: S106  # of a stand-in
    assert "MANAGE ALLOWLIST" in refused.value.hint


def test_two_at_once_both_end_on_the_list(harbour: Harbour) -> None:
    harbour.workspace.allow_lists.lists["INIT_SCRIPT"] = list(OTHERS)
    both = [harbour, harbour.beside("analytics")]
    _ = [(each.client, each.questions) for each in both]
    have_read, have_written = Barrier(2), Barrier(2)

    def allow(each: Harbour) -> None:
        step = allowing(each)
        there = step.allow_list.read()
        have_read.wait()
        step.allow_list.write((*there, (step.prefix, PREFIX)))  # the one that is later takes the other's away
        have_written.wait()
        step.see_to_it()

    threads = [Thread(target=allow, args=(each,)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(listed(harbour)) == {
        *(each["artifact"] for each in OTHERS),
        *(f"{each.layout.scripts}/" for each in both),
    }
