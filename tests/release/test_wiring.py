"""What a run is given: targets by name, a folder of its own, settings with nothing in them that changes answers."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from release.errors import UsageError
from release.model.dist import Dist
from release.settings import Settings
from release.targets import open_targets
from release.wiring import open_scratch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.scene import Scene


def test_a_target_is_opened_once_however_often_it_is_named(tmp_path: Path) -> None:
    assert [target.name for target in open_targets(["local", "local"], Settings({}), Dist(tmp_path))] == ["local"]


def test_an_unknown_target_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no target 'mo\\x1bon'") as refused:
        open_targets(["mo\x1bon"], Settings({}), Dist(tmp_path))
    assert refused.value.hint == "targets: local, index, codeartifact, s3, github"


def test_a_scratch_folder_is_gone_however_a_run_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(FileNotFoundError), open_scratch() as folder:
        (folder / "missing").unlink()
    assert list(tmp_path.iterdir()) == []
    with open_scratch(keep=True) as kept:
        pass
    assert list(tmp_path.iterdir()) == [kept]


def test_a_rehearsal_and_a_release_of_one_commit_make_the_same_bytes(scene: Scene) -> None:
    """The two wirings differ in nothing but where things stand."""
    scene.add("alpha").tagged()
    rehearsed = scene.call("rehearse", "--json").expect(0).document["outcomes"][0]["receipt"]["artifacts"]
    scene.repository.tag("alpha/v0.1.0")
    assert scene.call("--json").expect(0).document["outcomes"][0]["receipt"]["artifacts"] == rehearsed


def test_git_and_uv_see_no_variable_that_changes_their_answers() -> None:
    hostile = {
        "GIT_DIR": "/x",
        "GIT_WORK_TREE": "/x",
        "UV_EXCLUDE_NEWER": "2020-01-01",
        "PYTHONPATH": "/x",
        "SETUPTOOLS_SCM_PRETEND_VERSION": "9",
    }
    settings = Settings({**hostile, "PATH": "/bin", "UV_INDEX_URL": "https://example.com"})
    assert settings.for_tools == {"PATH": "/bin", "UV_INDEX_URL": "https://example.com"}
    assert settings.version_overrides == ("SETUPTOOLS_SCM_PRETEND_VERSION",)
