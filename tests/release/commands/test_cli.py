"""The command line itself: help, JSON, colours, what GitHub Actions reads, and how a run is summed up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.scene import Scene

COMMANDS = ("run", "rehearse", "status", "plan", "tag", "snapshot", "yank", "restore", "doctor", "new")


def test_the_help_names_every_command_and_every_exit_code(scene: Scene) -> None:
    ended = scene.call("--help").expect(0)
    assert all(f"\n  {command}" in ended.out for command in COMMANDS)
    assert "0 done or identical, 1 defect, 2 usage, 10 refused, 11 build" in " ".join(ended.out.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_has_examples(scene: Scene, command: str) -> None:
    ended = scene.call(command, "--help").expect(0)
    assert "Examples:\n" in ended.out
    assert f"hatch run release {command}" in ended.out
    assert "--json" in ended.out


def test_the_version_is_the_tools(scene: Scene) -> None:
    assert "0.1.0" in scene.call("--version").expect(0).out


@pytest.mark.parametrize(
    "words",
    [
        ("run", "v1"),
        ("run", "--to", "moon"),
        ("rehearse", "nothing"),
        ("status", "nothing"),
        ("plan", "alpha/v9.9"),
        ("tag", "nothing", "minor"),
        ("tag", "alpha", "--json", "--nonsense"),
        ("snapshot", "nothing"),
        ("yank", "alpha/v9.9", "--reason", "none"),
        ("restore", "nothing"),
    ],
)
def test_a_refusal_is_one_json_document_too(scene: Scene, words: tuple[str, ...]) -> None:
    scene.add("alpha").tagged()
    ended = scene.call(*words, "--json")
    assert ended.code in {2, 10}
    document = json.loads(ended.out)
    said = document.get("error") or next(iter(document.get("outcomes") or document["refused"]))
    assert said["hint"] or "--nonsense" in words
    assert "error: " in ended.err


def test_no_command_with_json_is_a_run(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    document = scene.call("--json").expect(0).document
    assert document["exit_code"] == 0
    assert [(each["tag"], each["ending"]) for each in document["outcomes"]] == [("alpha/v0.1.0", "released")]
    assert document["outcomes"][0]["receipt"]["schema"] == "urn:wheelyard:receipt:v1"


def test_actions_are_told_what_became_of_each_tag(scene: Scene, tmp_path: Path) -> None:
    scene.add("good").add("bad", files={"src/bad/__init__.py": "1/0\n"}).add("late", requires=["bad>=0"])
    scene.tagged("good/v0.1.0", "bad/v0.1.0", "late/v0.1.0")
    output, summary = tmp_path / "output", tmp_path / "summary"
    output.write_text("before=1\n")
    scene.call(GITHUB_OUTPUT=str(output), GITHUB_STEP_SUMMARY=str(summary)).expect(12)
    said = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert said == {
        "before": "1",
        "released": '["good/v0.1.0"]',
        "identical": "[]",
        "held_back": '["late/v0.1.0"]',
        "failed": '["bad/v0.1.0"]',
    }
    rows = summary.read_text().splitlines()
    assert rows[:2] == ["|  | tag |  |", "| --- | --- | --- |"]
    assert "| held back | `late/v0.1.0` | needs bad/v0.1.0 |" in rows
    assert any(row.startswith("| failed | `bad/v0.1.0` | bad/v0.1.0: smoke refused") for row in rows)


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"NO_COLOR": "", "TERM": "xterm-256color"}])
def test_where_no_terminal_is_there_are_no_colours(scene: Scene, variables: dict[str, str]) -> None:
    scene.add("alpha").tagged("v1.0.0")
    ended = scene.release.apart("run", **variables).expect(10)
    assert "\x1b" not in ended.out + ended.err
    assert "error: tag v1.0.0" in ended.err


def test_an_encoding_that_lacks_a_letter_stops_nothing(scene: Scene) -> None:
    scene.add("alpha", requires=["beta"]).add("beta", requires=["alpha"]).tagged("alpha/v0.1.0")
    ended = scene.release.apart("run", PYTHONIOENCODING="ascii").expect(10)
    assert "Traceback" not in ended.err
    assert "packages need each other in a circle" in ended.out
