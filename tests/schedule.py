"""Which tests share a process: those of a file, of a library, of workflows; and that no two libraries share a Spark."""

from __future__ import annotations

from functools import cache
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
        together = file.parts[0] == "packages" or file.parts[:2] == ("tests", "workflows")
        return str(file.parents[-3]) if together else str(file)

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Give a process that had one library's Spark no other's, as long as there is anything else to do."""
        if any(map(uses_spark, self.assigned_work[node])):
            other = next((scope for scope in self.workqueue if not uses_spark(scope)), "")
            if other:
                self.workqueue.move_to_end(other, last=False)
        super()._assign_work_unit(node)


@cache
def uses_spark(scope: str) -> bool:
    """Whether a scope is a library whose tests open sessions: a session and its JVM are the whole process's."""
    tests = Path(scope, "tests")
    return scope.startswith("packages/") and any("pyspark" in path.read_text() for path in tests.rglob("conftest.py"))


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByLibrary:
    """Choose the schedule in place of the one that `--dist` names."""
    return ByLibrary(config, log)
