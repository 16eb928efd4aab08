"""What documents say: of whatever anybody could have written, there is always something to tell."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.errors import Refused
from release.model.hearing import Form, hear
from release.model.outcome import Ending, Outcome
from release.model.outcomes import record_outcomes
from release.model.story import COMMENT_MARK, Look, exit_code_of, write_comment, write_issue
from tests.release.adapters.test_shelf import receipt_of
from tests.release.doors import make_artifacts

if TYPE_CHECKING:
    from pathlib import Path

KEYS = st.sampled_from(
    ["schema", "outcomes", "error", "discrepancies", "vulnerabilities", "exit_code", "tag", "receipt"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 200) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
)
LOOK = Look(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
FOUND = {"id": "CVE-1", "aliases": [], "summary": "bad", "fixed_in": [], "name": "jinja2", "version": "1.0"}


@given(st.binary(max_size=40) | JSON.map(lambda document: json.dumps(document).encode()), st.sampled_from(Form))
def test_what_is_no_document_is_a_finding_and_never_a_defect(content: bytes, form: Form) -> None:
    heard = hear("document.json", content, form)
    is_heard = content.strip() and json_of(content) == {"outcomes": [], "exit_code": 0} and form is Form.COMMENT
    assert (heard.exit_code == 0) is bool(is_heard)
    assert write_issue([heard], LOOK).is_needed is not bool(is_heard)


def json_of(content: bytes) -> object:
    """Give what stands there, if it is JSON."""
    try:
        return json.loads(content)
    except ValueError:
        return None


def test_the_document_of_a_rehearsal_is_heard_with_its_receipts(tmp_path: Path) -> None:
    receipt = receipt_of(make_artifacts(tmp_path / "made"), "tool")
    outcomes = [
        Outcome("alpha/v0.1.0", Ending.RELEASED, receipt=receipt),
        Outcome("beta/v0.1.0", Ending.FAILED, Refused("no changelog entry", hint="write one")),
        Outcome("gamma/v0.1.0", Ending.HELD_BACK, waits_for="beta/v0.1.0"),
    ]
    document = record_outcomes(outcomes)
    content = document.model_dump_json(by_alias=True).encode()
    heard = hear("rehearsal.json", content, Form.COMMENT)
    assert (heard.outcomes, heard.exit_code, document.exit_code) == (document, 10, 10)
    body = write_comment([heard], LOOK)
    assert body.startswith(f"{COMMENT_MARK}\n**Rehearsal of the release:** 1 can be released, 1 fails, 1 is held back.")
    assert "| is held back | `gamma/v0.1.0` | `needs beta/v0.1.0` |" in body
    (gates,) = (line for line in body.splitlines() if line.startswith("| can be released"))
    assert all(f"{gate.name} {gate.verdict}" in gates for gate in receipt.gates)


def audited(**changed: Any) -> bytes:  # noqa: ANN401  # of the document
    """Write what `audit --json` prints."""
    usual = {"targets": ["s3"], "services": ["osv"], "releases": 2, "pins": 3, "vulnerabilities": [], "unread": []}
    return json.dumps({"schema": "urn:wheelyard:reaudit:v1", **usual, "exit_code": 0, **changed}).encode()


@pytest.mark.parametrize("fixed", [[], ["2.0"]])
def test_what_is_off_offer_is_counted_and_no_finding(fixed: list[str]) -> None:
    affected = {"tag": "alpha/v0.1.0", "kind": "new", "detail": "", "offers": [], "is_offered": False}
    off = {**FOUND, "fixed_in": fixed, "releases": [affected]}
    heard = hear("audit.json", audited(vulnerabilities=[off]), Form.ISSUE)
    assert (heard.troubles, heard.said) == ((), "2 releases audited by osv, 1 finding in what is off offer")


def test_what_could_not_be_audited_is_a_finding() -> None:
    unread = [
        {"tag": "", "place": "s3", "detail": "it could not be asked", "next": "run it again"},
        {"tag": "alpha/v0.1.0", "place": "dist", "detail": "no SBOM", "next": "fetch it"},
    ]
    heard = hear("audit.json", audited(unread=unread, exit_code=15), Form.ISSUE)
    assert [(each.word, each.where, each.next) for each in heard.troubles] == [
        ("unknown", "s3", "run it again"),
        ("unknown", "alpha/v0.1.0", "fetch it"),
    ]
    assert exit_code_of([heard, hear("reconcile.json", None, Form.ISSUE)]) == 15


def test_an_exit_code_that_no_release_has_is_no_success() -> None:
    outcome = {"tag": "a", "ending": "failed", "reason": "", "hint": "", "exit_code": 99, "receipt": None}
    heard = hear("rehearsal.json", json.dumps({"outcomes": [outcome], "exit_code": 99}).encode(), Form.COMMENT)
    assert heard.exit_code == 15


@pytest.mark.parametrize("ending", Ending)
def test_a_rehearsal_may_end_in_every_way_that_a_release_does(ending: Ending) -> None:
    error = Refused("no changelog entry", hint="write one") if ending is Ending.FAILED else None
    content = record_outcomes([Outcome("alpha/v0.1.0", ending, error)]).model_dump_json().encode()
    heard = hear("rehearsal.json", content, Form.COMMENT)
    first, *rest = write_comment([heard], LOOK).splitlines()[1:]
    assert heard.doubts == ()
    would = first.removeprefix("**Rehearsal of the release:** 1 ").removesuffix(".")
    assert [line for line in rest if line.startswith(f"| {would} | `alpha/v0.1.0` |")]


RELEASED: dict[str, Any] = {"tag": "a", "ending": "released", "reason": "", "hint": "", "exit_code": 0, "receipt": None}


@pytest.mark.parametrize(
    ("outcomes", "code", "says"),
    [
        ([RELEASED], 12, "it ends with 12, which is not what it lists"),
        ([], 12, "it ends with 12, which is not what it lists"),
        ([{**RELEASED, "exit_code": 12}], 12, "a is released, with exit code 12"),
        ([{**RELEASED, "ending": "failed"}], 0, "a is failed, with exit code 0"),
        ([RELEASED] * 200, 12, "it ends with 12, which is not what it lists"),
    ],
)
def test_a_rehearsal_that_contradicts_itself_is_told_so(outcomes: list[dict[str, Any]], code: int, says: str) -> None:
    content = json.dumps({"outcomes": outcomes, "exit_code": code}).encode()
    body = write_comment([hear("rehearsal.json", content, Form.COMMENT)], LOOK)
    assert "**Rehearsal of the release:** its document contradicts itself." in body
    assert f"| contradictory | `rehearsal.json` | `{says}` |" in body


def reconciled(**changed: Any) -> bytes:  # noqa: ANN401  # of the document
    """Write what `reconcile --json` prints."""
    usual = {"targets": ["s3"], "tags": 5, "agreeing": 5, "signatures": True, "discrepancies": []}
    return json.dumps({"schema": "urn:wheelyard:reconciliation:v1", **usual, "exit_code": 0, **changed}).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (reconciled(agreeing=0), "it lists nothing that is wrong, and 0 of 5 tags agree in s3"),
        (reconciled(agreeing=6), "it lists nothing that is wrong, and 6 of 5 tags agree in s3"),
        (reconciled(tags=0, agreeing=0), "it lists nothing that is wrong, and 0 of 0 tags agree in s3"),
        (reconciled(targets=[]), "it lists nothing that is wrong, and 5 of 5 tags agree in no target"),
        (audited(releases=0), "it lists nothing that is not known, and nothing was audited"),
        (audited(targets=[]), "it lists nothing that is not known, and nothing was audited"),
        (audited(services=[]), "it lists nothing that is not known, and nothing was audited"),
    ],
)
def test_a_document_of_nothing_at_all_is_no_sign_that_all_is_well(content: bytes, says: str) -> None:
    heard = hear("document.json", content, Form.ISSUE)
    assert [(each.word, each.said) for each in heard.troubles] == [("contradictory", says)]
    assert heard.exit_code == 15
    assert write_issue([heard], LOOK).is_needed


def test_a_document_that_says_what_is_wrong_does_not_contradict_itself() -> None:
    unread = [{"tag": "", "place": "s3", "detail": "it could not be asked", "next": "run it again"}]
    silent = {"code": "unknown", "tag": "", "target": "s3", "detail": "it could not be asked", "next": "run it again"}
    contents = (
        reconciled(),
        reconciled(agreeing=0, discrepancies=[silent], exit_code=15),
        audited(),
        audited(releases=0, unread=unread, exit_code=15),
    )
    heard = [hear("document.json", content, Form.ISSUE) for content in contents]
    assert [(each.doubts, each.exit_code) for each in heard] == [((), 0), ((), 15), ((), 0), ((), 15)]


@pytest.mark.parametrize("run", ["javascript:alert(1)", "https://evil.example/x", "https://a/b/c/actions/runs/7)](x"])
def test_only_the_address_of_a_run_becomes_a_link(run: str) -> None:
    assert str(Look(LOOK.time, run)) == "2026-01-02 03:04 UTC"
    address = "https://github.com/ada/packages/actions/runs/7/attempts/2"
    assert str(Look(LOOK.time, address)).endswith(f"[this run]({address})")
