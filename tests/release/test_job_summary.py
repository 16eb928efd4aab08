"""The table on the page of a job of GitHub Actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.job_summary import tell_job
from release.session import Session
from release.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def session(path: Path) -> Session:
    return Session(Settings({"GITHUB_STEP_SUMMARY": str(path)}))


def test_cells_stay_on_one_line_and_in_their_column(tmp_path: Path) -> None:
    tell_job(session(tmp_path / "summary.md"), "2 found", ("", "tag"), [("absent", "a|b\nc")])
    assert (tmp_path / "summary.md").read_text() == "2 found\n\n|  | tag |\n| --- | --- |\n| absent | a&#124;b c |\n\n"


def test_where_nothing_is_wrong_only_that_is_said(tmp_path: Path) -> None:
    for _ in range(2):
        tell_job(session(tmp_path / "summary.md"), "all agree", ("", "tag"), [])
    assert (tmp_path / "summary.md").read_text() == "all agree\n\n" * 2


def test_what_is_more_than_a_page_takes_is_counted(tmp_path: Path) -> None:
    tell_job(session(tmp_path / "summary.md"), "many", ("",), [(f"row {number}",) for number in range(1234)])
    text = tmp_path.joinpath("summary.md").read_text()
    assert text.count("| row ") == 200
    assert text.endswith("\nand 1,034 more\n\n")
