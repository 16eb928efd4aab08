"""The ground a release stands on: whose policy holds, which branches count, and what git may not be talked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.release.commands.diagnosis import Doctor

if TYPE_CHECKING:
    from tests.release.scene import Scene


def add_unmerged_release(scene: Scene) -> str:
    """Tag a commit of a branch that is no release branch, and go back to the one that is."""
    scene.add("alpha", versions=["0.3.0"]).tagged()
    scene.repository.git("switch", "--quiet", "--create", "feature")
    sha = scene.repository.commit("Not merged")
    scene.repository.tag("alpha/v0.3.0").git("switch", "--quiet", "main")
    return sha


def test_a_policy_that_nobody_committed_opens_no_branch(scene: Scene) -> None:
    add_unmerged_release(scene)
    scene.repository.write("pyproject.toml", '[tool.release]\nbranches = ["feature"]\n')
    scene.refuse("run", "alpha/v0.3.0", code=10, says=("is on no release branch (main)",), hint="merge the commit")


def test_an_edited_policy_is_named_by_the_doctor(scene: Scene) -> None:
    scene.add("alpha").tagged()
    doctor = Doctor(scene.release)
    scene.repository.write("pyproject.toml", '[tool.release]\nbranches = ["feature"]\n')
    assert "what HEAD says" in doctor.finds("policy", "warning")["detail"]
    scene.repository.write("pyproject.toml", "[tool.release\n")
    assert "HEAD's policy holds" in doctor.finds("policy", "warning")["detail"]
