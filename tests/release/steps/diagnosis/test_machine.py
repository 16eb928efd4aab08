"""What a machine says of itself, and what follows from it: programs that fail, disks that are full."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release.adapters.process import Ran
from release.steps.diagnosis.machine import look_at_disks, look_at_git, look_at_hatch, look_at_uv

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB = 1024 * 1024


@dataclass(frozen=True)
class StandInMachine:
    """A machine of which everything is as a test says."""

    said: Ran = field(default_factory=lambda: Ran(127, "not found"))
    free: int = 0
    java: str = "java"

    def ask(self, *_words: str) -> Ran:
        """Answer as every program does here."""
        return self.said

    def ask_uv(self) -> Ran:
        """Answer as every program does here."""
        return self.said

    def ask_index(self, _pin: str) -> Ran:
        """Answer as every program does here."""
        return self.said

    def remotes(self) -> tuple[str, ...]:
        """Have none."""
        return ()

    def remote_tags(self, _remote: str) -> Mapping[str, str]:
        """Have none."""
        return {}

    def free_bytes(self, _folder: Path) -> int:
        """Give the room that is left."""
        return self.free

    def objection_to_writing(self, _folder: Path) -> str:
        """Have none."""
        return ""


@pytest.mark.parametrize(
    ("free", "state", "code"), [(99, "failed", 15), (100, "warning", 0), (1023, "warning", 0), (1024, "ok", 0)]
)
def test_a_disk_that_is_nearly_full_is_named(free: int, state: str, code: int) -> None:
    (found,) = look_at_disks(StandInMachine(free=free * MIB), [Path("/somewhere")])
    assert (found.state, found.exit_code) == (state, code)
    assert f"/somewhere: {free} MiB free" in found.detail
    assert ("make room" in found.cure) == (state != "ok")


def test_a_uv_that_does_not_run_is_named_with_what_it_says() -> None:
    (found,) = look_at_uv(StandInMachine(Ran(126, "cannot execute binary file")))
    assert (found.state, found.exit_code) == ("failed", 2)
    assert found.detail == "uv does not run: cannot execute binary file"
    assert found.cure == "make this environment again: hatch env remove default"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("git version 2.31.0", "ok"),
        ("git version 2.50.1 (Apple Git-155)", "ok"),
        ("git version 2.49.0.windows.1", "ok"),
        ("git version 2.30.9", "failed"),
        ("git version 1.8.3.1", "failed"),
    ],
)
def test_every_kind_of_git_says_its_version(said: str, state: str) -> None:
    (found,) = look_at_git(StandInMachine(Ran(0, said)))
    assert found.state == state


@pytest.mark.parametrize(
    ("name", "content"),
    [("hatch.toml", 'requires-hatch = ">=2"\n'), ("pyproject.toml", '[tool.hatch]\nrequires-hatch = ">=2"\n')],
)
def test_requires_hatch_is_found_wherever_it_stands(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    (found,) = look_at_hatch(StandInMachine(Ran(0, "Hatch, version 1.18.2")), tmp_path)
    assert found.detail == f"Hatch 1.18.2, but {name} asks for >=2"
    assert found.cure == "install it: uv tool install 'hatch>=2'"


def test_a_hatch_toml_that_can_not_be_read_asks_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "hatch.toml").write_text("not TOML")
    (found,) = look_at_hatch(StandInMachine(Ran(0, "Hatch, version 1.18.2")), tmp_path)
    assert (found.state, found.detail) == ("ok", "Hatch 1.18.2")
