"""Real sessions and clusters, each started once for the tests that share it."""

from __future__ import annotations

import gc
import sys
import time
import warnings
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql import SparkSession

    OpenSession = Callable[..., AbstractContextManager[SparkSession]]

# The smoke tests run where there is nothing but the declared dependencies, PySpark and pytest.
collect_ignore = [] if find_spec("hypothesis") else ["test_census.py", "test_report.py"]

LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java starts sooner when it does not mean to stay."""
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.memory": "512m",
    "spark.driver.extraJavaOptions": LIGHT,
    "spark.executor.extraJavaOptions": LIGHT,
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


@pytest.fixture(scope="session")
def spark_home() -> Iterator[Path]:
    """Say where PySpark is, as local-cluster and the daemons want it."""
    pyspark = pytest.importorskip("pyspark")
    home = Path(pyspark.__file__).parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_HOME", str(home))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_DAEMON_JAVA_OPTS", LIGHT)
        yield home


@pytest.fixture(scope="session")
def open_session(spark_home: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenSession:
    """Open a classic session on a master, for as long as a `with` lasts; there can be one at a time."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  # only tests that are marked so have it

    @contextmanager
    def open_one(master: str, *, python: str | None = sys.executable) -> Iterator[SparkSession]:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path_factory.mktemp(spark_home.name))
            if python is None:
                patch.delenv("PYSPARK_PYTHON", raising=False)
            else:
                patch.setenv("PYSPARK_PYTHON", python)
            builder = SparkSession.builder.master(master)
            for key, value in SETTINGS.items():
                builder = builder.config(key, value)
            session = builder.getOrCreate()
            yield session
            session.stop()
            collect_sockets()

    return open_one


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let PySpark leave sockets to the garbage collector after every `collect`, and 3.5 use distutils."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore:distutils Version:DeprecationWarning"))


def collect_sockets() -> None:
    """Have PySpark's sockets collected now, where no later test is blamed for them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="session")
def make_environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a Python environment of the running interpreter, with the distributions named."""

    def make(**versions: str) -> Path:
        import venv  # noqa: PLC0415  # few tests need it

        environment = tmp_path_factory.mktemp("environment")
        venv.create(environment, symlinks=True, with_pip=False)
        number = f"python{sys.version_info.major}.{sys.version_info.minor}"
        write_distributions(environment / "lib" / number / "site-packages", **versions)
        return environment

    return make


def write_distributions(folder: Path, **versions: str) -> Path:
    """Write what an installer leaves behind of a distribution with no code in it."""
    for name, version in versions.items():
        metadata = folder / f"{name}-{version}.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
        (metadata / "RECORD").write_text(f"{metadata.name}/METADATA,,\n{metadata.name}/RECORD,,\n", "utf-8")
    return folder


@pytest.fixture(name="write_distributions", scope="session")
def give_write_distributions() -> Callable[..., Path]:
    """Give the function to tests, which cannot import this file."""
    return write_distributions


def wait_for(condition: Callable[[], object], what: str, seconds: float = 300.0) -> None:
    """Wait until something holds, and say what did not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


def count_executors(session: SparkSession) -> int:
    """Count the executors that a classic session knows."""
    return int(session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()) - 1  # noqa: SLF001  # as the library does


@pytest.fixture(scope="session")
def wait_for_executors() -> Callable[[SparkSession, int], None]:
    """Wait until a session has that many executors."""
    return lambda session, number: wait_for(lambda: count_executors(session) == number, f"{number} executors")


@pytest.fixture(name="wait_for", scope="session")
def give_wait_for() -> Callable[[Callable[[], object], str], None]:
    """Give the function to tests, which cannot import this file."""
    return wait_for


@pytest.fixture(scope="session")
def settings() -> dict[str, str]:
    """Give the settings to processes, which start sessions of their own."""
    return SETTINGS
