"""Twenty packages published to services that are 50 ms away, beside the calls they take and the tools of others."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.comparison import Comparison
from tests.benchmarks.dialogue import Dialogue
from tests.benchmarks.repositories import make_packages
from tests.benchmarks.services import serve_vulnerabilities
from tests.benchmarks.stopwatch import plain_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MANY = 20
NEEDING = 2
"""Packages that need the first of them, and so are published after it: two waves."""
WAVES = 2
DELAY = 0.05
"""Seconds that a service takes for an answer."""
_FAR = 0.3
"""Seconds at which calls that go side by side are seen to, however busy this machine is."""
_ROUNDS = 3
_OLDER = 200


@dataclass(frozen=True)
class Yard:
    """Services far away, and a machine that has judged what it publishes there."""

    far: Dialogue
    publisher: Dialogue
    tags: Mapping[str, str]

    def publish(self, tags: Iterable[str], delay: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Publish into services that hold nothing; give what it took, and all calls."""
        self.far.ask("begin", seconds=delay)
        return self.publish_again(tags)

    def publish_again(self, tags: Iterable[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Publish into services as they are."""
        wanted = list(tags)
        worked = self.far.ask("cpu")
        took = self.publisher.ask("publish", tags=wanted)
        if took["endings"] != dict.fromkeys(wanted, "released"):
            raise RuntimeError(f"not everything was released: {took}")
        took["far_cpu"] = self.far.ask("cpu") - worked
        return took, self.far.ask("tell")


def open_yard(stack: ExitStack) -> Yard:
    """Start everything, and build and judge the packages."""
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve()
    repository = scratch / "repository"
    repository.mkdir()
    tags = [f"{name}/v0.1.0" for name in make_packages(repository, MANY, needing_first=NEEDING)]
    far = stack.enter_context(
        Dialogue("tests.benchmarks.far", folder=scratch, environment=plain_environment(), log=scratch / "far.log")
    )
    osv = stack.enter_context(serve_vulnerabilities())
    environment = {
        **plain_environment(),
        **far.ask("environment"),
        "RELEASE_OSV_URL": f"{osv}/v1/query",
        "RELEASE_PYPI_JSON_URL": f"{osv}/pypi",
    }
    publisher = stack.enter_context(
        Dialogue(
            "tests.benchmarks.publisher",
            *tags,
            folder=repository,
            environment=environment,
            log=scratch / "publisher.log",
        )
    )
    commits = publisher.ask("tags")
    far.ask("tag", tags=commits)
    return Yard(far, publisher, commits)


def longest_chain(calls: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give the most calls of which each began after the one before had been answered."""
    chain: list[Mapping[str, Any]] = []
    for call in sorted(calls, key=lambda call: float(call["ended"])):
        if not chain or call["began"] >= chain[-1]["ended"]:
            chain.append(call)
    return chain
