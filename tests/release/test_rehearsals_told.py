"""What a rehearsal says of itself: to a program, to GitHub Actions, and where its words contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.disk import replace_file
from release.adapters.page import render_project
from release.commands.rehearse import install_all
from release.model.outcome import Ending, Outcome
from release.model.tag import Channel
from tests.release.adapters.test_shelf import receipt_of
from tests.release.doors import make_artifacts, open_doors

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.scene import Scene


def test_a_rehearsal_of_nothing_is_a_document_too(scene: Scene) -> None:
    scene.add("alpha").tagged()
    ended = scene.call("rehearse", "--since", "HEAD", "--json").expect(0)
    assert ended.document == {"outcomes": [], "exit_code": 0}


def test_packages_and_a_commit_are_not_both_asked_for(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.refuse("rehearse", "alpha", "--since", "HEAD", code=2, says=("PACKAGES and --since",), hint="give one of")


def test_actions_are_not_told_that_a_rehearsal_released_anything(scene: Scene, tmp_path: Path) -> None:
    scene.add("alpha").tagged()
    output = tmp_path / "output"
    scene.call("rehearse", GITHUB_OUTPUT=str(output)).expect(0)
    said = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert said == {"rehearsed": '["alpha/v0.1.0"]', "identical": "[]", "held_back": "[]", "failed": "[]"}


def test_an_index_that_lacks_what_was_released_fails_the_rehearsal_and_not_its_summary(
    tmp_path: Path, outside: dict[str, str]
) -> None:
    context = open_doors(tmp_path, outside)
    for channel in Channel:
        replace_file(context.dist.index(channel) / "alpha/index.html", render_project("alpha", ()))
    released = Outcome("alpha/v0.1.0", Ending.RELEASED, receipt=receipt_of(make_artifacts(tmp_path / "made"), "tool"))
    (failed,) = install_all([released], context)
    assert (failed.tag, failed.ending) == ("stable index", Ending.FAILED)
    assert failed.error is not None
    assert failed.error.exit_code == 12
    assert failed.reason.startswith("stable index: ")
    assert "alpha" in failed.reason
