"""Jobs and their runs, as little of them as a schedule needs: https://docs.databricks.com/api/workspace/jobs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tests.servers.databricks.refusals import must
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.servers.stand_in import Request

Work = Callable[[Mapping[str, Any]], str]
"""What a run does with a job's settings; how it ends: `SUCCESS` or `FAILED`."""


class Jobs:
    """Jobs by their number; a run is done the moment that it is asked for."""

    def __init__(self) -> None:
        self.jobs: dict[int, Mapping[str, Any]] = {}
        self.runs: dict[int, dict[str, Any]] = {}
        self.work: Work = lambda _settings: "SUCCESS"

    def create(self, request: Request) -> Answer:
        """Take a job over."""
        number = len(self.jobs) + 1
        self.jobs[number] = json.loads(request.body)
        return as_json({"job_id": number})

    def list(self, _: Request) -> Answer:
        """Describe all jobs."""
        listed = [{"job_id": number, "settings": settings} for number, settings in self.jobs.items()]
        return as_json({"jobs": listed, "has_more": False} if listed else {"has_more": False})

    def run_now(self, request: Request) -> Answer:
        """Run a job."""
        number = json.loads(request.body)["job_id"]
        must(number in self.jobs, 400, "INVALID_PARAMETER_VALUE", f"Job {number} does not exist.")
        run = len(self.runs) + 1
        state = {"life_cycle_state": "TERMINATED", "result_state": self.work(self.jobs[number])}
        self.runs[run] = {"run_id": run, "job_id": number, "state": state}
        return as_json({"run_id": run, "number_in_job": run})

    def get_run(self, request: Request) -> Answer:
        """Tell how a run ended."""
        number = int(parse_qs(request.query)["run_id"][-1])
        must(number in self.runs, 400, "INVALID_PARAMETER_VALUE", f"Run {number} does not exist.")
        return as_json(self.runs[number])
