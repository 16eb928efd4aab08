"""What a rehearsal and a snapshot take on: everything that can be read, and never nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.command import Ended
    from tests.release.scene import Scene


def endings(ended: Ended) -> dict[str, str]:
    """Give how each tag or package ended."""
    return {each["tag"]: each["ending"] for each in ended.document["outcomes"]}


@pytest.mark.parametrize("words", [("rehearse",), ("snapshot",), ("rehearse", "--since", "HEAD")])
def test_a_commit_without_a_package_is_refused(scene: Scene, words: tuple[str, ...]) -> None:
    scene.repository.write("pyproject.toml", '[tool.release]\nmembers = ["libraries/*"]\n')
    scene.add("alpha").tagged()
    scene.refuse(*words, code=2, says=("this commit has no package",), hint="is a member (libraries/*)")


def test_the_status_of_nothing_says_so(scene: Scene) -> None:
    scene.tagged()
    assert "this commit has no package ([tool.release] members: packages/*)" in scene.call("status").expect(0).err


@pytest.mark.parametrize("word", ["rehearse", "snapshot"])
def test_a_package_that_cannot_be_read_does_not_stop_the_others(scene: Scene, word: str) -> None:
    scene.add("alpha", "solo")
    scene.repository.write("packages/alpha/pyproject.toml", "[project\n")
    scene.tagged()
    ended = scene.call(word, "--json").expect(2)
    assert sorted(endings(ended).values()) == ["failed", "released"], ended.err
    assert endings(ended)["alpha"] == "failed"
    assert "packages/alpha/pyproject.toml is not valid TOML" in ended.err
    assert endings(scene.call(word, "alpha", "--json").expect(2)) == {"alpha": "failed"}


def test_packages_that_need_each_other_do_not_stop_the_others(scene: Scene) -> None:
    scene.add("alpha", requires=["beta"]).add("beta", requires=["alpha"]).add("solo").tagged()
    ended = scene.call("rehearse", "--json").expect(10)
    assert endings(ended) == {"alpha": "failed", "beta": "failed", "solo/v0.1.0": "released"}
    assert "circle" in ended.err


def test_what_did_not_change_since_its_release_needs_no_entry_to_be_rehearsed(scene: Scene) -> None:
    changelog = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-02\n\n### Added\n\n- Something.\n"
    scene.add("alpha", "solo", changelog=changelog).tagged("alpha/v0.1.0", "solo/v0.1.0")
    scene.repository.write("packages/alpha/src/alpha/more.py", "")
    scene.repository.commit()
    ended = scene.call("rehearse", "--json").expect(10)
    assert endings(ended) == {"alpha/v0.1.1": "failed", "solo/v0.1.1": "released"}
    assert "alpha/v0.1.1: packages/alpha/CHANGELOG.md has no entry for it" in ended.err
