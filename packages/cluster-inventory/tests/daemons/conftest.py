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

    WaitFor = Callable[[Callable[[], object], str], None]

SERVER_IS_READY = "Spark Connect server started at"
SERVER_ADDRESS = re.compile(rf"{SERVER_IS_READY}: \S*:(\d+)")
MASTER_ADDRESS = re.compile(r"Starting Spark master at (spark://\S+)")


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

    def says(self, words: str) -> bool:
        """Whether the log has these words; a process that has ended says no more."""
        assert self.process.poll() is None, self.log.read_text("utf-8")
        return words in self.log.read_text("utf-8")

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

    def start(self, name: str, command: str, *words: str, ready: str, **environment: str) -> Daemon:
        """Start a script of Spark's under a name, and wait until its log says that it is ready."""
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
        made = self.running[name] = Daemon(process, log)
        self.wait_for(lambda: made.says(ready), f"{ready} in {log}")
        return made

    def start_master(self) -> str:
        """Start a standalone master on a free port and give its address."""
        words = ("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = self.start("master", "spark-class", *words, ready="I have been elected leader")
        found = MASTER_ADDRESS.search(master.log.read_text("utf-8"))
        assert found
        return found[1]

    def start_worker(self, name: str, environment: Path) -> None:
        """Start a worker of one core, whose `python3` is that of an environment."""
        words = ["org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g"]
        words += ["--webui-port", "0", "--work-dir", str(self.folder / name), self.master]
        path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.start(name, "spark-class", *words, ready="Successfully registered", PATH=path)

    def find_executor(self, name: str) -> int:
        """Find the process of the executor that a worker runs."""
        found: list[int] = []

        def look() -> bool:
            found[:] = find_children(self.running[name].process.pid, "--executor-id")
            return len(found) == 1

        self.wait_for(look, f"an executor of {name}")
        return found[0]


@pytest.fixture(scope="module")
def daemons(spark_home: Path, tmp_path_factory: pytest.TempPathFactory, wait_for: WaitFor) -> Iterator[Daemons]:
    """Start processes on demand, and end every one when the module is done."""
    made = Daemons(spark_home, tmp_path_factory.mktemp("daemons"), wait_for)
    yield made
    for daemon in reversed(made.running.values()):
        daemon.stop()


@pytest.fixture(scope="module")
def start_workers(daemons: Daemons) -> Callable[..., str]:
    """Start a master and a worker of each name, in the environment given, and tell the master's address."""

    def start(**environments: Path) -> str:
        daemons.master = daemons.start_master()
        for name, environment in environments.items():
            daemons.start_worker(name, environment)
        return daemons.master

    return start


@pytest.fixture(scope="module")
def add_worker(daemons: Daemons) -> Callable[[str], None]:
    """Start one more worker, whose Python is that of the tests."""
    return lambda name: daemons.start_worker(name, Path(sys.prefix))


@pytest.fixture(scope="module")
def find_executor(daemons: Daemons) -> Callable[[str], int]:
    """Find the process of the executor that a worker runs."""
    return daemons.find_executor


@pytest.fixture(scope="module")
def stop_worker(daemons: Daemons) -> Callable[[str], None]:
    """End a worker and its executor, for good."""
    return lambda name: daemons.running[name].stop()


@pytest.fixture(scope="module")
def start_server(daemons: Daemons) -> Callable[[str], str]:
    """Start a Spark Connect server on a master, and tell its address."""

    def start(master: str) -> str:
        words = ["--master", master, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
        settings = {
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": "0",
            "spark.driver.host": "127.0.0.1",
            "spark.executor.memory": "512m",
            "spark.ui.enabled": "false",
        }
        words += [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
        server = daemons.start(
            "server", "spark-submit", *words, "spark-internal", ready=SERVER_IS_READY, PYSPARK_PYTHON=sys.executable
        )
        found = SERVER_ADDRESS.search(server.log.read_text("utf-8"))
        assert found
        return f"sc://127.0.0.1:{found[1]}"

    return start
