"""`tell`: one issue for what was found, one comment for a rehearsal, whatever the documents hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from release.model.hearing import LARGEST
from release.model.reaudit import Reaudit
from release.model.reconciliation import Code
from release.model.story import COMMENT_MARK, FAREWELL_MARK, ISSUE_MARK
from tests.release.commands.teller import FAREWELL, TAG, Teller, open_teller, reconciled, rehearsed
from tests.servers.github import TOKEN
from tests.servers.github.conversations import LONGEST, Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AUDIT: dict[str, Any] = {"targets": ["s3"], "services": ["osv"], "releases": 1, "pins": 2, "unread": []}
ALL_WELL = {"audit.json": Reaudit(**AUDIT, vulnerabilities=(), exit_code=0).model_dump_json(by_alias=True)}


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    with open_teller(tmp_path) as made:
        yield made


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
    assert issue.comments[0].body.startswith(f"{FAREWELL_MARK}\n{FAREWELL}")
    before = len(teller.github.requests)
    assert teller.did(0, gone) == "nothing"
    assert {each.method for each in teller.github.requests[before:]} == {"GET"}
    assert teller.did(15, found) == "reopened"
    assert (issue.state, len(teller.kept.posts), len(issue.comments)) == ("open", 1, 1)
    assert issue.comments[0].body.startswith(FAREWELL), "it is of the closing before"
    assert teller.did(0, gone) == "closed"
    assert [each.body.startswith(FAREWELL_MARK) for each in issue.comments] == [False, True]


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


@pytest.mark.parametrize("outcomes", [({},), ()], ids=["one", "none"])
def test_a_rehearsal_that_contradicts_itself_is_no_good_news(teller: Teller, outcomes: tuple[dict[str, Any]]) -> None:
    change = teller.kept.add(is_change=True)
    teller.tell("--comment", str(change.number), code=0, files={"rehearsal.json": rehearsed(*outcomes, code=12)})
    (comment,) = change.comments
    assert comment.body.splitlines()[1] == "**Rehearsal of the release:** its document contradicts itself."
    assert "| contradictory | `rehearsal.json` |" in comment.body


def test_the_job_s_summary_shows_the_page(teller: Teller, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    teller.kept.has_issues = False
    files = {"reconcile.json": reconciled(Code.ABSENT)}
    teller.tell(code=2, files=files, GITHUB_STEP_SUMMARY=str(summary))
    assert "| absent | `alpha/v0.1.0 at s3` |" in summary.read_text(), "although it could not be told"


def test_settings_that_are_missing_are_named(teller: Teller) -> None:
    ended = teller.tell(code=2, files=ALL_WELL, GITHUB_TOKEN="")
    assert "settings are missing: GITHUB_TOKEN" in ended.err
    teller.tell("--comment", "0", code=2, files=ALL_WELL)
    teller.tell(code=2)
    assert teller.github.requests == ()


def test_a_document_that_is_too_large_is_not_read(teller: Teller) -> None:
    with (teller.folder / "reconcile.json").open("wb") as stream:
        stream.truncate(LARGEST + 1)
        stream.write(b"{")
    ended = teller.command("tell", "reconcile.json").expect(15)
    assert "it is larger than 20,000,000 bytes" in ended.out
