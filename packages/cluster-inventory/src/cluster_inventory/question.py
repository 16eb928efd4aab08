"""Asking every executor, and proving that it was every one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_inventory.census import choose_sizes, expect, is_local
from cluster_inventory.deadline import run_within
from cluster_inventory.errors import CouldNotAsk
from cluster_inventory.node import read_answer

if TYPE_CHECKING:
    from cluster_inventory.census import Census, Settings
    from cluster_inventory.node import Node
    from cluster_inventory.session import Session

NAMED_ERROR = re.compile(r"\[[A-Z][A-Z0-9_.-]{4,}\][^\n]*")
"""How Spark and PySpark begin the sentence that matters, wherever it stands in a long text."""

STACK = re.compile(r"\n\s+at |\nDriver stacktrace|\nTraceback ")
"""What follows the words of a Java error."""
CALL = "An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.\n: "
"""What Py4J puts before the words of a Java error."""


def ask_executors(session: Session, claimed: int | None, timeout: float) -> tuple[Node, ...]:
    """
    Give every executor's answer, in the order of their ids.

    `timeout` is in seconds, for everything together. Raises CouldNotAsk for whatever else comes.
    """
    try:
        nodes = run_within(timeout, lambda: _interrogate(session, claimed), session.cancel)
    except CouldNotAsk:
        raise
    except TimeoutError as error:
        raise CouldNotAsk(
            f"not every executor answered within {timeout:g} s\n"
            "hint: one may be lost or busy, or there are fewer cores than were asked for; wait, or pass timeout=",
            expected=claimed,
        ) from error
    except Exception as error:
        raise CouldNotAsk(f"Spark could not ask: {summarise(error)}", expected=claimed) from error
    return tuple(sorted(nodes, key=lambda node: (len(node.executor), node.executor, node.address)))


def _interrogate(session: Session, claimed: int | None) -> tuple[Node, ...]:
    refuse_moving_clusters(session.read_setting)
    before = session.take_census()
    expected = expect(before, claimed, session.read_setting)
    heard: dict[str, Node] = {}
    for tasks in choose_sizes(before, expected):
        heard = {node.address: node for node in map(read_answer, session.ask(tasks))}
        if len(heard) == expected:
            break
    names = tuple(sorted(node.name for node in heard.values()))
    if not heard or expected not in {None, len(heard)}:
        raise CouldNotAsk(
            f"{len(heard)} of {expected} executors answered: {', '.join(names)}\n"
            "hint: wait until no other job keeps them busy; if the number is wrong, pass the right one as executors=",
            expected=expected,
            answered=names,
        )
    refuse_change(before, session.take_census(), names)
    return tuple(heard.values())


def refuse_moving_clusters(settings: Settings) -> None:
    """Raise CouldNotAsk where executors come and go by themselves; Spark runs no barrier stage there either."""
    if settings("spark.dynamicAllocation.enabled") == "true" and not is_local(settings):
        raise CouldNotAsk(
            "spark.dynamicAllocation.enabled is true: executors come and go while they are asked\n"
            "hint: ask from a session of a fixed size"
        )


def refuse_change(before: Census, after: Census, answered: tuple[str, ...]) -> None:
    """Raise CouldNotAsk where the executors at the end are not those of the beginning."""
    if after == before:
        return
    gone, new = sorted(before.members - after.members), sorted(after.members - before.members)
    parts = [f"{word} {', '.join(names)}" for word, names in (("gone", gone), ("new", new)) if names]
    raise CouldNotAsk(
        "the executors changed while they were asked"
        + (f" ({'; '.join(parts)})" if parts else f" (cores: {before.slots} before, {after.slots} after)")
        + "\nhint: ask again when the cluster is at rest",
        expected=before.executors,
        answered=answered,
    )


def summarise(error: Exception) -> str:
    """Find the sentence of Spark's that matters, or what stands before the stack of calls."""
    text = str(error)
    if named := NAMED_ERROR.search(text):
        return named[0]
    head = STACK.split(text, maxsplit=1)[0].removeprefix(CALL)
    return f"{type(error).__name__}: {' '.join(head.split())}"
