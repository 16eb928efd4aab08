"""Ended at any moment: nothing half-done is visible, and the same command again ends well."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.release.scene import digests, require_sound_index

if TYPE_CHECKING:
    from tests.release.scene import Scene

STEPS = ("verify", "build", "smoke", "attest", "publish")
_SLOW = """\
import pathlib, subprocess, sys, time, pytest

@pytest.mark.smoke
def test_it_takes_long():
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep({seconds})"])
    pathlib.Path({flag!r}).touch()
    time.sleep({seconds})
"""


def descendants(marker: str) -> list[str]:
    """Give the command lines of processes that have a text in their environment: whoever a run has left behind."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            inherited, words = (process / "environ").read_bytes(), (process / "cmdline").read_bytes()
            folder = str((process / "cwd").readlink())
        except OSError:
            continue  # it has ended, or belongs to somebody else
        if int(process.name) != os.getpid() and (marker.encode() in inherited + words or marker in folder):
            found.append(words.replace(b"\0", b" ").decode(errors="replace"))
    return found


def wait_for(process: subprocess.Popen[str], step: str) -> None:
    """Read what the process says until it has ended a step, or everything."""
    assert process.stderr
    for line in process.stderr:
        if line.split()[1:2] == [step]:
            return


def require_whole(scene: Scene) -> None:
    """Require that whatever is in `dist/` is whole: a page, an artifact that its neighbours agree with, a receipt."""
    dist = scene.repository.root / "dist"
    require_sound_index(dist / "index")
    visible = {name: digest for name, digest in digests(dist).items() if not Path(name).name.startswith(".")}
    by_name: dict[str, set[str]] = {}
    for name, digest in visible.items():
        if name.endswith((".whl", ".tar.gz")):
            by_name.setdefault(Path(name).name, set()).add(digest)
    assert all(len(found) == 1 for found in by_name.values()), by_name
    for name in visible:
        if name.endswith(".json"):
            assert (dist / name).read_text().endswith("}\n"), f"{name} is cut off"


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_is_killed_after_a_step_is_finished_by_the_next(scene: Scene, step: str) -> None:
    scene.add("alpha", requires=["packaging>=24"]).tagged("alpha/v0.1.0")
    process = scene.release.start("run")
    wait_for(process, step)
    process.kill()
    process.communicate()
    require_whole(scene)
    scene.release("run").expect(0)
    require_whole(scene)
    scene.release("verify").expect(0)
    assert len(scene.versions("alpha")) == 2


def test_a_run_that_is_killed_at_any_moment_of_publishing_is_finished_by_the_next(scene: Scene) -> None:
    scene.add("alpha", "beta").tagged("alpha/v0.1.0", "beta/v0.1.0")
    delays = random.Random(20260102)  # noqa: S311  # any moments will do, the same ones each time
    for _ in range(3):
        process = scene.release.start("run")
        for _ in range(2):
            wait_for(process, "attest")
        try:
            process.wait(delays.uniform(0, 0.12))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        require_whole(scene)
    ended = scene.release("run").expect(0)
    assert "failed" not in ended.out
    require_whole(scene)
    scene.release("verify").expect(0)
    assert all(len(scene.versions(name)) == 2 for name in ("alpha", "beta"))
    assert sorted((scene.repository.root / "dist").rglob("*.part")) == []


@pytest.mark.parametrize("step", ["verify", "build", "document", "attest", "publish"])
def test_an_interrupt_after_a_step_leaves_nothing_but_what_is_whole(scene: Scene, step: str) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    process = scene.release.start("run", "--json")
    wait_for(process, step)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode in {130, 0}, err
    if process.returncode:
        assert "error: interrupted: what was done stays done" in err
        assert "hint: run the same command again" in err
        assert '"exit_code": 130' in out
    require_whole(scene)
    assert scene.scratch_folders == []
    assert descendants(str(scene.temporary)) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_ends_what_runs_at_once_and_records_nothing(
    scene: Scene, tmp_path: Path, number: signal.Signals
) -> None:
    flag = tmp_path / "the test runs"
    scene.add("alpha", files={"tests/test_alpha.py": _SLOW.format(flag=str(flag), seconds=120)})
    scene.tagged("alpha/v0.1.0")
    process = scene.release.start("run")
    assert process.stderr
    while not flag.exists():
        assert process.poll() is None
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "refused" not in err
    assert scene.published == {}
    assert scene.scratch_folders == []
    assert descendants(str(scene.temporary)) == []
