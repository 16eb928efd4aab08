"""Every call of a release, and everything that can happen to it: the same command again comes to the same end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from tests.release.crash.cases import Case, list_cases, spread
from tests.release.crash.conftest import TAGS
from tests.release.crash.machine import ROOT
from tests.servers.faults import Call, Fault
from tests.summary import SUMMARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Self

    import pytest

    from tests.release.scene import Scene

_LEAST = 400
"""Cases, where all are tried."""
_CHOSEN = 40
"""Cases, where not all are: each of another kind, from all services."""
_WORKERS = 2 * (os.cpu_count() or 1)
"""Twice as many as there are processors: much of what is tried is waiting."""
_HEARD = 100
"""How many cases are tried between two lines of those who wait."""
_LOST = 0.02
"""Of the cases, those whose call may not have come: how often a page is asked for depends on who is quicker."""


class Worker:
    """A rig in a process of its own."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        commit = scene.repository.git("rev-parse", "HEAD")
        words = [str(scene.repository.root), str(folder), *(f"{tag}={commit}" for tag in TAGS)]
        environment = {name: value for name, value in scene.release.environment.items() if "COVERAGE" not in name}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.release.crash.rig", *words],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def cases(self) -> list[Case]:
        """Wait until it is ready, and give every case there is."""
        known = self._read()
        return list_cases([Call(**each) for each in known["calls"]], {Call(**each) for each in known["changed"]})

    def try_case(self, case: Case) -> dict[str, Any]:
        """Try one, and say how it ended."""
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps(asdict(case))}\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the worker ended"
        document: dict[str, Any] = json.loads(line)
        return document


def try_all(crew: Iterable[Worker], cases: Iterable[Case]) -> Iterator[dict[str, Any]]:
    """Try cases, each with the next worker that is free, and give each when it has ended."""
    free: SimpleQueue[Worker] = SimpleQueue()
    for worker in crew:
        free.put(worker)

    def work(case: Case) -> dict[str, Any]:
        worker = free.get()
        tried = worker.try_case(case)
        free.put(worker)
        return tried

    with ThreadPoolExecutor(free.qsize()) as pool:
        for ended in as_completed([pool.submit(work, case) for case in cases]):
            yield ended.result()


def test_whatever_happens_to_a_call_the_same_command_again_ends_as_if_nothing_had(
    three: Scene,
    tmp_path: Path,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    started = time.monotonic()
    with ExitStack() as running:
        folders = [tmp_path / f"worker-{number}" for number in range(_WORKERS)]
        crew = [running.enter_context(Worker(three, folder)) for folder in folders]
        known, *_ = [worker.cases() for worker in crew]
        cases = known if pytestconfig.getoption("every_case", default=False) else spread(known, _CHOSEN)
        tried = []
        for each in try_all(crew, cases):
            tried.append(each)
            if each["problems"] or len(tried) % _HEARD == 0:
                with capsys.disabled():
                    print(f"\n{len(tried)} of {len(cases)}: {each['case']}", *each["problems"], sep="\n", flush=True)  # noqa: T201
    failed = [each for each in tried if each["problems"]]
    record_property(SUMMARY, sum_up(known, tried, time.monotonic() - started))
    assert [each["case"] for each in failed] == []
    assert len(tried) == len(cases)
    assert len(known) >= _LEAST
    assert sum(not each["is_spent"] for each in tried) <= _LOST * len(tried)
    assert len({case.kind for case in cases}) >= min(len(cases), len({case.kind for case in known}))
    assert {case.at.service for case in cases} == {case.at.service for case in known}
    assert {case.fault for case in cases} == {case.fault for case in known}


def sum_up(known: list[Case], tried: list[dict[str, Any]], seconds: float) -> str:
    """Say what was tried, and how it ended."""
    failed = [each for each in tried if each["problems"]]
    runs = Counter(" then ".join(map(str, each["codes"])) for each in tried)
    faults = Counter(each["case"].rpartition(": ")[2] for each in tried)
    lines = [
        f"{len({case.at for case in known})} calls, {len(known)} cases, of {len(tried)} tried {len(failed)} failed",
        f"{seconds:.0f} s; not come to: {sum(not each['is_spent'] for each in tried)}",
        *(f"  {faults[fault]:4}  {fault}" for fault in Fault),
        *(f"  {count:4}  exit codes {codes}" for codes, count in runs.most_common()),
    ]
    return "\n".join(lines)
