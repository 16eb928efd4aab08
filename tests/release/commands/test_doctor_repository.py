"""`doctor` on a repository's history, work tree, tags and policy."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.release.commands.diagnosis import Doctor
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import ReleaseCommand
    from tests.release.repository import Repository


def test_a_shallow_clone_is_named_with_the_way_to_deepen_it(
    repository: Repository, release: ReleaseCommand, tmp_path: Path
) -> None:
    repository.add("alpha").commit()
    repository.commit("Again")
    repository.git("clone", "--quiet", "--depth=1", repository.root.as_uri(), str(tmp_path / "shallow"))
    checks = release("doctor", "--json", folder=tmp_path / "shallow").expect(10).document["checks"]
    (found,) = [each for each in checks if each["check"] == "history"]
    assert (found["state"], found["cure"]) == ("failed", "git fetch --unshallow --tags")


def test_a_release_branch_that_is_nowhere_is_named(repository: Repository, doctor: Doctor) -> None:
    repository.write("pyproject.toml", '[tool.release]\nbranches = ["trunk"]\n')
    repository.add("alpha").commit()
    assert "git branch trunk" in doctor.finds("branch", "failed", code=10)["cure"]


def test_a_release_branch_at_a_remote_is_enough(
    repository: Repository, release: ReleaseCommand, tmp_path: Path
) -> None:
    repository.add("alpha").commit()
    repository.git("clone", "--quiet", str(repository.root), str(tmp_path / "clone"))
    repository.git("-C", str(tmp_path / "clone"), "checkout", "--quiet", "--detach")
    repository.git("-C", str(tmp_path / "clone"), "branch", "--delete", "--force", "main")
    checks = release("doctor", "--json", folder=tmp_path / "clone").expect(0).document["checks"]
    assert [each["state"] for each in checks if each["check"] == "branch"] == ["ok"]


def test_a_head_on_no_release_branch_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit("Not merged")
    assert doctor.finds("branch", "warning")["cure"] == "merge it before you tag"


def test_a_work_tree_that_is_not_clean_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.write("packages/alpha/README.md", "changed")
    assert "M packages/alpha/README.md" in doctor.finds("work tree", "warning")["detail"]


def test_changes_that_git_does_not_look_at_are_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.git("update-index", "--assume-unchanged", "packages/alpha/README.md")
    repository.write("packages/alpha/README.md", "changed")
    found = doctor.finds("work tree", "warning")
    assert found["cure"] == "git update-index --no-assume-unchanged --no-skip-worktree packages/alpha/README.md"


@pytest.mark.parametrize(
    ("tag", "said"),
    [("alpha/v1.0.0-rc1", "write alpha/v1.0.0rc1"), ("v1.0", ""), ("beta/v1.0", "tag -d beta/v1.0")],
)
def test_a_tag_at_head_that_would_be_refused_is_a_failure(
    tag: str, said: str, repository: Repository, doctor: Doctor
) -> None:
    repository.add("alpha").commit()
    repository.tag(tag)
    found = doctor.finds("tags", "failed", code=10)
    assert tag in found["detail"]
    assert said in found["cure"]


def test_a_malformed_tag_elsewhere_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.tag("alpha/1.0")
    repository.commit("Later")
    assert "alpha/1.0" in doctor.finds("tags", "warning")["detail"]


def test_tags_of_a_package_that_is_gone_since_are_history(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta").commit()
    repository.tag("beta/v0.1.0", "nightly")
    shutil.rmtree(repository.root / "packages" / "beta")
    repository.commit("Retire beta")
    doctor.finds("tags", "ok")


def test_many_malformed_tags_are_summed_up_with_those_at_head_first(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.tag(*(f"alpha/{number}" for number in range(30)))
    repository.commit("Later")
    repository.tag("alpha/99")
    lines = doctor.says("tags", code=10)
    assert [each["state"] for each in lines] == ["failed", *["warning"] * 20]
    assert lines[-1]["detail"] == "and 11 more"


def test_two_versions_on_one_commit_are_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha", versions=["0.2.0", "0.1.0"]).commit()
    repository.tag("alpha/v0.1.0", "alpha/v0.2.0")
    assert doctor.finds("twin tags", "warning")["cure"].endswith("git tag -d alpha/v0.2.0")


@pytest.fixture
def clone(repository: Repository, release: ReleaseCommand, tmp_path: Path) -> tuple[Doctor, Path]:
    """Give a doctor for a clone of the repository, and the clone."""
    repository.add("alpha").commit()
    repository.tag("alpha/v0.1.0")
    folder = tmp_path / "clone"
    repository.git("clone", "--quiet", str(repository.root), str(folder))
    return Doctor(type(release)(folder, release.environment)), folder


def test_a_tag_that_was_moved_at_the_remote_is_a_failure(clone: tuple[Doctor, Path], repository: Repository) -> None:
    repository.commit("Later")
    repository.git("tag", "--force", "alpha/v0.1.0")
    found = clone[0].finds("remote tags", "failed", code=10)
    assert "+refs/tags/alpha/v0.1.0:refs/tags/alpha/v0.1.0" in found["cure"]


def test_a_tag_with_the_same_commit_at_the_remote_is_ok(clone: tuple[Doctor, Path]) -> None:
    clone[0].finds("remote tags", "ok")


def test_tags_that_were_not_fetched_are_a_warning(clone: tuple[Doctor, Path], repository: Repository) -> None:
    repository.tag("alpha/v0.2.0")
    assert clone[0].finds("remote tags", "warning")["cure"] == "git fetch origin --tags"


def test_a_remote_that_does_not_answer_is_a_warning(clone: tuple[Doctor, Path], repository: Repository) -> None:
    repository.git("-C", str(clone[1]), "remote", "set-url", "origin", f"{closed_address()}/it.git")
    assert "does not answer" in clone[0].finds("remote tags", "warning")["detail"]


IGNORE = '[[tool.release.audit.ignore]]\nid = "CVE-1"\nreason = "not called"\nowner = "Ada"\nexpires = {}\n'


@pytest.mark.parametrize(("expires", "state", "code"), [("2020-01-01", "failed", 12), ("2999-01-01", "ok", 0)])
def test_an_acceptance_that_is_over_is_a_failure(
    expires: str, state: str, code: int, repository: Repository, doctor: Doctor
) -> None:
    repository.write("pyproject.toml", IGNORE.format(expires))
    repository.add("alpha").commit()
    doctor.finds("audit ignores", state, code=code)


def test_an_acceptance_that_ends_soon_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.write("pyproject.toml", IGNORE.format((datetime.now(UTC) + timedelta(days=3)).date()))
    repository.add("alpha").commit()
    assert "Ada decides" in doctor.finds("audit ignores", "warning")["cure"]
