"""A Spark cluster of several processes on this machine, whose workers have Pythons that differ."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import venv
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java starts sooner when it does not mean to stay."""
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": LIGHT,
    "spark.executor.extraJavaOptions": LIGHT,
    "spark.executor.memory": "512m",
    "spark.databricks.clusterUsageTags.clusterScalingType": "fixed_size",
    "spark.databricks.clusterUsageTags.clusterWorkers": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""Of every session; the cluster says of itself what a Databricks cluster of two workers does."""
_LONGEST = 600.0
"""Seconds, on a machine that has much else to do."""
_WORKER = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0")


@dataclass
class Standalone:
    """A master and its workers, which run while it is entered."""

    home: Path
    """Where PySpark is."""
    folder: Path
    """Takes logs and work."""
    _running: ExitStack = field(default_factory=ExitStack)
    _master: str = ""

    def __enter__(self) -> Self:
        words = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        log = self._start("master", "org.apache.spark.deploy.master.Master", *words)
        _wait_for(lambda: "I have been elected leader" in log.read_text(), log)
        found = re.search(r"Starting Spark master at (spark://\S+)", log.read_text())
        self._master = found[1] if found else ""
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def add_worker(self, name: str, **versions: str) -> None:
        """Start a worker of one core, whose `python3` has these distributions and no others; sessions expect two."""
        python = make_environment(self.folder / f"{name}-python", **versions)
        path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
        words = (*_WORKER, "--work-dir", str(self.folder / name), self._master)
        log = self._start(name, "org.apache.spark.deploy.worker.Worker", *words, PATH=path)
        _wait_for(lambda: "Successfully registered with master" in log.read_text(), log)

    def run(self, program: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a Python program whose sessions are on this cluster; executors run the `python3` that each worker has."""
        told = " ".join(f"--conf {key}='{value}'" for key, value in {"spark.master": self._master, **SETTINGS}.items())
        return subprocess.run(
            [sys.executable, program, *words],
            env={**self._environment, "PYSPARK_SUBMIT_ARGS": f"{told} pyspark-shell"},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST,
        )

    def _start(self, name: str, *words: str, **environment: str) -> Path:
        log = self.folder / f"{name}.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [self.home / "bin" / "spark-class", *words],
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={**self._environment, **environment},
                cwd=self.folder,
            )
        self._running.callback(process.wait)
        self._running.callback(process.terminate)  # a worker ends its executors when it is asked to end
        return log

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYSPARK_", "SPARK_"))}
        return {
            **kept,
            "SPARK_HOME": str(self.home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_JAVA_OPTS": LIGHT,
        }


def make_environment(folder: Path, **versions: str) -> Path:
    """Give the `python3` of an environment that has these distributions, and no code of theirs."""
    venv.create(folder, symlinks=True, with_pip=False)
    number = f"python{sys.version_info.major}.{sys.version_info.minor}"
    write_distributions(folder / "lib" / number / "site-packages", **versions)
    return folder / "bin" / "python3"


def write_distributions(folder: Path, **versions: str) -> Path:
    """Write what an installer leaves behind of a distribution."""
    for name, version in versions.items():
        metadata = folder / f"{name}-{version}.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (metadata / "RECORD").write_text(f"{metadata.name}/METADATA,,\n{metadata.name}/RECORD,,\n")
    return folder


def _wait_for(condition: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + _LONGEST
    while not condition():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
