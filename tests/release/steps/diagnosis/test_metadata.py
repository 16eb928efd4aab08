"""What a project file lacks for the gate `check`, each with the lines to write."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
import tomli

from release.steps.diagnosis.metadata import find_faults
from release.steps.read import read_package

PROJECT = """\
[project]
name = "alpha"
description = "A package"
readme = "README.md"
requires-python = ">=3.10"
license = "MIT"
license-files = ["LICENSE"]
classifiers = ["Typing :: Typed"]
urls = { Source = "https://example.com" }
"""
FILES = frozenset(map(PurePosixPath, ("README.md", "LICENSE", "pyproject.toml", "src/alpha/__init__.py")))


def faults_of(text: str, files: frozenset[PurePosixPath] = FILES) -> list[tuple[str, str]]:
    package = read_package(PurePosixPath("packages/alpha"), text.encode(), None)
    found = list(find_faults(package, tomli.loads(text)["project"], files))
    assert {fault.exit_code for fault in found} <= {11, 12}
    return [(fault.detail.removeprefix("packages/alpha/pyproject.toml: "), fault.cure) for fault in found]


@pytest.mark.parametrize(
    ("line", "said", "cure"),
    [
        ("description", "project.description is missing", 'description = "What it does, in a line"'),
        ("readme", "project.readme is missing", 'readme = "README.md"'),
        ("requires-python", "project.requires-python is missing", 'requires-python = ">=3.10"'),
        ("license =", "project.license is missing", 'license = "MIT"'),
        ("classifiers", "project.classifiers is missing", 'classifiers = ["Typing :: Typed"]'),
        ("urls", "project.urls is missing", 'Source = "https://…"'),
    ],
)
def test_a_missing_key_is_named_with_the_line_to_write(line: str, said: str, cure: str) -> None:
    text = "".join(each for each in PROJECT.splitlines(keepends=True) if not each.startswith(line))
    ((detail, lines),) = faults_of(text)
    assert detail == said
    assert lines.endswith(cure)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('license = "MIT"', 'license = { text = "MIT" }', "project.license is a table, not an SPDX expression"),
        ("Typing :: Typed", "License :: OSI Approved", "a licence classifier stands beside the SPDX expression"),
        ('["LICENSE"]', '["COPYING"]', "no licence file is committed"),
        ('["LICENSE"]', '""', "no licence file is committed"),
        ('"README.md"', '"READ.md"', "project.readme names READ.md, which is not committed"),
        ('"README.md"', '{ file = "READ.md" }', "project.readme names READ.md, which is not committed"),
    ],
)
def test_a_key_that_the_gate_would_refuse_is_named(old: str, new: str, said: str) -> None:
    ((detail, cure),) = faults_of(PROJECT.replace(old, new))
    assert said in detail
    assert cure


def test_a_licence_is_found_where_none_is_named() -> None:
    assert faults_of(PROJECT.replace('license-files = ["LICENSE"]\n', "")) == []


def test_what_is_dynamic_is_left_to_the_build() -> None:
    assert faults_of(PROJECT.replace('description = "A package"', 'dynamic = ["description"]')) == []


def test_sources_that_are_not_committed_are_named() -> None:
    ((detail, cure),) = faults_of(PROJECT, FILES - {PurePosixPath("src/alpha/__init__.py")})
    assert detail == "there is no src/alpha to put into the wheel"
    assert cure == "commit packages/alpha/src/alpha/__init__.py"
