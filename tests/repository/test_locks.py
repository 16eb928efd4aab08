"""Locks: every pin has a digest, and the toolchain is the same wherever it is locked."""

from __future__ import annotations

import re

import pytest

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


def test_environments_build_with_the_toolchain_that_releases_use() -> None:
    toolchain = pins_of((TOOLCHAIN / "build.txt").read_text())
    environments = pins_of((ROOT / "tools" / "locks" / "environments.txt").read_text())
    assert toolchain["hatchling"] == environments["hatchling"]
