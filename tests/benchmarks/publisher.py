"""A machine that has built and judged releases, and publishes them to targets far away, each time in a fork.

`python -m tests.benchmarks.publisher TAG…`, in a `Dialogue`, in the repository: what is measured is publishing alone.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from release.adapters.shelf import Shelf
from release.model.dist import Dist
from release.model.outcome import Outcome
from release.pipeline import Pipeline
from release.session import Session
from release.steps.select import select_plans
from release.targets import open_targets
from release.wiring import find_source, open_scratch, wire
from tests.benchmarks.dialogue import answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.evidence import Judged
    from release.settings import Settings

TARGETS = ("codeartifact", "s3", "github")
_AHEAD = (
    "boto3",
    "botocore.credentials",
    "botocore.parsers",
    "cryptography.hazmat.primitives.serialization",
    "requests",
    "rich",
    "tenacity",
    "twine.package",
    "twine.repository",
)


class Publisher:
    """A pipeline whose releases are judged, and the settings by which it is wired anew for each run."""

    def __init__(self, names: Iterable[str], scratch: Path) -> None:
        session = Session.open()
        self._settings: Settings = session.settings
        source = find_source(session.settings)
        context = wire(session.settings, source, session.terminal, scratch, to=TARGETS, dist=scratch / "dist")
        plans, wrong = select_plans(source, context.policy, names)
        for error in wrong.values():
            raise error
        self._pipeline = Pipeline(plans, context)
        self._judged = self._pipeline.prepare()
        for each in self._judged.values():
            if isinstance(each, Outcome):
                raise each.error or RuntimeError(f"{each.tag} is {each.ending} before it was published")
        for library in _AHEAD:
            import_module(library)

    @property
    def tags(self) -> dict[str, str]:
        """The commit of each tag."""
        return {name: plan.commit.sha for name, plan in self._pipeline.plans.items()}

    def publish(self, tags: Iterable[str], folder: str) -> dict[str, object]:
        """Publish some of the releases from a shelf that is empty, with doors that nobody has been through."""
        dist = Dist(Path(folder))
        targets = open_targets(TARGETS, self._settings, dist)
        context = replace(self._pipeline.context, dist=dist, shelf=Shelf(dist), targets=targets)
        judged: dict[str, Judged | Outcome] = {name: self._judged[name] for name in tags}
        pipeline = Pipeline({name: self._pipeline.plans[name] for name in judged}, context)
        began, worked = time.perf_counter(), time.process_time()
        outcomes = pipeline.publish(judged)
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
        endings = {each.tag: str(each.ending) for each in outcomes}
        errors = [each.error.message for each in outcomes if each.error]
        return {"seconds": seconds, "cpu": cpu, "endings": endings, "errors": errors}


def publish_apart(publisher: Publisher, tags: Iterable[str], folder: str) -> dict[str, object]:
    """Publish in a fork, so that each run opens its clients and connections itself."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            done = publisher.publish(tags, folder)
            with os.fdopen(writer, "w") as told:
                json.dump(done, told)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as told:
        said = told.read()
    os.waitpid(child, 0)
    if not said:
        raise RuntimeError("publishing ended before it was done")
    document: dict[str, object] = json.loads(said)
    return document


def main() -> None:
    """Judge what is named, and publish as often as is asked for."""
    with open_scratch() as scratch:
        publisher = Publisher(sys.argv[1:], scratch)
        gc.freeze()  # or each fork would copy what it looks through
        answer({"publish": partial(publish_apart, publisher), "tags": lambda: publisher.tags})


if __name__ == "__main__":
    main()
