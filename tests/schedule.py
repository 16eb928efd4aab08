"""Which tests share a process: those of a file; of a library, as Spark allows one context; and of workflows."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer


class ByLibrary(LoadScopeScheduling):
    """Hands out whole files, the libraries' tests a library at a time, and those of workflows all together."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        together = file.parts[0] == "packages" or file.parts[:2] == ("tests", "workflows")
        return str(file.parents[-3]) if together else str(file)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByLibrary:
    """Choose the schedule in place of the one that `--dist` names."""
    return ByLibrary(config, log)
