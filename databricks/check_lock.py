"""End a job, or stop a notebook, where a node of the cluster does not run what the cluster's lock says.

As the first task of a job, which the others depend on: a Python script task of this file, with `--lock PATH` if the
cluster was not installed by Wheelyard's init script.

In a notebook, in a cell of its own, with this file beside the notebook:

    from check_lock import require_lock
    print(require_lock(spark))

It needs `cluster-inventory`, which asks the driver and every executor what they have: the cluster file has to name it.
The lock is the one that the init script says it has installed on the driver, or the file that is named. Names and
versions are compared, not the bytes of files.

The report goes to standard output, and one line for machines after it: `wheelyard: OK check=lock ...` or
`wheelyard: FAIL check=lock code=... ...`; what to do next goes to standard error. Exit codes: 0 every node runs what
the lock says; 12 a node does not; 15 not every node could be asked, which is no good news; 2 there is no lock, or it is
none; 1 a defect.
"""

# ruff: noqa: INP001, T201  # a script of its own, which answers on standard output

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from cluster_inventory import ClusterReport
    from env_drift import Lock

STATUS = Path("/databricks/wheelyard/installed.json")
"""What the init script writes on every node when all is there."""
PATIENCE = 60.0
"""Seconds within which every executor has to be there: a cluster is RUNNING before all of them are."""
_PAUSE = 1.0
_FACT = re.compile(r"^# (cluster|number): (\S+)$", re.MULTILINE)
_LACKING = "name cluster-inventory in the cluster file, lock it and restart the cluster"


class NotAsLocked(Exception):
    """The tree of refusals, with an exit code and a word on each."""

    code: ClassVar[int] = 1
    word: ClassVar[str] = "defect"

    def __init__(self, message: str, hint: str) -> None:
        """Keep what to do next beside what happened."""
        super().__init__(message)
        self.hint = hint


class NoLock(NotAsLocked):
    """There is nothing to compare with."""

    code = 2
    word = "no-lock"


class Drifted(NotAsLocked):
    """A node runs something else."""

    code = 12
    word = "drift"


class Unheard(NotAsLocked):
    """Not every node could be asked."""

    code = 15
    word = "unheard"


@dataclass(frozen=True)
class Wanted:
    """The lock that every node should have."""

    place: Path
    """The lock itself, or the file that says what of it was installed here."""
    rows: str
    """As a requirements file."""

    def __str__(self) -> str:
        facts = dict(_FACT.findall(self.rows))
        return f"cluster={facts.get('cluster', 'unknown')} lock={facts.get('number', 'unknown')}"

    def read(self) -> Lock:
        """Read it, or raise NoLock."""
        try:
            from env_drift import LockError, read_lock  # noqa: PLC0415  # a node without it is told so
        except ModuleNotFoundError as error:
            raise Unheard(f"{error}: no node was asked", _LACKING) from None
        with TemporaryDirectory() as folder:
            file = Path(folder, "lock.txt")
            file.write_text(self.rows, "utf-8")
            try:
                return replace(read_lock(file), path=str(self.place))
            except LockError as error:
                message = str(error).replace(str(file), str(self.place))
                raise NoLock(message, "lock the cluster again, or name another lock: --lock PATH") from None


def find_lock(given: Path | None = None, status: Path = STATUS) -> Wanted:
    """Find the lock that is given, or else the one that the init script has installed on this node."""
    place = given or status
    try:
        text = place.read_text("utf-8")
        return Wanted(place, text if given else _read_status(text))
    except OSError as error:
        raise NoLock(f"{place}: cannot be read: {error.strerror}", _hint(given)) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NoLock(f"{place}: does not say what was locked: {error!r}", _hint(given)) from None


def _read_status(text: str) -> str:
    said = json.loads(text)
    rows = [f"{name}=={held['version']} --hash=sha256:{held['sha256']}\n" for name, held in said["wheels"].items()]
    return "".join([f"# cluster: {said['cluster']}\n# number: {said['lock']}\n", *rows])


def _hint(given: Path | None) -> str:
    start = "" if given else "start the cluster with its init script, or "
    return f"{start}name a lock of the volume: --lock PATH"


@dataclass(frozen=True)
class Question:
    """Whom to ask, and what counts as drift."""

    driver: bool = True
    """Whether the Python that asks is one of the nodes, which over Spark Connect it need not be."""
    executors: int | None = None
    """How many there must be; what the cluster was started with, if nothing is said."""
    uniform: bool = False
    """Whether what is not locked has to be the same on every node too."""
    patience: float = PATIENCE
    """Seconds within which every executor has to be there."""

    def ask(self, spark: SparkSession, lock: Lock) -> ClusterReport:
        """Hear every node, and ask again while executors are still coming."""
        try:
            from cluster_inventory import CouldNotAsk, check  # noqa: PLC0415  # a node without it is told so
        except ModuleNotFoundError as error:
            raise Unheard(f"{error}: no node was asked", _LACKING) from None
        end = time.monotonic() + self.patience
        while True:
            try:
                return check(spark, lock, driver=self.driver, executors=self.executors)
            except CouldNotAsk as error:
                if time.monotonic() >= end:
                    message, _, hint = str(error).partition("\nhint: ")
                    raise Unheard(message, hint) from None
                time.sleep(_PAUSE)

    def judge(self, report: ClusterReport) -> ClusterReport:
        """Give the report back, or raise Drifted with it."""
        if not report.matches or (self.uniform and not report.uniform):
            hint = "restart the cluster, so that every node installs its lock; the init script's logs say what it did"
            raise Drifted(str(report), hint)
        return report


def require_lock(
    spark: SparkSession, lock: str | Path | None = None, question: Question | None = None, *, status: Path = STATUS
) -> ClusterReport:
    """Give the report on every node, or raise Drifted, Unheard or NoLock; `lock` is a path, if given."""
    wanted, question = find_lock(Path(lock) if lock else None, status), question or Question()
    return question.judge(question.ask(spark, wanted.read()))


def main(words: Sequence[str] | None = None) -> int:
    """Ask, print what was found, and give the exit code."""
    given = _parse(words)
    question = Question(not given.no_driver, given.executors, given.uniform, given.patience)
    facts = ""
    try:
        wanted = find_lock(given.lock, given.status)
        facts = f" {wanted}"
        lock = wanted.read()
        report = question.judge(question.ask(_open_session(), lock))
    except NotAsLocked as error:
        print(error)
        print(f"wheelyard: FAIL check=lock code={error.word}{facts}", flush=True)
        print(f"hint: {error.hint}", file=sys.stderr)
        return error.code
    print(report)
    print(f"wheelyard: OK check=lock{facts} nodes={len(report.nodes)}")
    return 0


def _open_session() -> SparkSession:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  # what is wrong with the lock is said before Spark starts
    except ModuleNotFoundError as error:
        raise Unheard(f"{error}: no node was asked", "run it on the cluster, which brings PySpark") from None
    return SparkSession.builder.getOrCreate()


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="check_lock.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--lock", type=Path, metavar="PATH", help="a lock in the volume; else the one installed here")
    parser.add_argument("--status", type=Path, default=STATUS, metavar="PATH", help="what the init script wrote")
    parser.add_argument("--no-driver", action="store_true", help="leave out the Python that asks")
    parser.add_argument("--executors", type=_at_least_one, metavar="N", help="how many there must be")
    parser.add_argument("--uniform", action="store_true", help="what is not locked has to be the same everywhere too")
    parser.add_argument("--patience", type=float, default=PATIENCE, metavar="SECONDS", help="for executors to come")
    return parser.parse_args(words)


def _at_least_one(text: str) -> int:
    if int(text) < 1:
        raise ValueError
    return int(text)


if __name__ == "__main__":
    code = main()
    if code:  # a job's Python may take even `sys.exit(0)` for a failure
        sys.exit(code)
