from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from env_drift.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMAND = [sys.executable, "-m", "env_drift", "check"]


@pytest.fixture
def lock(install: Callable[..., Path], write_lock: Callable[..., Path]) -> Path:
    """Write a lock of foo 1.0, and install it."""
    install("foo", "1.0", {"foo.py": b"good"})
    return write_lock("foo==1.0\n")


@pytest.mark.smoke
def test_a_match_is_0(lock: Path, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(lock), "--path", str(site)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "The environment matches its lock (pins: 1, distributions: 1, files: 2).\n"


@pytest.mark.smoke
def test_drift_is_1_and_is_named(lock: Path, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "foo.py").write_bytes(b"no")
    (site / "evil.pth").write_bytes(b"")
    assert main(["check", str(lock), "--path", str(site)]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"{site}/evil.pth: no RECORD lists this file",
        f"foo: {site}/foo.py should be 4 bytes long, it is 2",
    ]
    assert "differs from its lock in 2 points" in err


@pytest.mark.smoke
@pytest.mark.parametrize("word", ["--names-only", "--no-files"])
def test_names_alone_can_be_asked_for(word: str, lock: Path, site: Path) -> None:
    (site / "foo.py").write_bytes(b"no")
    assert main(["check", str(lock), "--path", str(site), word]) == 0


def test_the_words_reach_the_check(
    lock: Path, site: Path, install: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    install("bar", "2.0")
    (site / "expected.pth").write_bytes(b"")
    words = ["check", str(lock), "--path", str(site), "--allow", "expected.pth"]
    assert main(words) == 0
    assert main([*words, "--extra"]) == 1
    assert capsys.readouterr().out == "bar: 2.0 is installed, and it is not locked\n"


def test_what_was_assumed_is_said(
    lock: Path, install: Callable[..., Path], site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install("foo", "1.0", into=tmp_path / "target")
    assert main(["check", str(lock), "--path", str(tmp_path / "target"), "--path", str(site)]) == 0
    err = capsys.readouterr().err
    assert f"note: foo 1.0 in {site} is shadowed by an earlier path\n" in err
    assert f"note: {tmp_path}/target does not say which Python" in err


@pytest.mark.smoke
def test_json_is_one_document_whatever_happens(lock: Path, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(lock), "--path", str(site), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["matches"] is True
    (site / "foo.py").unlink()
    assert main(["check", str(lock), "--path", str(site), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["differences"][0]["kind"] == "modified"
    assert main(["check", str(lock), "--path", str(site / "absent"), "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["matches"] is None
    assert document["error"]["kind"] == "environment"
    assert main(["check", str(site), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "lock"


@pytest.mark.smoke
def test_no_answer_is_2_and_says_why(write_lock: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write_lock("foo\n"))]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("env-drift: ")
    assert "hint: " in err


@pytest.mark.parametrize(
    ("version", "code"), [("3.9", 1), ("3.9.4", 1), ("3.13.0rc1", 0), ("3", 2), ("x", 2), ("3.9.4x", 2)]
)
def test_a_python_can_be_named(version: str, code: int, write_lock: Callable[..., Path], site: Path) -> None:
    lock = write_lock("foo==1.0 ; python_version < '3.10'\nbar==1.0 ; python_version > '3.10'\n")
    (site / "bar-1.0.dist-info").mkdir()
    (site / "bar-1.0.dist-info" / "METADATA").write_text("Name: bar\nVersion: 1.0\n")
    assert main(["check", str(lock), "--path", str(site), "--names-only", "--python-version", version]) == code


def test_extras_and_groups_of_a_pylock_can_be_named(write_lock: Callable[..., Path], lock: Path, site: Path) -> None:
    package = '[[packages]]\nname = "{}"\nmarker = "\'{}\' in {}"\ndirectory = {{path = "."}}\n'
    text = 'lock-version = "1.0"\ncreated-by = "a test"\nextras = ["x"]\ndependency-groups = ["g"]\n'
    text += package.format("foo", "x", "extras") + package.format("bar", "g", "dependency_groups")
    words = ["check", str(write_lock(text, "pylock.toml")), "--path", str(site), "--with-extra", "x"]
    assert lock.exists()
    assert main(words) == 0
    assert main([*words, "--with-group", "g"]) == 1


@pytest.mark.smoke
def test_the_module_runs_and_exits_with_its_code(lock: Path, site: Path) -> None:
    (site / "foo.py").unlink()
    done = subprocess.run([*COMMAND, str(lock), "--path", str(site)], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (
        1,
        f"foo: {site}/foo.py should be {done.stdout.split(' ')[4]} it is gone\n",
    )


@pytest.mark.smoke
def test_wrong_words_are_2_and_help_has_examples() -> None:
    assert subprocess.run([*COMMAND, "--frobnicate"], check=False, capture_output=True).returncode == 2
    done = subprocess.run([*COMMAND, "--help"], check=True, capture_output=True, text=True)
    assert "examples:\n  env-drift check requirements.txt" in done.stdout


def test_an_interrupt_is_130_without_a_traceback(site: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lock.txt")
    command = [*COMMAND, str(tmp_path / "lock.txt"), "--path", str(site)]
    # Opening the pipe for writing waits until the command reads its lock from it.
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process,
        (tmp_path / "lock.txt").open("wb"),
    ):
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "env-drift: interrupted\n"


def test_a_reader_that_leaves_is_no_answer(lock: Path, site: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*COMMAND, str(lock), "--path", str(site), "--json"]
    done = subprocess.run(command, check=False, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
