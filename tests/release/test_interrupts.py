"""Whoever stops a run gets it stopped: at a lock that another holds, at a service that says nothing."""

from __future__ import annotations

import errno
import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from release.adapters.disk import add_file, exclusive
from tests.servers.vulnerabilities import Fault, Vulnerabilities

if TYPE_CHECKING:
    from tests.release.scene import Scene


def test_a_run_that_waits_for_another_says_so_and_can_be_stopped(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    dist = scene.repository.root / "dist"
    with exclusive(dist):
        process = scene.release.start("run")
        assert process.stderr
        said = next(line for line in process.stderr if line.startswith("waiting: "))
        assert said == f"waiting: another release is writing below {dist}\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "waiting" not in err
    assert scene.published == {}


def test_a_run_that_waited_for_another_goes_on_when_it_is_done(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    with ExitStack() as other:
        other.enter_context(exclusive(scene.repository.root / "dist"))
        process = scene.release.start("run")
        assert process.stderr
        assert any(line.startswith("waiting: ") for line in process.stderr)
        other.close()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert len(scene.versions("alpha")) == 2


def test_a_service_that_says_nothing_holds_no_interrupt_up(scene: Scene, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.fail(Fault.HANG)
    scene.add("alpha").tagged("alpha/v0.1.0")
    process = scene.release.start("run", "--json")
    while not vulnerabilities.requests:
        assert process.poll() is None
        os.sched_yield()
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - begun < 8, "it waited for the service"  # it has ten seconds for each of three tries
    assert process.returncode == 130, err
    assert '"exit_code": 130' in out
    assert scene.published == {}


def _refuse_links(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_where_there_are_no_hard_links_a_file_is_added_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _refuse_links)
    (tmp_path / "source").write_bytes(b"bytes")
    add_file(tmp_path / "source", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"bytes"
    (tmp_path / "source").write_bytes(b"other")
    with pytest.raises(FileExistsError):
        add_file(tmp_path / "source", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"bytes"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "source"]


def test_another_failure_of_a_link_is_told(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"bytes")
    (tmp_path / "file").symlink_to(Path("nowhere"))
    with pytest.raises(FileExistsError):
        add_file(tmp_path / "source", tmp_path / "file")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "source"]
