"""Locks: every pin has a digest, and the toolchain is the same wherever it is locked."""

from __future__ import annotations

import re

import pytest

from release.model.toolchain import read_tools
from release.toolchain import TOOLCHAIN
from tests.repository.tree import ROOT

LOCKS = sorted([*TOOLCHAIN.glob("*.txt"), *(ROOT / "tools" / "locks").glob("*.txt")])
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;]+)(.*?)(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)


def pins_of(text: str) -> dict[str, str]:
    return {match[1]: match[2] for match in PIN.finditer(text)}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_has_a_digest(lock: object) -> None:
    text = lock.read_text()  # type: ignore[attr-defined]  # a path; pytest's ids take objects
    matches = list(PIN.finditer(text))
    assert matches
    assert not [match[1] for match in matches if "--hash=sha256:" not in match[3]]


def test_every_toolchain_file_that_asks_has_a_lock() -> None:
    assert {path.stem for path in TOOLCHAIN.glob("*.in")} == {path.stem for path in TOOLCHAIN.glob("*.txt")}


def test_every_pin_of_the_build_toolchain_has_one_file_and_one_digest() -> None:
    text = (TOOLCHAIN / "build.txt").read_text()
    tools = read_tools(text)
    assert {tool.name for tool in tools} == pins_of(text).keys()
    assert text.count("--hash=") == len(tools) == text.count("-py3-none-any.whl\n")
    assert {tool.name for tool in tools if tool.marker} == {"tomli", "typing-extensions"}


def test_environments_build_with_the_toolchain_that_releases_use() -> None:
    text = (ROOT / "tools" / "locks" / "environments.txt").read_text()
    environments = {match[1]: (match[2], match[3]) for match in PIN.finditer(text)}
    for tool in read_tools((TOOLCHAIN / "build.txt").read_text()):
        if tool.name in {"hatchling", "hatch-vcs"} and tool.name in environments:
            version, digests = environments[tool.name]
            assert version == tool.version
            assert tool.sha256 in digests
    assert "hatchling" in environments
