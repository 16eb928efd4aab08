"""Nodes that start at once: threads of a few processes, each of which gets a lock's wheels in its own way.

A thousand Pythons are too many for one machine. What every real node does once for itself, with a processor of its own,
a process does once for all of its nodes here: it imports boto3 and reads its models and the trusted certificates. The
rest is what a node does, call by call over HTTP: see `ways`. Where this machine's processors would be what nodes wait
for, time is stretched: every pause and every quota, so that only the machine has more of it.
"""

from __future__ import annotations

import os
import ssl
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

import boto3

from tests.scale.ways import Ended, Place, Way
from tests.servers.account import REGION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

_STACK = 512 * 1024
_TURN = 0.1
"""Seconds that a thread has for itself: every thread that waits for its turn wakes up as often, and does nothing."""
_LONGEST = 600
_MONOTONIC = time.monotonic


@dataclass(frozen=True)
class Outcome:
    """How it went for all nodes of one kind."""

    seconds: tuple[float, ...]
    """When each node that got everything had it, since all began."""
    failed: Counter[str]
    """How many others ended with which code."""

    @property
    def last(self) -> float:
        """When the last node that got everything had it."""
        return max(self.seconds, default=0.0)


@dataclass(frozen=True)
class Machine:
    """What this machine does to the simulation."""

    processes: int = 2
    stretch: float = 1
    """How many of its seconds one second of the simulation takes."""

    def clock(self) -> float:
        """Give the simulation's time, in seconds."""
        return _MONOTONIC() / self.stretch


def start_fleet(way: Way, places: Sequence[Place], environment: dict[str, str], machine: Machine) -> Outcome:
    """Start every node at the same moment, and wait for all."""
    context = get_context("spawn")
    said: Queue[tuple[list[float], Counter[str]]] = context.Queue()
    ready = context.Barrier(machine.processes)
    shares = (places[first :: machine.processes] for first in range(machine.processes))
    started = [
        context.Process(target=_run_share, args=(way, share, environment, machine.stretch, ready, said))
        for share in shares
    ]
    for process in started:
        process.start()
    ended = [said.get(timeout=_LONGEST) for _ in started]
    for process in started:
        process.join()
    failed = sum((codes for _, codes in ended), Counter[str]())
    return Outcome(tuple(sorted(second for seconds, _ in ended for second in seconds)), failed)


def _run_share(  # noqa: PLR0913, PLR0917  # what a process is started with
    way: Way,
    places: Sequence[Place],
    environment: dict[str, str],
    stretch: float,
    ready: Barrier,
    said: Queue[tuple[list[float], Counter[str]]],
) -> None:
    os.environ.update(environment)
    _share_what_machines_have()
    _stretch_time(stretch)
    threading.stack_size(_STACK)
    sys.setswitchinterval(_TURN)
    seconds: list[float] = []
    failed: Counter[str] = Counter()
    begun: list[float] = []
    gate = threading.Barrier(len(places), action=lambda: begun.append(time.monotonic()))

    def live(place: Place) -> None:
        gate.wait()
        try:
            way.get_all(place)
            seconds.append(time.monotonic() - begun[0])
        except Ended as error:
            failed[error.code] += 1
        except Exception as error:  # noqa: BLE001  # a node that is not foreseen to end so has not got its wheels either
            failed[repr(error)] += 1

    threads = [threading.Thread(target=live, args=(place,)) for place in places]
    ready.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said.put((seconds, failed))


class _Shared(ssl.SSLContext):
    """A TLS context for all nodes of a process."""

    def load_verify_locations(self, *_: object, **__: object) -> None:
        """Load nothing: reading certificates takes each node 0.07 s of a processor, which it has for itself."""


def _share_what_machines_have() -> None:
    """Let nodes share boto3's session, which reads its models once, and a TLS context; the process ends with them."""
    session, context = boto3.Session(region_name=REGION), _Shared(ssl.PROTOCOL_TLS_CLIENT)
    session.client("codeartifact")  # threads may share a session that has made a client
    boto3.Session = lambda **_: session
    ssl.create_default_context = lambda *_, **__: context


def _stretch_time(stretch: float) -> None:
    """Let every pause last longer, and every clock that one is measured by go slower."""
    sleep, monotonic, now, begun = time.sleep, time.monotonic, time.time, time.time()
    time.sleep = lambda seconds: sleep(float(seconds) * stretch)
    time.monotonic = lambda: monotonic() / stretch
    time.time = lambda: begun + (now() - begun) / stretch
