"""The project speaks of itself alone."""

from __future__ import annotations

import re

import pytest

from tests.repository.tree import ROOT, tracked_files

TEXTS = [
    path for path in tracked_files() if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".yml", ".sh", ".in"}
]
FORBIDDEN = {
    "the host of a package registry": r"(?:pypi|pythonhosted|npmjs|debian)\.org",
    "a path of a machine": r"/(?:wo" + r"rk|root|home/[a-z]+|tmp/[a-z]+)/",
    "something left to do": r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    texts = {path: path.read_text() for path in TEXTS if path.name != "test_words.py"}
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}" for path, text in texts.items() for match in pattern.finditer(text)
    ]
    assert not found


def test_there_are_texts_to_read() -> None:
    assert len(TEXTS) > 100


def test_the_top_level_holds_what_was_agreed() -> None:
    there = {path.relative_to(ROOT).parts[0] for path in tracked_files()}
    agreed = "packages tools tests databricks .github .ci .gitignore hatch.toml pyproject.toml README.md RELEASING.md"
    assert there == {*agreed.split(), "OPERATOR_RUNBOOK.md", "SECURITY.md", "CODEOWNERS", "LICENSE"}
