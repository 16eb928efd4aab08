"""Machines that lack something: no git, no Java, no room, no right to write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.release.scene import Scene


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    """Mount a disk of memory, where this user may."""
    folder.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_without_git_it_says_what_to_install(scene: Scene, tmp_path: Path) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    (tmp_path / "empty").mkdir()
    for words in (("run",), ("status",), ("plan",), ("rehearse",), ("snapshot",), ("tag", "alpha", "minor")):
        scene.refuse(*words, code=2, says=("git is not on the PATH",), hint="install git", PATH=str(tmp_path / "empty"))


def test_outside_of_a_repository_it_says_where_to_go(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    ended = scene.call("run", folder=tmp_path / "elsewhere").expect(2)
    assert f"{tmp_path / 'elsewhere'}" in ended.err
    assert "hint: " in ended.err


def test_without_java_a_spark_package_stays_here_with_a_loud_word(scene: Scene, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("git", "sh", "env"):
        (programs / name).symlink_to(str(shutil.which(name)))
    scene.add("alpha", policy='smoke = { spark = "4.0" }').tagged("alpha/v0.1.0")
    ended = scene.call("run", PATH=str(programs), JAVA_HOME=str(tmp_path)).expect(0)
    assert "warning: alpha/v0.1.0: smoke is UNAVAILABLE: Java is not on the PATH" in ended.err
    assert "smoke unavailable" in ended.out


def test_a_spark_that_is_not_locked_is_refused_with_those_that_are(scene: Scene) -> None:
    scene.add("alpha", policy='smoke = { spark = "2.4" }').tagged("alpha/v0.1.0")
    scene.refuse(code=2, says=("alpha/v0.1.0", "there is no lock for PySpark 2.4"), hint="there are: 3.5, 4.0")


def test_a_file_in_the_place_of_dist_is_named(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.write("dist", "not a folder")
    scene.repository.git("config", "core.excludesFile", str(scene.repository.write("../excluded", "/dist\n")))
    ended = scene.call().expect(15)
    assert "alpha/v0.1.0: publish: " in ended.err
    assert str(scene.repository.root / "dist") in ended.err
    assert "hint: mend that (space, permissions), and run the same command again" in ended.err
    assert (scene.repository.root / "dist").read_text() == "not a folder"


@pytest.mark.parametrize("options", ["ro", "size=12k", "size=40k"])
def test_a_dist_that_is_read_only_or_full_ends_without_half_a_file(scene: Scene, options: str) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    with small_disk(scene.repository.root / "dist", options):
        ended = scene.call().expect(15)
        assert "alpha/v0.1.0: publish: " in ended.err
        assert "hint: mend that (space, permissions)" in ended.err
        assert [name for name in scene.published if name.endswith(".part")] == []
        assert len(scene.versions("alpha")) in {0, 2}
    scene.call().expect(0)


def test_a_temporary_folder_without_room_is_named(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    with small_disk(scene.temporary, "size=8k"):
        ended = scene.call()
        assert ended.code in {11, 15}
        assert "error: alpha/v0.1.0: " in ended.err
        assert "hint: look at the free space of the temporary folder" in ended.err
    assert scene.published == {}


def test_a_limit_on_the_size_of_files_is_no_silent_loss(scene: Scene) -> None:
    scene.add("alpha", files={"src/alpha/big.bin": bytes(range(256)) * 4000}).tagged("alpha/v0.1.0")
    words = ["sh", "-c", 'ulimit -f 1000; exec "$0" -m release run', sys.executable]
    environment = {**scene.release.environment, **scene.release.more}
    done = subprocess.run(
        words, cwd=scene.repository.root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 11, done.stderr
    assert "could not be checked out" in done.stderr
    assert "cli.py" not in done.stderr
    assert scene.published == {}
    assert scene.scratch_folders == []
