"""Clusters of several processes on this machine: standalone ones whose workers may differ, and a Connect server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from pyspark.sql import SparkSession

    WaitFor = Callable[[Callable[[], object], str], None]


def find_children(parent: int, word: str = "") -> list[int]:
    """Find the processes that a process has started, with a word in their command lines."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                status = (entry / "stat").read_text("utf-8", "replace")
                words = (entry / "cmdline").read_text("utf-8", "replace")
            except OSError:
                continue
            if int(status.rpartition(")")[2].split()[1]) == parent and word in words:
                found.append(int(entry.name))
    return found


@dataclass
class Daemon:
    """A process that runs until it is stopped, and the log it writes."""

    process: subprocess.Popen[bytes]
    log: Path

    def says(self, words: str, times: int = 1) -> bool:
        """Whether the log has these words so many times; a process that has ended says no more."""
        assert self.process.poll() is None, self.log.read_text("utf-8")
        return self.log.read_text("utf-8").count(words) >= times

    def find(self, pattern: str) -> str:
        """Find what the log says in the pattern's brackets."""
        found = re.search(pattern, self.log.read_text("utf-8"))
        assert found, pattern
        return found[1]

    def stop(self) -> None:
        """End the process and what it has started."""
        children = find_children(self.process.pid)
        self.process.kill()
        self.process.wait()
        for child in children:
            end(child)


def end(process: int) -> None:
    """End a process that may have ended already."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


@dataclass
class Daemons:
    """The processes of one module's tests, by name; `folder` takes their logs and work."""

    home: Path
    folder: Path
    wait_for: WaitFor
    running: dict[str, Daemon] = field(default_factory=dict)
    master: str = ""

    def start(self, name: str, command: str, *words: str, **environment: str) -> Daemon:
        """Start a script of Spark's under a name."""
        log = self.folder / f"{name}.log"
        told = {key: value for key, value in os.environ.items() if not key.startswith("PYSPARK_")}
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [self.home / "bin" / command, *words],
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={**told, "SPARK_HOME": str(self.home), "SPARK_LOCAL_IP": "127.0.0.1", **environment},
                cwd=self.folder,
            )
        self.running[name] = Daemon(process, log)
        return self.running[name]

    def start_master(self) -> None:
        """Start a standalone master on a free port."""
        words = ("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = self.start("master", "spark-class", *words)
        self.wait_for(lambda: master.says("I have been elected leader"), "a master")
        self.master = master.find(r"Starting Spark master at (spark://\S+)")

    def start_worker(self, name: str, environment: Path) -> None:
        """Start a worker of one core, whose `python3` is that of an environment."""
        words = ["org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g"]
        words += ["--webui-port", "0", "--work-dir", str(self.folder / name), self.master]
        path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.start(name, "spark-class", *words, PATH=path)

    def find_executor(self, name: str) -> int:
        """Find the process of the executor that a worker runs."""
        found: list[int] = []

        def look() -> bool:
            found[:] = find_children(self.running[name].process.pid, "--executor-id")
            return len(found) == 1

        self.wait_for(look, f"an executor of {name}")
        return found[0]


@pytest.fixture(scope="package")
def daemons(spark_home: Path, tmp_path_factory: pytest.TempPathFactory, wait_for: WaitFor) -> Iterator[Daemons]:
    """Start processes on demand, and end every one when the module is done."""
    made = Daemons(spark_home, tmp_path_factory.mktemp("daemons"), wait_for)
    yield made
    for daemon in reversed(made.running.values()):
        daemon.stop()


@pytest.fixture(scope="package")
def standalone(
    daemons: Daemons,
    make_environment: Callable[..., Path],
    open_session: Callable[..., AbstractContextManager[SparkSession]],
    wait_for_executors: Callable[..., None],
) -> Iterator[SparkSession]:
    """Open a session on a cluster of two workers that really differ, each having what stands here and no more."""
    daemons.start_master()
    daemons.start_worker("first", make_environment(parser="1.0", writer="2.0"))
    daemons.start_worker("second", make_environment(parser="1.1", reader="3.0"))
    with open_session(daemons.master, python=None) as session:
        wait_for_executors(session, 2)
        yield session


@pytest.fixture(scope="package")
def add_worker(daemons: Daemons) -> Callable[[str], None]:
    """Start one more worker, whose Python is that of the tests."""
    return lambda name: daemons.start_worker(name, Path(sys.prefix))


@pytest.fixture(scope="package")
def find_executor(daemons: Daemons) -> Callable[[str], int]:
    """Find the process of the executor that a worker runs."""
    return daemons.find_executor


@pytest.fixture(scope="package")
def stop_worker(daemons: Daemons) -> Callable[[str], None]:
    """End a worker and its executor, for good."""
    return lambda name: daemons.running[name].stop()


@pytest.fixture(scope="package")
def start_server(daemons: Daemons, settings: dict[str, str]) -> Callable[[str, int], str]:
    """Start a Spark Connect server on a master, and tell its address when it has that many executors to count."""

    def start(master: str, executors: int) -> str:
        words = ["--master", master, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
        port = {"spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": "0"}
        words += [word for key, value in {**settings, **port}.items() for word in ("--conf", f"{key}={value}")]
        name = f"server-{len(daemons.running)}"
        server = daemons.start(name, "spark-submit", *words, "spark-internal", PYSPARK_PYTHON=sys.executable)
        daemons.wait_for(lambda: server.says("Spark Connect server started at"), "a Connect server")
        daemons.wait_for(lambda: server.says("Registered executor ", executors), f"{executors} executors")
        found = server.find(r"Spark Connect server started at: \S*:(\d+)")
        return f"sc://127.0.0.1:{found}"

    return start
