"""`tell`: one issue for what was found, one comment for a rehearsal, whatever the documents hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from release.model.hearing import LARGEST
from release.model.reaudit import Reaudit
from release.model.reconciliation import Code, Discrepancy, reconcile_all
from release.model.story import COMMENT_MARK, ISSUE_MARK
from tests.release.command import ReleaseCommand
from tests.servers.faults import Call, Fault, Faults
from tests.servers.github import TOKEN, GitHub, Token
from tests.servers.github.conversations import ACTIONS, LONGEST, Conversations, Post, Writer
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.release.command import Ended

TAG = "alpha/v0.1.0"
RUN = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "2",
}
AUDIT: dict[str, Any] = {"targets": ["s3"], "services": ["osv"], "releases": 1, "pins": 2, "unread": []}
ALL_WELL = {"audit.json": Reaudit(**AUDIT, vulnerabilities=(), exit_code=0).model_dump_json(by_alias=True)}


def reconciled(*codes: Code, detail: str = "it is not so", tag: str = TAG, cure: str = "hatch run release plan") -> str:
    """Write what `reconcile --json` prints."""
    found = tuple(
        Discrepancy(code=code, tag=tag, target="s3", detail=f"{detail}{number}", next=cure)
        for number, code in enumerate(codes)
    )
    return reconcile_all(("s3",), frozenset({TAG}), found, signatures=True).model_dump_json(by_alias=True)


def rehearsed(*outcomes: dict[str, Any], code: int = 0) -> str:
    """Write what `rehearse --json` prints."""
    usual = {"tag": TAG, "ending": "released", "reason": "", "hint": "", "exit_code": 0, "receipt": None}
    return json.dumps({"outcomes": [{**usual, **each} for each in outcomes], "exit_code": code})


@dataclass(frozen=True)
class Teller:
    """The command in a folder of documents, and the repository that it tells."""

    folder: Path
    command: ReleaseCommand
    github: GitHub

    @property
    def kept(self) -> Conversations:
        return self.github.conversations

    def tell(self, *words: str, code: int, files: dict[str, str] | None = None, **variables: str) -> Ended:
        for name, text in (files or {}).items():
            (self.folder / name).write_text(text)
        return self.command("tell", *(files or {}), *words, **variables).expect(code)

    def did(self, code: int, files: dict[str, str], *words: str) -> str:
        return str(self.tell(*words, "--json", code=code, files=files).document["did"])


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    """Give a job of Actions outside any repository."""
    folder = tmp_path / "documents"
    folder.mkdir()
    with GitHub() as github:
        github.tokens[TOKEN] = Writer()
        home = {"HOME": str(tmp_path), "NO_COLOR": "1"}
        yield Teller(folder, ReleaseCommand(folder, {**home, **RUN, **github.environment}), github)


def test_an_issue_is_opened_kept_up_to_date_closed_and_opened_again(teller: Teller) -> None:
    found, gone = {"reconcile.json": reconciled(Code.ABSENT)}, {"reconcile.json": reconciled()}
    assert teller.did(0, gone) == "nothing"
    assert teller.kept.posts == []
    assert teller.did(15, found) == "opened"
    (issue,) = teller.kept.issues
    assert (issue.title, issue.state) == ("What has been released: 1 absent", "open")
    assert teller.did(14, {"reconcile.json": reconciled(Code.ABSENT, Code.DIFFERENT)}) == "updated"
    assert issue.title == "What has been released: 1 different, 1 absent"
    assert issue.comments == []
    assert teller.did(0, gone) == "closed"
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    assert issue.comments[0].body.startswith("Nothing is wrong any more. Looked at: ")
    before = len(teller.github.requests)
    assert teller.did(0, gone) == "nothing"
    assert {each.method for each in teller.github.requests[before:]} == {"GET"}
    assert teller.did(15, found) == "reopened"
    assert (issue.state, len(teller.kept.posts), len(issue.comments)) == ("open", 1, 1)


def test_a_person_sees_what_is_wrong_where_and_what_mends_it(teller: Teller) -> None:
    files = {"reconcile.json": reconciled(Code.ABSENT, Code.DIFFERENT), **ALL_WELL}
    teller.tell(code=14, files=files)
    lines = teller.kept.issues[0].body.splitlines()
    assert lines[0] == ISSUE_MARK
    assert lines[1] == "**1 different, 1 absent**; the gravest first."
    assert lines[3] == "**Next:** `hatch run release plan`"
    assert "| different | `alpha/v0.1.0 at s3` | `it is not so1` | `hatch run release plan` |" in lines
    assert "- `audit.json`: `1 release audited by osv`" in lines
    link = "https://github.com/wheelyard/wheelyard/actions/runs/7/attempts/2"
    assert [each for each in lines if each.startswith("Looked at last: ") and f"in [this run]({link})" in each]


def test_the_gravest_code_of_all_documents_is_the_job_s(teller: Teller) -> None:
    offered = {"tag": TAG, "kind": "new", "detail": "", "offers": [], "is_offered": True}
    known = {"id": "CVE-1", "aliases": [], "summary": "bad", "fixed_in": ["2.0"], "name": "jinja2", "version": "1.0"}
    audit = {**AUDIT, "vulnerabilities": [{**known, "releases": [offered]}], "exit_code": 12, "unread": []}
    audited = json.dumps({"schema": "urn:wheelyard:reaudit:v1", **audit})
    teller.tell(code=12, files={"reconcile.json": reconciled(Code.ABSENT), "audit.json": audited})
    body = teller.kept.issues[0].body
    assert "| vulnerable | `jinja2 1.0 in alpha/v0.1.0` | `CVE-1 (new): bad` |" in body
    assert "hatch run release yank alpha/v0.1.0 --reason CVE-1" in body
    teller.tell(code=14, files={"reconcile.json": reconciled(Code.DIFFERENT), "audit.json": audited})


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("{", "unreadable"),
        ("[1]", "unreadable"),
        (rehearsed(), "unreadable"),
        ('{"error": {"exit_code": 3, "message": "", "hint": ""}}', "unreadable"),
        (reconciled().replace('"tags":1', '"tags":1,"tags":2'), "unreadable"),
        (reconciled().replace('"tags":1', '"tags":"1"'), "unreadable"),
        (reconciled(Code.DIFFERENT).replace('"exit_code":14', '"exit_code":0'), "contradictory"),
    ],
)
def test_a_document_that_can_not_be_read_is_a_finding(teller: Teller, text: str, word: str) -> None:
    code = 14 if word == "contradictory" else 15
    ended = teller.tell(code=code, files={"reconcile.json": text})
    assert f"1 {word}" in teller.kept.issues[0].title
    assert "run the workflow again" in ended.out


def test_a_document_that_is_missing_is_a_finding(teller: Teller) -> None:
    ended = teller.command("tell", "nowhere.json", "--json").expect(15)
    assert ended.document["findings"] == 1
    assert "| missing | `nowhere.json` |" in teller.kept.issues[0].body


def test_a_command_that_failed_is_told_with_its_own_cure(teller: Teller) -> None:
    failed = {"error": {"exit_code": 2, "message": "settings are missing: s3", "hint": "set them"}}
    teller.tell(code=2, files={"reconcile.json": json.dumps(failed), **ALL_WELL})
    assert "| failed | `reconcile.json` | `settings are missing: s3` | `set them` |" in teller.kept.issues[0].body


def test_nobody_is_called_and_nothing_is_a_link_by_what_a_document_says(teller: Teller) -> None:
    hostile = f"@ada ``` | </td> <!-- x --> https://evil.example [a](b) #1 \n{ISSUE_MARK}\u202e"
    text = reconciled(Code.DIFFERENT, detail=hostile, tag=hostile, cure=hostile)
    teller.tell(code=14, files={"reconcile.json": text})
    body = teller.kept.issues[0].body
    assert body.count(f"\n{ISSUE_MARK}") == 0
    assert "@ada" not in body
    (row,) = (line for line in body.splitlines() if line.startswith("| different"))
    assert row.count("|") == 5
    assert row.count("````") == 6, "a fence is longer than any within"
    assert "\\u202e" in row


def test_a_thousand_findings_fit_and_the_rest_is_counted(teller: Teller) -> None:
    text = reconciled(*[Code.ABSENT] * 1000, detail="`@" * 300, cure="`@" * 300)
    teller.tell(code=15, files={"reconcile.json": text})
    (issue,) = teller.kept.issues
    assert len(issue.body) <= LONGEST
    rows = [line for line in issue.body.splitlines() if line.startswith("| absent")]
    assert f"and {1000 - len(rows):,} more, in the documents of the run" in issue.body
    assert issue.title == "What has been released: 1,000 absent"


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


def test_a_rehearsal_is_one_comment_that_is_updated(teller: Teller) -> None:
    change = teller.kept.add(is_change=True)
    teller.kept.comment(change, "mallory", f"{COMMENT_MARK}\nall is well")
    words = ("--comment", str(change.number))
    teller.github.tokens[TOKEN] = Writer(issues=False)
    good = {"rehearsal.json": rehearsed({})}
    failed = {"ending": "failed", "reason": "no changelog | entry", "hint": "write one", "exit_code": 10}
    assert teller.did(0, good, *words) == "opened"
    assert teller.did(0, good, *words) == "nothing"
    assert teller.did(0, {"rehearsal.json": rehearsed({}, failed, code=10)}, *words) == "updated"
    forged, comment = change.comments
    assert forged.body.endswith("all is well")
    assert comment.body.splitlines()[:2] == [
        COMMENT_MARK,
        "**Rehearsal of the release:** 1 can be released, 1 fails.",
    ]
    assert "| fails | `alpha/v0.1.0` | `no changelog \u00a6 entry` | `write one` |" in comment.body
    assert teller.did(0, {"rehearsal.json": rehearsed()}, *words) == "updated"
    assert "nothing that is released changed" in comment.body
    assert teller.did(0, {"rehearsal.json": ""}, *words) == "updated"
    assert "it did not come to its end" in comment.body


def test_of_two_comments_the_older_stays(teller: Teller) -> None:
    change = teller.kept.add(is_change=True)
    teller.kept.before = [Post(0, ACTIONS, f"{COMMENT_MARK}\nof another job")]
    assert teller.did(0, {"rehearsal.json": rehearsed({})}, "--comment", str(change.number)) == "updated"
    assert ["1 can be released" in each.body for each in change.comments] == [True]


def test_the_job_s_summary_shows_the_page(teller: Teller, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    teller.kept.has_issues = False
    files = {"reconcile.json": reconciled(Code.ABSENT)}
    teller.tell(code=2, files=files, GITHUB_STEP_SUMMARY=str(summary))
    assert "| absent | `alpha/v0.1.0 at s3` |" in summary.read_text(), "although it could not be told"


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


def test_settings_that_are_missing_are_named(teller: Teller) -> None:
    ended = teller.tell(code=2, files=ALL_WELL, GITHUB_TOKEN="")
    assert "settings are missing: GITHUB_TOKEN" in ended.err
    teller.tell("--comment", "0", code=2, files=ALL_WELL)
    teller.tell(code=2)
    assert teller.github.requests == ()


CALLS = "/api/v3/repos/wheelyard/wheelyard/issues"


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
    with GitHub(faults=faults) as github:
        github.tokens[TOKEN] = Writer()
        teller = Teller(tmp_path, ReleaseCommand(tmp_path, {"HOME": str(tmp_path), **github.environment}), github)
        did = teller.did(15, {"reconcile.json": reconciled(Code.ABSENT)})
        assert faults.is_spent
        assert did == ("updated" if fault is Fault.LOST else "opened")
        (issue,) = github.conversations.issues
        assert (issue.state, issue.title) == ("open", "What has been released: 1 absent")


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


def test_a_document_that_is_too_large_is_not_read(teller: Teller) -> None:
    with (teller.folder / "reconcile.json").open("wb") as stream:
        stream.truncate(LARGEST + 1)
        stream.write(b"{")
    ended = teller.command("tell", "reconcile.json").expect(15)
    assert "it is larger than 20,000,000 bytes" in ended.out
