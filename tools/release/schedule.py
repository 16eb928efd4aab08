"""Do work in the order of what needs what, side by side where nothing is needed, until it is done or held back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def find_waves(needs: Mapping[Key, frozenset[Key]]) -> tuple[tuple[Key, ...], ...]:
    """Give what can go at the same time, wave after wave."""
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    waves = []
    while sorter.is_active():
        ready = sorter.get_ready()
        waves.append(tuple(ready))
        sorter.done(*ready)
    return tuple(waves)


def do_in_order(
    needs: Mapping[Key, frozenset[Key]], work: Callable[[Key, Mapping[Key, Value]], Value], jobs: int
) -> dict[Key, Value]:
    """Do the work for each key once everything it needs was done; the work sees what was made so far."""
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    made: dict[Key, Value] = {}
    running: dict[Future[Value], Key] = {}
    pool = ThreadPoolExecutor(jobs)
    try:
        while sorter.is_active():
            for key in sorter.get_ready():
                running[pool.submit(work, key, dict(made))] = key
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                key = running.pop(future)
                made[key] = future.result()
                sorter.done(key)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return made
