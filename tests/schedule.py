"""Which tests share a process, and which begin: a file's, a library's, the workflows'; and no two libraries' Spark."""

from __future__ import annotations

import os
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.workermanage import WorkerController


class ByLibrary(LoadScopeScheduling):
    """Hands out whole files, the libraries' tests a library at a time, and those of workflows all together."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        return str(file.parents[-3]) if is_together(str(file)) else str(file)

    def _assign_work_unit(self, node: WorkerController) -> None:
        following = min(self.workqueue, key=partial(self._rank, node))
        self.workqueue.move_to_end(following, last=False)
        super()._assign_work_unit(node)

    def _rank(self, node: WorkerController, scope: str) -> tuple[bool, bool, int]:
        """Put what takes long before what is short: a file of one test is a journey, one of hundreds is a table.

        A process that had one library's Spark is given another's when nothing else is left.
        """
        had_spark = any(map(uses_spark, self.assigned_work[node]))
        return had_spark and uses_spark(scope), not is_together(scope), len(self.workqueue[scope])


def is_together(path: str) -> bool:
    """Whether files stay together, as fixtures of theirs are made once in a process."""
    return path.startswith(("packages/", "tests/workflows"))


@cache
def uses_spark(scope: str) -> bool:
    """Whether a scope is a library whose tests open sessions: a session and its JVM are the whole process's."""
    tests = Path(scope, "tests")
    return scope.startswith("packages/") and any("pyspark" in path.read_text() for path in tests.rglob("conftest.py"))


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByLibrary:
    """Choose the schedule in place of the one that `--dist` names."""
    return ByLibrary(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """Have half as many again as there are processors: much of what is tried waits for a disk or a clock."""
    return -(-(os.cpu_count() or 1) * 3 // 2)
