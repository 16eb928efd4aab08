"""
What a node says of itself.

Sent to executors by value: nothing here may need more than the standard library and what Spark itself brings,
because an executor that lacks a distribution is what is looked for.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import socket
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GENERATIONS = 4
"""Processes above this one that are looked at for Spark's own; a worker is two below it."""


def answer_rows(rows: Iterable[object]) -> Iterator[str]:
    """Answer in a barrier stage over an RDD."""
    own = await_turn(rows)
    if own is not None:
        yield write_answer("executor", own)


def answer_batches(batches: Iterable[object]) -> Iterator[object]:
    """Answer in a barrier stage over Arrow batches."""
    own = await_turn(batches)
    if own is not None:
        arrow = importlib.import_module("pyarrow")
        yield arrow.RecordBatch.from_pydict({"answer": [write_answer("executor", own)]})


def await_turn(rows: Iterable[object]) -> str | None:
    """Read the input to its end, so that Spark keeps the process, and say who this is if this task speaks."""
    from pyspark import BarrierTaskContext  # noqa: PLC0415  # only a task has one

    for _ in rows:
        continue
    context = BarrierTaskContext.get()
    return find_turn(context.partitionId(), [info.address for info in context.getTaskInfos()])


def find_turn(partition: int, addresses: list[str]) -> str | None:
    """
    Give the executor's address if this task is the first of its executor, else None.

    Spark gives every task of a barrier stage the addresses of all, in the order of their partitions; each is that of
    the connection through which the driver commands an executor, so no two executors share one.
    """
    own = addresses[partition]
    return own if addresses.index(own) == partition else None


def write_answer(role: str, address: str) -> str:
    """Write everything about this node, as JSON."""
    return json.dumps(
        {
            "role": role,
            "host": socket.gethostname(),
            "address": address,
            "executor": "driver" if role == "driver" else find_executor(),
            "executable": sys.executable,
            "environment": read_environment(),
            "distributions": list(read_distributions(sys.path)),
        }
    )


def find_executor() -> str:
    """Find Spark's id of the executor above this process, in its command line; empty where no process tells."""
    process = os.getpid()
    for _ in range(GENERATIONS):
        try:
            # The second field is in brackets and may hold anything; the parent is the second after it.
            process = int(Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
            words = Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace").split("\0")
        except OSError:
            break
        if "--executor-id" in words:
            return words[words.index("--executor-id") + 1]
    return os.environ.get("SPARK_EXECUTOR_ID", "")


def read_environment() -> dict[str, str]:
    """Read this interpreter's values of the marker variables that PEP 508 names."""
    number = sys.implementation.version
    level = "" if number.releaselevel == "final" else f"{number.releaselevel[0]}{number.serial}"
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": f"{number.major}.{number.minor}.{number.micro}{level}",
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "sys_platform": sys.platform,
    }


def read_distributions(paths: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Give name, version and folder of every distribution, in the order of the paths, shadowed ones too."""
    # A folder that stands twice on the path would look like one that holds everything twice.
    folders: dict[str, str] = {}
    for path in paths:
        folders.setdefault(os.path.realpath(path), os.path.abspath(path))  # noqa: PTH100  # where Python looks, not where that leads
    for folder in folders.values():
        for found in metadata.distributions(path=[folder]):
            # The place of the metadata has no public name; without a name in it, the folder's is what is left.
            stem = Path(str(getattr(found, "_path", ""))).stem
            headers = found.metadata
            name = headers["Name"] if "Name" in headers else stem.partition("-")[0]
            version = headers["Version"] if "Version" in headers else ""  # noqa: SIM401  # the protocol has no get
            # pip renames what it is about to remove to ~…; what it leaves behind cannot be imported.
            if not stem.startswith("~"):
                yield name, version, folder
