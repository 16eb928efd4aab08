"""Artifacts hold what the actions of GitHub would put there, and come back only as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workflows.artifacts import Artifacts, find_files
from tests.workflows.document import WrongWorkflowError
from tests.workflows.matrix import combine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give what a build leaves."""
    for name in ("dist/alpha/1.0/a.whl", "dist/alpha/1.0/a.jsonl", "dist/.lock", "dist/.told/x", "a.json", "b.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "dist/empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("dist", {"alpha/1.0/a.whl", "alpha/1.0/a.jsonl"}),
        ("dist/**/*.jsonl", {"alpha/1.0/a.jsonl"}),
        ("dist/alpha/1.0/a.jsonl", {"a.jsonl"}),
        ("a.json", {"a.json"}),
        ("a.json\nb.json", {"a.json", "b.json"}),
        ("a.json\nnothing.json", {"a.json"}),
        ("dist/alpha/1.0/a.whl\na.json", {"dist/alpha/1.0/a.whl", "a.json"}),
        ("dist/alpha/*/a.whl\ndist/alpha/1.0/a.jsonl", {"1.0/a.whl", "1.0/a.jsonl"}),
        ("dist/empty", set()),
        ("nothing", set()),
    ],
)
def test_an_upload_keeps_paths_below_the_least_common_folder(folder: Path, patterns: str, expected: set[str]) -> None:
    assert find_files(patterns, folder, hidden=False).keys() == expected


def test_hidden_files_are_taken_only_if_that_is_wanted(folder: Path) -> None:
    found = find_files("dist", folder, hidden=True)
    assert {".lock", ".told/x"} <= found.keys()
    assert not find_files("dist", folder, hidden=False).keys() & {".lock", ".told/x"}


def test_a_second_upload_of_a_name_takes_the_place_of_the_first_only_if_told() -> None:
    artifacts = Artifacts()
    first = artifacts.upload("built", {"a": b"1"}, days=1, overwrite=False)
    with pytest.raises(FileExistsError, match="built"):
        artifacts.upload("built", {"a": b"2"}, days=1, overwrite=False)
    second = artifacts.upload("built", {"a": b"2"}, days=1, overwrite=True)
    assert [each.files for each in artifacts.kept.values()] == [{"a": b"2"}]
    assert second.id != first.id
    assert second.digest != first.digest


def test_the_same_files_have_the_same_digest_in_any_order() -> None:
    first = Artifacts().upload("a", {"x": b"1", "y": b"2"}, days=1, overwrite=False)
    second = Artifacts().upload("b", {"y": b"2", "x": b"1"}, days=1, overwrite=False)
    assert first.digest == second.digest


def test_a_matrix_is_what_its_axes_make_without_what_is_excluded_and_with_what_is_included() -> None:
    said = {
        "python": ["3.10", "3.13"],
        "spark": ["3.5", "4.0"],
        "exclude": [{"python": "3.13", "spark": "3.5"}],
        "include": [{"python": "3.10", "extra": "x"}, {"python": "3.9", "spark": "3.4"}],
    }
    assert combine(said, "here") == [
        {"python": "3.10", "spark": "3.5", "extra": "x"},
        {"python": "3.10", "spark": "4.0", "extra": "x"},
        {"python": "3.13", "spark": "4.0"},
        {"python": "3.9", "spark": "3.4"},
    ]
    assert combine({"include": [{"package": "alpha"}]}, "here") == [{"package": "alpha"}]


@pytest.mark.parametrize("said", [{"include": []}, {"python": []}, {"python": "3.10"}, {"n": [*range(257)]}])
def test_a_matrix_without_jobs_or_with_too_many_is_an_error(said: dict[str, object]) -> None:
    with pytest.raises(WrongWorkflowError, match=r"here: (a matrix of|matrix: python)"):
        combine(said, "here")
