"""The matrix of what a change affects, for a workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from release.errors import UsageError
from release.model.matrix import MOST_JOBS, as_matrix, gather
from release.steps.affected import affected_jobs
from release.steps.survey import require_head
from release.wiring import find_source

if TYPE_CHECKING:
    from release.session import Session


def print_affected(session: Session, since: str) -> int:
    """Print a matrix of test jobs for what differs from a commit, and hand it to the workflow where there is one."""
    source = find_source(session.settings)
    jobs = affected_jobs(source, session.settings.policy(source.read), require_head(source), since)
    together = jobs if len(jobs) <= MOST_JOBS else gather(jobs)
    if len(together) > MOST_JOBS:
        raise UsageError(
            f"{len(together)} environments are more than the {MOST_JOBS} jobs of one matrix",
            hint="take environments out of [[envs.matrix.matrix]] in hatch.toml",
        )
    matrix = json.dumps(as_matrix(together))
    session.terminal.document(matrix)
    output, _ = session.settings.outputs
    if output:
        packages = json.dumps(list(dict.fromkeys(each.package for each in jobs)))
        with Path(output).open("a", encoding="utf-8") as stream:
            stream.write(f"matrix={matrix}\npackages={packages}\n")
    return 0
