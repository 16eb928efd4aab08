"""The ground a release stands on: whose policy holds, which branches count, and what git may not be talked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.settings import Settings
from tests.release.commands.diagnosis import Doctor

if TYPE_CHECKING:
    from pathlib import Path

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


def test_a_branch_of_a_fork_is_no_release_branch(scene: Scene) -> None:
    sha = add_unmerged_release(scene)
    scene.repository.git("update-ref", "refs/remotes/fork/main", sha)
    scene.refuse("run", "alpha/v0.3.0", code=10, says=("is on no release branch (main)",), hint="merge the commit")


def test_a_replaced_commit_merges_nothing(scene: Scene) -> None:
    sha = add_unmerged_release(scene)
    merged = scene.repository.commit("Merged")
    scene.repository.git("replace", "--graft", merged, sha)
    assert scene.repository.git("branch", "--contains", sha, "main")
    scene.refuse("run", "alpha/v0.3.0", code=10, says=("is on no release branch (main)",), hint="merge the commit")


def test_a_grafted_commit_merges_nothing(scene: Scene) -> None:
    sha = add_unmerged_release(scene)
    merged = scene.repository.commit("Merged")
    scene.repository.write(".git/info/grafts", f"{merged} {sha}\n")
    assert scene.repository.git("branch", "--contains", sha, "main")
    scene.refuse("run", "alpha/v0.3.0", code=10, says=("is on no release branch (main)",), hint="merge the commit")


@pytest.mark.parametrize(
    "name",
    [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CONFIG_PARAMETERS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
    ],
)
def test_git_is_not_led_elsewhere_by_variables(name: str) -> None:
    assert Settings({name: "1", "GIT_CONFIG_COUNT": "0"}).for_tools == {"GIT_CONFIG_COUNT": "0"}


@pytest.mark.parametrize(
    "name",
    [
        "UV_CACHE_DIR",
        "UV_CONCURRENT_DOWNLOADS",
        "UV_DEFAULT_INDEX",
        "UV_HTTP_TIMEOUT",
        "UV_INDEX",
        "UV_INDEX_INHOUSE_PASSWORD",
        "UV_INDEX_INHOUSE_USERNAME",
        "UV_INDEX_URL",
        "UV_NO_CONFIG",
        "UV_OFFLINE",
        "SSH_AUTH_SOCK",
        "GIT_ASKPASS",
        "GITHUB_ACTIONS",
        "PATH",
    ],
)
def test_what_uv_and_git_need_to_reach_others_is_left_to_them(name: str) -> None:
    assert Settings({name: "1"}).for_tools == {name: "1"}


@pytest.mark.parametrize(
    "name", ["UV_INDEX_STRATEGY", "UV_FIND_LINKS", "UV_PRERELEASE", "UV_NO_BUILD", "UV_OVERRIDE", "UV_INDEXES", "UV_"]
)
def test_uv_is_not_told_what_to_choose(name: str) -> None:
    assert Settings({name: "1"}).for_tools == {}


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN",
        "UV_PUBLISH_TOKEN",
        "TWINE_PASSWORD",
        "AWS_ACCESS_KEY_ID",
        "DATABRICKS_HOST",
        "CLIENT_SECRET",
        "SECRET_KEY",
        "SLACK_WEBHOOK_URL",
    ],
)
def test_no_tool_is_handed_a_secret(name: str) -> None:
    assert Settings({name: "1"}).for_tools == {}


@pytest.mark.parametrize(
    ("requires", "more"),
    [
        (["solo @ https://example.com/solo-1.0-py3-none-any.whl"], ""),
        ([], '[project.optional-dependencies]\nall = ["solo @ https://example.com/solo-1.0-py3-none-any.whl"]\n'),
    ],
)
def test_a_direct_reference_is_refused_and_named(scene: Scene, requires: list[str], more: str) -> None:
    allowed = "[tool.hatch.metadata]\nallow-direct-references = true\n"
    scene.add("alpha", requires=requires, project=f"{more}{allowed}").tagged("alpha/v0.1.0")
    says = ("alpha/v0.1.0: packages/alpha/pyproject.toml asks for solo @ https://example.com/solo", "direct reference")
    scene.refuse(code=10, says=says, hint="ask for a version that an index has: solo>=")


def test_a_tag_that_is_somebody_elses_stops_no_release(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0", "deploy/2026-11-23", "2026-11-23")
    assert [each["tag"] for each in scene.call("plan", "--json").expect(0).document["ledger"]] == ["alpha/v0.1.0"] * 2
    scene.repository.add("deploy").commit()
    scene.repository.tag("deploy/2026-11-24")
    scene.refuse(code=10, says=("tag deploy/2026-11-24",), hint="a release tag is <package>/v<version>")


def test_a_tag_of_a_package_that_is_gone_is_still_meant(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.git("rm", "-r", "--quiet", "packages/alpha")
    scene.add("solo").tagged("alpha/2")
    scene.refuse(code=10, says=("tag alpha/2",), hint="write alpha/v2")


@pytest.mark.parametrize(("tag", "code"), [("v1.0.0", 10), ("unknown/v1.0.0", 2)])
def test_a_tag_with_a_versions_look_is_not_passed_over(scene: Scene, tag: str, code: int) -> None:
    scene.add("alpha").tagged(tag)
    scene.refuse(code=code, says=("v1.0.0" if code == 10 else "there is no package unknown",))


def test_a_partial_clone_that_lacks_a_file_is_refused_and_the_file_named(scene: Scene, tmp_path: Path) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.write("packages/alpha/src/alpha/__init__.py", "NAME = 'other'\n")
    scene.repository.commit("Later")
    scene.repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    scene.repository.git("clone", "--quiet", "--filter=blob:none", scene.repository.root.as_uri(), str(clone))
    ended = scene.call("run", "alpha/v0.1.0", folder=clone).expect(11)
    assert "could not be checked out whole: packages/alpha/src/alpha/__init__.py is missing" in ended.err
    assert "git fetch --refetch --no-filter" in ended.err
