"""How many executors there are, and how that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_inventory.errors import CouldNotAsk

if TYPE_CHECKING:
    from collections.abc import Callable

    Settings = Callable[[str], str | None]

TAGS = "spark.databricks.clusterUsageTags"
FIXES_PARALLELISM = ("spark.default.parallelism", "spark.sql.leafNodeDefaultParallelism")
LOCAL_CLUSTER = re.compile(r"local-cluster\[\s*(?P<executors>\d+)\s*,")


@dataclass(frozen=True)
class Census:
    """
    The executors at one moment; an equal one later says that nothing changed in between.

    `executors` is None where the session cannot count them. `slots` is the number of tasks that fill every executor,
    None where nobody can tell. `members` are the addresses that Spark has for its processes.
    """

    executors: int | None
    slots: int | None
    members: frozenset[str] = frozenset()


def is_local(settings: Settings) -> bool:
    """Whether the driver's own process runs the tasks."""
    master = settings("spark.master") or ""
    return master == "local" or master.startswith("local[")


def read_declared(settings: Settings) -> tuple[int, str] | None:
    """Find the number of executors that the cluster was started with, and the setting that says so."""
    if found := LOCAL_CLUSTER.match(settings("spark.master") or ""):
        return int(found["executors"]), "spark.master"
    if told := settings("spark.executor.instances"):
        return int(told), "spark.executor.instances"
    workers = settings(f"{TAGS}.clusterWorkers")
    # On an autoscaling cluster the tag is what it started with.
    if workers and settings(f"{TAGS}.clusterScalingType") == "fixed_size":
        return int(workers), f"{TAGS}.clusterWorkers"
    return None


def count_slots(parallelism: int, settings: Settings) -> int | None:
    """
    Tell from Spark's default parallelism how many tasks run at the same time; None where a setting fixes that.

    Spark's default is the sum of all executors' cores
    (https://spark.apache.org/docs/latest/configuration.html#execution-behavior).
    """
    if any(settings(key) for key in FIXES_PARALLELISM):
        return None
    return parallelism // int(settings("spark.task.cpus") or 1) or None


def expect(census: Census, claimed: int | None, settings: Settings) -> int | None:
    """
    Give the number of executors that must answer; None where filling every slot reaches all, however many.

    Raises CouldNotAsk where the caller, the settings and the count contradict each other, or nothing tells.
    """
    declared = (claimed, "the caller") if claimed is not None else read_declared(settings)
    wanted, source = declared or (None, "")
    counted = census.executors
    if counted is None:
        if wanted is None and census.slots is None:
            raise CouldNotAsk(
                "how many executors there are is not known: Spark Connect does not count them, and "
                f"{' or '.join(FIXES_PARALLELISM)} hides the number of cores\nhint: pass executors="
            )
        return wanted
    if wanted is not None and counted != wanted:
        raise CouldNotAsk(
            f"{counted} of {wanted} executors are registered ({source} says {wanted})\n"
            "hint: wait until all are there, or pass the right number as executors=",
            expected=wanted,
        )
    if counted == 0:
        raise CouldNotAsk("no executor is registered, and this is not local mode\nhint: wait until one is there")
    return counted


def choose_sizes(census: Census, expected: int | None) -> tuple[int, ...]:
    """
    Give the numbers of tasks to try, in order, until every executor has been heard.

    A counted cluster is asked with a task for each, which Spark deals out one by one; where busy executors make two
    fall on one, and where nobody counts, every slot is filled.
    """
    if census.executors is None or expected is None:
        return tuple(size for size in (census.slots or expected,) if size is not None)
    return (expected, census.slots) if census.slots and census.slots > expected else (expected,)
