"""`tell` on GitHub: a page is found again, never doubled, and closed with last words, whatever happens to a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.model.reconciliation import Code
from release.model.story import COMMENT_MARK, FAREWELL_MARK, ISSUE_MARK
from tests.release.commands.teller import CALLS, FAREWELL, Teller, open_teller, reconciled, rehearsed
from tests.servers.faults import Call, Fault, Faults
from tests.servers.github import TOKEN, Token
from tests.servers.github.conversations import ACTIONS, Post, Writer
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    with open_teller(tmp_path) as made:
        yield made


def test_others_pages_are_left_alone(teller: Teller) -> None:
    forged = teller.kept.add("mallory", f"{ISSUE_MARK}\nall is well", "What has been released")
    later = teller.kept.add(ACTIONS, f"words, then {ISSUE_MARK}", "another workflow's")
    change = teller.kept.add(ACTIONS, ISSUE_MARK, "a pull request", is_change=True)
    assert teller.did(15, {"reconcile.json": reconciled(Code.ABSENT)}) == "opened"
    assert len(teller.kept.posts) == 4
    assert {each.state for each in (forged, later, change)} == {"open"}
    assert forged.body.endswith("all is well")


def test_of_two_that_are_opened_at_once_the_older_stays(teller: Teller) -> None:
    teller.kept.before = [Post(0, ACTIONS, f"{ISSUE_MARK}\nof another job", "What has been released")]
    assert teller.did(15, {"reconcile.json": reconciled(Code.ABSENT)}) == "updated"
    older, younger = teller.kept.issues
    assert (older.state, younger.state, younger.state_reason) == ("open", "closed", "not_planned")
    assert younger.body == f"It is said in #{older.number}."
    assert "1 absent" in older.body
    teller.kept.add(ACTIONS, ISSUE_MARK, "left open by a job that was killed")
    assert teller.did(0, {"reconcile.json": reconciled()}) == "closed"
    assert {each.state for each in teller.kept.issues} == {"closed"}


def test_the_page_is_found_among_hundreds(teller: Teller) -> None:
    for number in range(250):
        teller.kept.add(ACTIONS, "something else", f"issue {number}")
    issue = teller.kept.add(ACTIONS, ISSUE_MARK, "What has been released", state="closed")
    assert teller.did(15, {"reconcile.json": reconciled(Code.ABSENT)}) == "reopened"
    assert (issue.state, len(teller.kept.posts)) == ("open", 251)


def test_a_person_s_token_writes_and_finds_in_that_name(teller: Teller) -> None:
    teller.github.tokens[TOKEN] = Token()
    files = {"reconcile.json": reconciled(Code.ABSENT)}
    assert [teller.did(15, files), teller.did(15, files)] == ["opened", "updated"]
    assert [each.login for each in teller.kept.posts] == ["ada"]


def test_a_token_in_whose_name_nothing_would_be_found_again_is_refused(teller: Teller) -> None:
    teller.github.tokens[TOKEN] = Writer(login="other[bot]")
    ended = teller.tell(code=2, files={"reconcile.json": reconciled(Code.ABSENT)})
    assert "the token writes as other[bot]" in ended.err
    assert [each.state for each in teller.kept.posts] == ["closed"]
    change = teller.kept.add(is_change=True)
    teller.tell("--comment", str(change.number), code=2, files={"rehearsal.json": rehearsed({})})
    assert change.comments == []


def test_of_two_comments_the_older_stays(teller: Teller) -> None:
    change = teller.kept.add(is_change=True)
    teller.kept.before = [Post(0, ACTIONS, f"{COMMENT_MARK}\nof another job")]
    assert teller.did(0, {"rehearsal.json": rehearsed({})}, "--comment", str(change.number)) == "updated"
    assert ["1 can be released" in each.body for each in change.comments] == [True]


@pytest.mark.parametrize(
    ("writer", "has_issues", "code", "says"),
    [
        (Writer(issues=False), True, 15, ("the token may not do that", "`issues: write`")),
        (Writer(pull=False), True, 2, ("could not", "GITHUB_REPOSITORY")),
        (Writer(), False, 2, ("issues are switched off there", "Settings, General, Features")),
    ],
)
def test_what_github_refuses_is_said_with_its_cure(
    teller: Teller, writer: Writer, *, has_issues: bool, code: int, says: tuple[str, str]
) -> None:
    teller.github.tokens[TOKEN] = writer
    teller.kept.has_issues = has_issues
    ended = teller.tell(code=code, files={"reconcile.json": reconciled(Code.ABSENT)})
    assert all(each in ended.err for each in says), ended.err
    assert teller.kept.posts == []


def test_a_pull_request_that_is_not_there_is_named(teller: Teller) -> None:
    ended = teller.tell("--comment", "77", code=2, files={"rehearsal.json": rehearsed({})})
    assert "could not list the comments on 77 in wheelyard/wheelyard: it is not there" in ended.err


@pytest.mark.parametrize(
    ("fault", "call"),
    [
        (Fault.LOST, f"POST {CALLS}"),
        (Fault.REFUSED, f"POST {CALLS}"),
        (Fault.BROKEN, f"POST {CALLS}"),
        (Fault.THROTTLED, f"POST {CALLS}"),
        (Fault.UNAVAILABLE, f"GET {CALLS}"),
        (Fault.THROTTLED, "GET /api/v3/user"),
        (Fault.STALE, f"GET {CALLS}"),
    ],
)
def test_whatever_happens_to_a_call_there_is_one_issue(tmp_path: Path, fault: Fault, call: str) -> None:
    number = 2 if fault is Fault.STALE else 1
    faults = Faults(Call("GitHub", call, number), fault)
    with open_teller(tmp_path, faults) as teller:
        did = teller.did(15, {"reconcile.json": reconciled(Code.ABSENT)})
        assert faults.is_spent
        assert did == ("updated" if fault is Fault.LOST else "opened")
        (issue,) = teller.kept.issues
        assert (issue.state, issue.title) == ("open", "What has been released: 1 absent")


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.REFUSED, Fault.BROKEN, Fault.THROTTLED])
@pytest.mark.parametrize("call", [f"POST {CALLS}/1/comments", f"PATCH {CALLS}/1"])
def test_whatever_happens_to_a_call_an_issue_is_closed_with_one_last_comment(
    tmp_path: Path, fault: Fault, call: str
) -> None:
    faults = Faults(Call("GitHub", call, 1), fault)
    with open_teller(tmp_path, faults) as teller:
        issue = teller.kept.add(ACTIONS, ISSUE_MARK, "What has been released")
        was_closed_already = fault is Fault.LOST and call.startswith("PATCH")
        assert teller.did(0, {"reconcile.json": reconciled()}) == ("nothing" if was_closed_already else "closed")
        assert faults.is_spent
        assert (issue.number, issue.state) == (1, "closed")
        assert [each.body.startswith(f"{FAREWELL_MARK}\n{FAREWELL}") for each in issue.comments] == [True]


def test_a_run_that_stops_before_it_closes_leaves_its_last_words_to_the_next(teller: Teller) -> None:
    issue = teller.kept.add(ACTIONS, ISSUE_MARK, "What has been released")
    change, well = f"PATCH {CALLS}/{issue.number}", {"reconcile.json": reconciled()}
    for _ in range(2):
        teller.github.wrong[change] = [Answer(b"{}", 403)]
        teller.tell(code=15, files=well)
        assert (issue.state, len(issue.comments)) == ("open", 1)
    assert teller.did(0, well) == "closed"
    assert (issue.state, len(issue.comments)) == ("closed", 1)


def test_last_words_that_came_too_early_are_not_those_of_a_later_closing(teller: Teller) -> None:
    issue = teller.kept.add(ACTIONS, ISSUE_MARK, "What has been released")
    of_a_person = teller.kept.comment(issue, "mallory", f"{FAREWELL_MARK}\nall is well")
    teller.kept.comment(issue, ACTIONS, f"{FAREWELL_MARK}\n{FAREWELL}before the run was killed.")
    assert teller.did(15, {"reconcile.json": reconciled(Code.ABSENT)}) == "updated"
    assert teller.did(0, {"reconcile.json": reconciled()}) == "closed"
    said = [each.body.removeprefix(FAREWELL_MARK).lstrip() for each in issue.comments if each is not of_a_person]
    assert (said[0], len(said)) == (f"{FAREWELL}before the run was killed.", 2)
    assert of_a_person.body == f"{FAREWELL_MARK}\nall is well"


def test_a_page_of_another_service_is_no_answer(teller: Teller) -> None:
    teller.github.wrong[f"POST {CALLS}"] = [Answer(b"<html>", 201)]
    assert teller.did(15, {"reconcile.json": reconciled(Code.ABSENT)}) == "opened"
    assert len(teller.kept.issues) == 1


def test_a_token_that_has_ended_is_said(teller: Teller) -> None:
    teller.github.tokens.clear()
    ended = teller.tell(code=15, files={"reconcile.json": reconciled(Code.ABSENT)})
    assert "does not accept the token" in ended.err


def test_a_comment_that_can_not_be_taken_away_is_said(teller: Teller) -> None:
    change = teller.kept.add(is_change=True)
    older, younger = (teller.kept.comment(change, ACTIONS, COMMENT_MARK) for _ in range(2))
    teller.github.wrong[f"DELETE {CALLS}/comments/{younger.number}"] = [Answer(b"{}", 403), Answer(b"{}", 404)]
    words = ("--comment", str(change.number))
    ended = teller.tell(*words, code=15, files={"rehearsal.json": rehearsed({})})
    assert "could not take a comment away" in ended.err
    assert teller.did(0, {"rehearsal.json": rehearsed({})}, *words) == "updated"
    assert "1 can be released" in older.body
