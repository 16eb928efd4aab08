"""The corpus: each archive is judged as its case says, and as the table says that pip, uv and twine judge it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from release.errors import IllFormed
from release.model.archive import Reason
from tests.corpus.archives.case import OUTSIDE
from tests.corpus.archives.cases import CASES
from tests.corpus.archives.table import TABLE, asked_with, judged_by_tools, judged_here, summarise

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corpus.archives.case import Case

WRITTEN = json.loads(TABLE.read_text())
ROWS: list[dict[str, str]] = WRITTEN["cases"]
README = (TABLE.parent / "README.md").read_text()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_archive_is_judged_as_its_case_says(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    if case.reason is None:
        assert case.read(path)
        return
    with pytest.raises(IllFormed) as refusal:
        case.read(path)
    assert refusal.value.reason is case.reason
    assert refusal.value.message.startswith(f"{case.file}: ")
    assert refusal.value.message.isascii()
    assert refusal.value.message.isprintable()
    assert refusal.value.hint


def test_the_table_says_of_every_case_what_becomes_of_it(tmp_path: Path) -> None:
    told = ("name", "file", "what", "verdict", "reason")
    assert [{field: row[field] for field in told} for row in ROWS] == [
        judged_here(case, case.write(tmp_path)) for case in CASES
    ]


def test_the_table_was_made_with_the_tools_that_are_here() -> None:
    assert {**WRITTEN["asked_with"], "python": ""} == {**asked_with(), "python": ""}, "make it anew, as the README says"


@pytest.mark.skipif(
    asked_with()["python"] != WRITTEN["asked_with"]["python"], reason="pip reads archives with another Python's zipfile"
)
def test_pip_uv_and_twine_do_what_the_table_says(tmp_path: Path) -> None:
    answers = dict(zip((case.name for case in CASES), judged_by_tools(tmp_path), strict=True))
    assert {row["name"]: {tool: row[tool] for tool in ("pip", "uv", "twine")} for row in ROWS} == answers
    assert not OUTSIDE.exists()


def test_what_is_taken_here_is_taken_everywhere() -> None:
    assert not [row["name"] for row in ROWS if row["verdict"] == "taken" and "refuses" in row.values()]


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    kinds = Counter((case.is_wheel, case.reason is None) for case in CASES)
    assert kinds[True, False] >= 174
    assert kinds[True, True] + kinds[False, True] >= 25
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_reason_has_its_archives() -> None:
    assert {case.reason for case in CASES} == {None, *Reason}


def test_archives_are_the_same_bytes_each_time_and_small() -> None:
    made = {case.name: case.make() for case in CASES}
    assert {case.name: case.make() for case in CASES} == made
    assert max(map(len, made.values())) < 100_000


def test_the_readme_has_the_tables_numbers() -> None:
    assert "\n".join(summarise(ROWS)) in README
    assert f"Python {WRITTEN['asked_with']['python']}" in README
    assert not [tool for tool in ("pip", "uv", "twine") if f"{tool} {WRITTEN['asked_with'][tool]}" not in README]
