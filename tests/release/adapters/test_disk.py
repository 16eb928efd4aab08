from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import pytest

from release.adapters.disk import add_file, exclusive, replace_file, sweep
from tests.release.adapters.killed import CONTENT

ROOT = Path(__file__).parents[3]


def kill_at_each_moment(thing: str, folder: Path) -> list[Path]:
    """Give the states that are left, one for each moment at which the thing was killed."""
    words = [sys.executable, "-m", "tests.release.adapters.killed", thing, str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    moments = int(done.stdout)
    assert moments > 3
    return [folder / f"after-{moment}" for moment in range(1, moments + 1)]


def test_a_file_is_replaced_and_anybody_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "file"
    replace_file(file, b"old")
    replace_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert list(file.parent.iterdir()) == [file]


def test_a_file_with_the_same_bytes_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    replace_file(file, b"same")
    before = file.stat()
    replace_file(file, b"same")
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_that_stands_is_never_added_over(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"new")
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        add_file(tmp_path / "source", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "source"]


def test_a_copy_shares_nothing_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"bytes")
    add_file(tmp_path / "source", tmp_path / "file")
    (tmp_path / "source").write_bytes(b"other")
    assert (tmp_path / "file").read_bytes() == b"bytes"


def test_a_source_that_is_missing_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        add_file(tmp_path / "source", tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_sweeping_takes_what_was_half_written_and_nothing_else(tmp_path: Path) -> None:
    for name in (".a1b2.part", "alpha.whl", ".lock", "part"):
        (tmp_path / name).write_bytes(b"")
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "alpha.whl", "part"]


def test_a_replacement_that_is_killed_leaves_the_old_file_or_the_new_one(memory: Path) -> None:
    replace_file(memory / "before" / "file", b"old")
    seen = {(after / "file").read_bytes() for after in kill_at_each_moment("replace", memory)}
    assert seen == {b"old", CONTENT}


def test_an_addition_that_is_killed_leaves_the_whole_file_or_none(memory: Path) -> None:
    (memory / "before").mkdir()
    (memory / "content").write_bytes(CONTENT)
    for after in kill_at_each_moment("add", memory):
        visible = {path.name: path.read_bytes() for path in after.glob("[!.]*")}
        assert visible in ({}, {"added": CONTENT})
        sweep(after)
        assert not list(after.glob(".*"))


def test_one_at_a_time_may_write(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []
    start = Barrier(4)

    def write(number: int) -> None:
        start.wait()
        for _ in range(25):
            with exclusive(tmp_path / "dist"):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    threads = [Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 100


def test_a_writer_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    program = (
        "import os, signal, pathlib, sys\n"
        "from release.adapters.disk import exclusive\n"
        "with exclusive(pathlib.Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -9
    with exclusive(tmp_path):
        assert (tmp_path / ".lock").exists()
