"""A machine that releases: everything is built and judged once, and each run is a fork from there.

`python -m tests.release.crash.forked TAG…`, in the repository: says `ready`, and then, for each line that names a
folder for `dist/` and a file for what is said, the number of a process, which begins at the next line, and how it ends.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.loaders

from release.adapters.kms import KmsSigner
from release.adapters.shelf import Shelf
from release.commands.notices import open_notices
from release.commands.summary import conclude
from release.errors import ReleaseError
from release.model.dist import Dist
from release.model.outcome import Ending, Outcome
from release.pipeline import Pipeline
from release.session import Session
from release.step import named
from release.steps.ledger import ask_targets
from release.steps.resume import find_done
from release.steps.select import select_plans
from release.targets import open_targets
from release.wiring import find_source, open_scratch, wire
from tests.servers.world import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.context import Context
    from release.model.evidence import Judged

SECONDS = 1.0
"""For one answer: a release gives a service much more, and the stand-ins need much less."""
_PATIENCE = 5.0
_AHEAD = (
    "boto3",
    "botocore.credentials",
    "botocore.parsers",
    "cryptography.hazmat.primitives.serialization",
    "release.adapters.codeartifact",
    "release.adapters.github",
    "release.adapters.notices.slack",
    "release.adapters.notices.teams",
    "release.adapters.index",
    "release.adapters.s3",
    "requests",
    "rich",
    "tenacity",
    "twine.package",
    "twine.repository",
)
"""What a run imports as it goes: here once, for all of them."""


@dataclass(frozen=True)
class Prepared:
    """Releases that were judged, before anything left this machine."""

    session: Session
    context: Context
    pipeline: Pipeline
    judged: dict[str, Judged | Outcome]

    def run(self, dist: Dist) -> int:
        """Do what is left of `release run`, with little patience: the look before the gates, and all that follows."""
        settings = self.session.settings
        context = replace(
            self.context,
            dist=dist,
            shelf=Shelf(dist),
            targets=open_targets(TARGETS, settings, dist, seconds=SECONDS),
            signer=KmsSigner(settings.kms_key_id, settings.aws_region, seconds=SECONDS),
            patience=_PATIENCE,
        )
        pipeline = Pipeline(self.pipeline.plans, context)
        notices = open_notices(self.session, context, pipeline.plans, "run")
        outcomes = pipeline.publish({name: _look(name, each, context) for name, each in self.judged.items()})
        notices.tell(outcomes)
        return conclude(self.session, outcomes, dist)


def _look(name: str, judged: Judged | Outcome, context: Context) -> Judged | Outcome:
    """Compare what was built with every target, as a run does before it asks the gates."""
    if isinstance(judged, Outcome):
        return judged
    tag = judged.artifacts.release.tag
    try:
        with named(name, "compare"):
            finished = find_done(judged.artifacts, ask_targets(tag, context.targets), context)
    except ReleaseError as error:
        return Outcome(name, Ending.FAILED, error)
    return Outcome(name, Ending.IDENTICAL, receipt=finished) if finished else judged


def prepare(names: Iterable[str], scratch: Path) -> Prepared:
    """Build and judge releases for every target."""
    botocore.loaders.create_loader = cache(botocore.loaders.create_loader)  # 0.2 s of reading AWS's models, each run
    session = Session.open()
    session.as_json = True
    source = find_source(session.settings)
    context = wire(session.settings, source, session.terminal, scratch, to=TARGETS, dist=scratch / "dist")
    plans, wrong = select_plans(source, context.policy, names)
    if wrong:
        raise next(iter(wrong.values()))
    pipeline = Pipeline(plans, context)
    judged = pipeline.prepare()
    for each in judged.values():
        if isinstance(each, Outcome):
            raise each.error or AssertionError(each)
    for library in _AHEAD:
        import_module(library)
    gc.freeze()  # or each fork would copy what it looks through
    gc.disable()
    return Prepared(session, context, pipeline, judged)


def fork(prepared: Prepared, dist: Path, said: Path) -> int:
    """Begin a run in a process of its own, which waits for a line; give its number."""
    assert threading.active_count() == 1, threading.enumerate()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        sys.stdin.readline()
        for number, name in ((1, "json"), (2, "log")):
            os.dup2(os.open(said.with_suffix(f".{name}"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        code = prepared.run(Dist(dist))
    except BaseException:  # noqa: BLE001  # a fork of this process must not go on as if it were this process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve(names: Iterable[str], scratch: Path) -> None:
    """Run as often as is asked for."""
    prepared = prepare(names, scratch)
    print("ready", flush=True)  # noqa: T201  # whoever started this reads it
    while line := sys.stdin.readline():
        dist, said = line.split()
        child = fork(prepared, Path(dist), Path(said))
        print(child, flush=True)  # noqa: T201  # likewise
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # likewise


if __name__ == "__main__":
    with open_scratch() as folder:
        serve(sys.argv[1:], folder)
