from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING

import pytest

from release.adapters.shelf import Shelf
from release.errors import Conflict
from release.model.artifact import digest_of
from release.model.dist import Dist
from release.model.evidence import Evidence, Judged
from release.model.receipt import Receipt, read_receipt
from tests.release.adapters.killed import EVIDENCE
from tests.release.adapters.test_disk import kill_at_each_moment
from tests.release.doors import COMMIT, altered, make_artifacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release.model.artifact import Artifacts


def judged(artifacts: Artifacts, evidence: Evidence = EVIDENCE) -> Judged:
    return Judged(artifacts, {}, evidence, COMMIT.time)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*")}


def receipt_of(artifacts: Artifacts, tool: str) -> Receipt:
    tag, now = artifacts.release.tag, datetime.now(UTC)
    return Receipt(
        package=tag.package,
        version=str(tag.version),
        tag=str(tag),
        commit=COMMIT.sha,
        channel=tag.channel,
        artifacts=(),
        gates=(),
        publications=(),
        tool=tool,
        started=now,
        finished=now,
    )


def test_artifacts_and_evidence_stand_side_by_side(tmp_path: Path) -> None:
    artifacts, dist = make_artifacts(tmp_path / "made"), Dist(tmp_path / "dist")
    Shelf(dist).keep(judged(artifacts))
    kept = contents(dist.folder(artifacts.release.tag))
    assert kept == {**{each.name: each.path.read_bytes() for each in artifacts}, **EVIDENCE.files}
    assert (dist.root / ".gitignore").read_text() == "*\n"


def test_evidence_is_renewed_and_artifacts_stay(tmp_path: Path) -> None:
    artifacts, dist = make_artifacts(tmp_path / "made"), Dist(tmp_path / "dist")
    Shelf(dist).keep(judged(artifacts))
    wheel = dist.folder(artifacts.release.tag) / artifacts.wheel.name
    before = wheel.stat().st_ino
    Shelf(dist).keep(judged(artifacts, Evidence({"SHA256SUMS": b"new"})))
    assert wheel.stat().st_ino == before
    assert contents(wheel.parent)["SHA256SUMS"] == b"new"


def test_other_bytes_are_a_conflict_and_nothing_is_touched(tmp_path: Path) -> None:
    artifacts, dist = make_artifacts(tmp_path / "made"), Dist(tmp_path / "dist")
    Shelf(dist).keep(judged(artifacts))
    folder = dist.folder(artifacts.release.tag)
    before = contents(folder)
    with pytest.raises(Conflict, match="holds other bytes than the tag gives") as conflict:
        Shelf(dist).keep(judged(altered(artifacts, tmp_path / "other"), Evidence({"SHA256SUMS": b"new"})))
    assert contents(folder) == before
    assert str(folder) in conflict.value.hint


def test_a_receipt_is_replaced_by_the_next_with_its_reports(tmp_path: Path) -> None:
    artifacts, dist = make_artifacts(tmp_path / "made"), Dist(tmp_path / "dist")
    tag = artifacts.release.tag
    for tool in ("first", "second"):
        Shelf(dist).record(tag, receipt_of(artifacts, tool), {"alpha-0.1.0.audit.json": tool.encode()})
    receipt = read_receipt(dist.receipt(tag))
    assert receipt is not None
    assert receipt == replace_times(receipt_of(artifacts, "second"), receipt)
    assert (dist.folder(tag) / "alpha-0.1.0.audit.json").read_text() == "second"


def replace_times(receipt: Receipt, other: Receipt) -> Receipt:
    return receipt.model_copy(update={"started": other.started, "finished": other.finished})


def test_a_shelf_that_is_killed_holds_whole_files_and_is_filled_by_the_next_run(memory: Path) -> None:
    (memory / "before").mkdir()
    artifacts = make_artifacts(memory / "again")
    whole = {each.name: each.sha256 for each in artifacts}
    seen = set()
    for after in kill_at_each_moment("keep", memory):
        dist = Dist(after / "dist")
        folder = dist.folder(artifacts.release.tag)
        there = contents(folder)
        seen.add(len(there))
        assert all(digest_of(folder / name) == digest for name, digest in whole.items() if name in there)
        assert all(there[name] == content for name, content in EVIDENCE.files.items() if name in there)
        Shelf(dist).keep(judged(artifacts))
        assert contents(folder).keys() == whole.keys() | EVIDENCE.files.keys()
        assert not list(after.rglob(".*.part"))
    assert seen == {0, 1, 2, 3, 4}


_HOLDER = """
import logging, sys
from pathlib import Path
from release.adapters.shelf import Shelf
from release.model.dist import Dist
from release.model.tag import parse_tag

logging.basicConfig(format="%(message)s")
with Shelf(Dist(Path(sys.argv[1]))).alone(map(parse_tag, sys.argv[2:])):
    print("alone", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_run(folder: Path, *tags: str) -> Iterator[subprocess.Popen[str]]:
    """Give a process that is alone with some releases until it is told to go on."""
    words = [sys.executable, "-c", _HOLDER, str(folder), *tags]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def says(process: subprocess.Popen[str]) -> str:
    """Give the next line that a process prints."""
    assert process.stdout
    return process.stdout.readline().strip()


def waits(process: subprocess.Popen[str]) -> str:
    """Give what a process says because it waits, and nothing else before."""
    assert process.stdout
    assert process.stderr
    with DefaultSelector() as streams:
        for stream in (process.stdout, process.stderr):
            streams.register(stream, EVENT_READ)
        said = [key.fileobj for key, _ in streams.select(60)]
    assert said == [process.stderr], "it does not wait"
    return process.stderr.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    """Let it go on."""
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def test_a_second_run_of_a_release_waits_says_so_and_comes_after_the_first(tmp_path: Path) -> None:
    with another_run(tmp_path, "alpha/v0.1.0") as first:
        assert says(first) == "alone"
        with another_run(tmp_path, "alpha/v0.1.0") as second:
            assert waits(second).startswith("waiting: another release is writing below")
            tell(first)
            assert says(second) == "alone"
            tell(second)
            assert (first.wait(), second.wait()) == (0, 0)


def test_a_run_of_another_release_does_not_wait(tmp_path: Path) -> None:
    with another_run(tmp_path, "alpha/v0.1.0") as first, another_run(tmp_path, "beta/v0.1.0") as second:
        assert (says(first), says(second)) == ("alone", "alone")


def test_a_run_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    with another_run(tmp_path, "alpha/v0.1.0") as first:
        assert says(first) == "alone"
        first.kill()
        with another_run(tmp_path, "alpha/v0.1.0") as second:
            assert says(second) == "alone"


def test_releases_are_taken_in_one_order_however_they_are_named_so_that_no_two_runs_wait_for_each_other(
    tmp_path: Path,
) -> None:
    with another_run(tmp_path, "beta/v0.1.0") as first:
        assert says(first) == "alone"
        with another_run(tmp_path, "beta/v0.1.0", "alpha/v0.1.0") as second:
            assert waits(second).endswith("beta-0.1.0")
            with another_run(tmp_path, "alpha/v0.1.0") as third:
                assert waits(third).endswith("alpha-0.1.0"), "the second run has it already"
                for ahead, behind in ((first, second), (second, third)):
                    tell(ahead)
                    assert says(behind) == "alone"


def test_a_release_that_is_named_twice_is_waited_for_once(tmp_path: Path) -> None:
    with another_run(tmp_path, "alpha/v0.1.0", "alpha/v0.1.0") as run:
        assert says(run) == "alone"
