"""Work trees, branches and histories that nothing may be released from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.scene import Scene

SOURCE = "packages/alpha/src/alpha/__init__.py"


@pytest.mark.parametrize("path", ["README.md", "packages/alpha/src/alpha/more.py", "wörld \n.txt"])
def test_an_untracked_file_is_refused_and_named(scene: Scene, path: str) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.write(path, "print('who put this here?')\n")
    shown = path if path.isascii() else r"w\xf6rld \n.txt"
    scene.refuse(code=10, says=("alpha/v0.1.0: the work tree is not clean", shown), hint="commit, stash or remove")


def test_an_edited_file_is_refused_and_named(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.write(SOURCE, "NAME = 'other'\n")
    scene.refuse(code=10, says=("the work tree is not clean", SOURCE), hint="commit, stash or remove them")
    scene.repository.git("add", "--all")
    scene.refuse(code=10, says=("the work tree is not clean", SOURCE), hint="commit, stash or remove them")


def test_many_changes_are_counted_and_the_first_named(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    for number in range(8):
        scene.repository.write(f"new{number}.txt", "")
    scene.refuse(code=10, says=("new0.txt", "new4.txt and 3 more"))


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_an_edit_that_git_was_told_not_to_see_is_refused_and_named(scene: Scene, flag: str) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.git("update-index", flag, SOURCE)
    scene.repository.write(SOURCE, "NAME = 'other'\n")
    assert scene.repository.git("status", "--porcelain") == ""
    scene.refuse(code=10, says=("git was told not to look at", SOURCE), hint="git update-index --no-assume-unchanged")


def test_what_git_ignores_is_named_and_not_packed(scene: Scene) -> None:
    scene.add("alpha", files={".gitignore": "secret.py\n"}).tagged("alpha/v0.1.0")
    scene.repository.write("packages/alpha/src/alpha/secret.py", "PASSWORD = 1\n")
    ended = scene.call().expect(0)
    assert "git ignores packages/alpha/src/alpha/secret.py: the release is made without" in ended.err
    assert b"secret" not in (scene.repository.dist("alpha") / "alpha-0.1.0-py3-none-any.whl").read_bytes()


def test_a_commit_on_no_release_branch_is_refused(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.repository.git("switch", "--quiet", "--create", "feature")
    scene.repository.commit("Not merged")
    scene.repository.tag("alpha/v0.1.0")
    scene.refuse(code=10, says=("alpha/v0.1.0: its commit", "is on no release branch (main)"), hint="merge the commit")
    scene.repository.git("switch", "--quiet", "--detach", "HEAD")
    scene.refuse("run", "alpha/v0.1.0", code=10, says=("on no release branch (main)",))


def test_another_branch_may_be_named_for_releases(scene: Scene) -> None:
    scene.repository.write("pyproject.toml", '[tool.release]\nbranches = ["release/*", "stable"]\n')
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.refuse(code=10, says=("on no release branch (release/*, stable)",), hint="merge the commit")
    scene.repository.git("branch", "stable")
    scene.call().expect(0)


def test_a_shallow_clone_is_refused(scene: Scene, tmp_path: Path) -> None:
    scene.add("alpha", versions=["0.2.0", "0.1.0"]).tagged("alpha/v0.1.0")
    scene.repository.commit("Later")
    scene.repository.tag("alpha/v0.2.0")
    clone = tmp_path / "shallow"
    scene.repository.git("clone", "--quiet", "--depth=1", scene.repository.root.as_uri(), str(clone))
    ended = scene.call(folder=clone).expect(10)
    assert "alpha/v0.2.0" in ended.err
    assert "hint: git fetch --unshallow --tags" in ended.err
    ended = scene.call("run", "alpha/v0.1.0", folder=clone).expect(10)
    assert "tag alpha/v0.1.0 is not here: the clone is shallow" in ended.err
    assert not list((clone / "dist").rglob("*.whl"))


def test_a_shallow_clone_is_enough_to_rehearse_and_too_little_to_number_a_snapshot(
    scene: Scene, tmp_path: Path
) -> None:
    scene.add("alpha").tagged()
    scene.repository.commit("Later")
    clone = tmp_path / "shallow"
    scene.repository.git("clone", "--quiet", "--depth=1", scene.repository.root.as_uri(), str(clone))
    scene.call("rehearse", folder=clone).expect(0)
    ended = scene.call("snapshot", folder=clone).expect(10)
    assert "the clone is shallow, and a snapshot is numbered by the commits below it" in ended.err
    assert "hint: git fetch --unshallow" in ended.err
    assert not (clone / "dist").exists()


def test_a_tag_that_was_moved_after_its_release_is_refused(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    first = scene.repository.git("rev-parse", "HEAD")
    scene.call().expect(0)
    scene.repository.write(SOURCE, "NAME = 'other'\n")
    scene.repository.commit("Sneak this in")
    scene.repository.git("tag", "--force", "alpha/v0.1.0")
    scene.refuse(
        code=10,
        says=("alpha/v0.1.0 was moved: it was released from", first[:12]),
        hint=f"put it back: git tag -f -a alpha/v0.1.0 {first[:12]}",
    )


def test_a_tag_that_is_moved_while_it_is_released_is_refused(scene: Scene) -> None:
    """The smoke test of alpha moves the tag of beta, which goes after alpha."""
    words = ["git", "-C", str(scene.repository.root), "tag", "-f", "beta/v0.1.0", "HEAD~1"]
    lines = [
        "import subprocess, pytest",
        "@pytest.mark.smoke",
        "def test_it():",
        f"    subprocess.check_call({words!r})",
    ]
    scene.repository.write("first.txt", "")
    scene.repository.commit()
    scene.add("alpha", files={"tests/test_alpha.py": "\n".join(lines)})
    scene.add("beta", requires=["alpha>=0.1"]).tagged("alpha/v0.1.0", "beta/v0.1.0")
    ended = scene.call().expect(10)
    assert "beta/v0.1.0 was moved while it was released" in ended.err
    assert scene.versions("alpha")
    assert scene.versions("beta") == []


@pytest.mark.parametrize(
    "changelog",
    [
        "# Changelog\n",
        "# Changelog\n\n## [Unreleased]\n\n- Something.\n",
        "# Changelog\n\n## [0.1.0] - 2026-01-02\n\n### Added\n",
        "# Changelog\n\n## [0.1.1] - 2026-01-02\n\n- Something else.\n",
        "# Changelog\n\n### [0.1.0]\n\n- At the wrong level.\n",
    ],
)
def test_a_changelog_without_an_entry_is_refused(scene: Scene, changelog: str) -> None:
    scene.add("alpha", changelog=changelog).tagged("alpha/v0.1.0")
    scene.refuse(
        code=10,
        says=("alpha/v0.1.0: packages/alpha/CHANGELOG.md has no entry for it",),
        hint="add a section `## [0.1.0] - 2026-01-02`",
    )


def test_a_missing_changelog_is_refused(scene: Scene) -> None:
    scene.add("alpha")
    (scene.repository.root / "packages/alpha/CHANGELOG.md").unlink()
    scene.tagged("alpha/v0.1.0")
    scene.refuse(code=10, says=("packages/alpha/CHANGELOG.md is missing",), hint="add one")


def test_a_candidate_needs_no_more_than_what_is_unreleased(scene: Scene) -> None:
    scene.add("alpha", changelog="# Changelog\n\n## [Unreleased]\n\n- Something.\n").tagged("alpha/v0.1.0rc1")
    scene.call().expect(0)
    assert len(scene.versions("alpha", "preview")) == 2


def test_a_candidate_with_nothing_unreleased_is_refused(scene: Scene) -> None:
    scene.add("alpha", changelog="# Changelog\n\n## [Unreleased]\n\n### Added\n").tagged("alpha/v0.1.0rc1")
    scene.refuse(code=10, says=("has no entry for it",), hint="add a section `## [Unreleased]`")
