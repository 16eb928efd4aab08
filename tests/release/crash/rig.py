"""A world and a machine that releases into it, again and again, and what an undisturbed release leaves there.

`python -m tests.release.crash.rig REPOSITORY FOLDER TAG…`: says which calls a release makes, and then, for each line
that names a case, how it ended. All of it is JSON, a document in a line.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.release.crash.cases import Case, is_write
from tests.release.crash.machine import KILLED, Machine
from tests.release.crash.state import compare, files_of, look
from tests.release.crash.truth import Truth, wrong_notices
from tests.servers.faults import Call, Fault, Faults
from tests.servers.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

_MOST_RUNS = 4
"""Until there is nothing left to do."""
_FIRST = frozenset({0, 15, KILLED})
"""How a run may end that something happens to."""


@dataclass(frozen=True)
class Tried:
    """How a case ended: the exit codes of its runs, and what is wrong in the end."""

    case: str
    codes: tuple[int, ...]
    problems: tuple[str, ...]
    seconds: float
    is_spent: bool
    """Whether the run came to the call at all."""


class Rig:
    """The world, the machine, and what is true after an undisturbed run."""

    def __init__(self, repository: Path, folder: Path, commits: dict[str, str]) -> None:
        self.tags = tuple(commits)
        self.world = World()
        for tag, commit in commits.items():
            self.world.github.repository.tag(tag, commit)
        self._repository = repository
        self._folder = folder

    def __enter__(self) -> Self:
        with ExitStack() as running:
            running.enter_context(self.world)
            environment = {**os.environ, **self.world.environment}
            self.machine = running.enter_context(Machine(self._repository, self.tags, environment, self._folder))
            self.machine.await_ready()
            self.calls, self.changed = self._run_undisturbed()
            self._running = running.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _run_undisturbed(self) -> tuple[list[Call], set[Call]]:
        self.begin_anew()
        assert self.machine.run() == 0, self.machine.log
        log = self.world.faults
        state = look(self.world, self.machine.dist)
        self.truth = Truth(self.world.kms.key.public, self.tags, state)
        self.world.arm(Faults())
        assert self.machine.run() == 0, self.machine.log
        assert (said := [*self.problems(), *self.traces(files_of(self.machine.dist))]) == [], said
        return log.calls, log.changed

    def begin_anew(self, faults: Faults | None = None) -> None:
        """Take away all that was released, here and everywhere."""
        self.world.empty()
        self.world.arm(faults or Faults())
        shutil.rmtree(self.machine.dist, ignore_errors=True)

    def try_case(self, case: Case) -> Tried:
        """Have it happen, run again until nothing is left to do, and see what it has come to."""
        started = time.monotonic()
        faults = Faults(case.at, case.fault)
        self.begin_anew(faults)
        faults.victim = self.machine.begin()
        self.machine.go()
        codes, said = [self.machine.end()], [self.machine.log]
        is_done = False
        while not is_done and len(codes) < _MOST_RUNS:
            before = files_of(self.machine.dist)
            self.world.arm(Faults())
            codes.append(self.machine.run())
            said.append(self.machine.log)
            is_done = not [*self.traces(before)]
        problems = [*self.problems(), *([] if is_done else self.traces(before))]
        problems += [f"the first run ended with {codes[0]}"] if codes[0] not in _FIRST else []
        problems += [f"the last run ended with {codes[-1]}"] if codes[-1] else []
        told = [f"run {number}:\n{each}" for number, each in enumerate(said, 1)] if problems else []
        return Tried(str(case), tuple(codes), (*problems, *told), time.monotonic() - started, faults.is_spent)

    def problems(self) -> Iterator[str]:
        """Say in what the world differs from that after an undisturbed run."""
        state = look(self.world, self.machine.dist)
        yield from compare(self.truth.undisturbed, state)
        yield from self.truth.doubts(state)
        yield from wrong_notices(self.world.webhooks, self.tags)

    def traces(self, before: Mapping[str, bytes]) -> Iterator[str]:
        """Say what the last run has done, or says that it has: nothing, where there was nothing left to do."""
        if self.machine.endings != dict.fromkeys(self.tags, "identical"):
            yield f"the last run says {self.machine.endings}"
        yield from (f"the last run did this: {call}" for call in self.world.faults.calls if is_write(call))
        if changed := set(before.items()) ^ set(files_of(self.machine.dist).items()):
            yield f"the last run changed {sorted({name for name, _ in changed})}"


def main() -> None:
    """Try what is asked for."""
    repository, folder, *named = sys.argv[1:]
    commits = dict(each.split("=") for each in named)
    with Rig(Path(repository), Path(folder), commits) as rig:
        gc.freeze()  # moto alone is much to look through, again and again
        known = {"calls": [asdict(each) for each in rig.calls], "changed": [asdict(each) for each in rig.changed]}
        print(json.dumps(known), flush=True)  # noqa: T201  # whoever started this reads it
        while line := sys.stdin.readline():
            asked = json.loads(line)
            tried = rig.try_case(Case(Call(**asked["at"]), Fault(asked["fault"])))
            print(json.dumps(asdict(tried)), flush=True)  # noqa: T201  # likewise


if __name__ == "__main__":
    main()
