"""`doctor`: each thing that is wrong is named with its cure, and only what makes a release fail fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import ReleaseCommand
    from tests.release.commands.diagnosis import Doctor, Programs
    from tests.release.repository import Repository


def test_a_sound_repository_is_ok_in_every_point_that_a_release_needs(
    repository: Repository, release: ReleaseCommand, programs: Programs
) -> None:
    programs.fake("hatch", "echo Hatch, version 1.18.2")
    repository.add("alpha").commit()
    checks = release("doctor", "--json", PATH=programs.first).expect(0).document["checks"]
    assert [each for each in checks if each["state"] != "ok"] == []
    assert {"git", "uv", "hatch", "disks", "policy", "tags", "versioning", "metadata", "toolchain"} <= {
        each["check"] for each in checks
    }


def test_a_person_reads_a_line_for_each_check_with_the_cure_below_it(
    repository: Repository, release: ReleaseCommand
) -> None:
    repository.add("alpha", changelog="").commit()
    ended = release("doctor").expect(10)
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    at = lines.index("failed changelog packages/alpha/CHANGELOG.md says nothing of any version")
    assert lines[at + 1] == "→ add a section `## [Unreleased]`"
    assert "1 failed" in ended.err


def test_the_first_failure_gives_the_exit_code(repository: Repository, doctor: Doctor) -> None:
    repository.write("pyproject.toml", "[tool.release]\nbranch = 1\n")
    repository.add("alpha", changelog="").commit()
    doctor.finds("policy", "failed", code=2)


def test_outside_a_repository_it_says_so(release: ReleaseCommand, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    checks = release("doctor", "--json", folder=tmp_path / "elsewhere").expect(2).document["checks"]
    (found,) = [each for each in checks if each["check"] == "repository"]
    assert "not a git repository" in found["detail"]


def test_a_policy_that_can_not_be_read_hides_nothing_else(repository: Repository, doctor: Doctor) -> None:
    repository.write("pyproject.toml", "[tool.release]\nbranch = 1\n")
    repository.add("alpha").commit()
    assert "branches" in doctor.finds("policy", "failed", code=2)["cure"]
    assert "alpha" in doctor.finds("packages", "ok", code=2)["detail"]


def test_a_package_that_is_not_there_is_refused(repository: Repository, release: ReleaseCommand) -> None:
    repository.add("alpha").commit()
    assert "packages: alpha" in release("doctor", "gamma").expect(2).err


def test_a_repository_without_a_commit_is_refused(repository: Repository, release: ReleaseCommand) -> None:
    assert repository.root.is_dir()
    assert "no commit yet" in release("doctor").expect(2).err
