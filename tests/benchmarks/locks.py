"""`cluster lock` of fifty clusters that share packages: in one command, beside a command for each."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.comparison import Comparison
from tests.benchmarks.stopwatch import plain_environment, run, time_once
from tests.cluster.locksmith import Publisher
from tests.release.repository import Repository
from tests.repository.tree import ROOT
from tests.servers.index import PackageIndex
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLUSTERS = 50
PACKAGES = 60
_SAMPLE = 10
_DELAY = 0.02
"""Seconds that the index takes for an answer."""
_FASTER = 2
_RUNTIMES = ("14.3", "15.4", "16.4", "17.3")


def measure() -> Iterator[Comparison]:
    """Lock all in one command, and a fifth of them one by one; either way uv's cache is cold at first."""
    return _measure(_SAMPLE)


def measure_fully() -> Iterator[Comparison]:
    """Lock every one of them one by one."""
    return _measure(CLUSTERS)


def _measure(sample: int) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as folder, PackageIndex(Path(folder, "index")) as index:
        root = Path(folder).resolve()
        names = _make(root, root / "index")
        index.delay = _DELAY
        together = time_once(lambda: _lock(root, index, "together", names))
        first = time_once(lambda: _lock(root, index, "alone", names[:1]))
        some = sum(time_once(partial(_lock, root, index, "alone", [name])) for name in names[1:sample])
    times = (CLUSTERS - 1) / (sample - 1)
    how = f"{CLUSTERS} commands for one each" + (f" ({sample} measured)" if sample < CLUSTERS else "")
    yield Comparison(
        subject=f"lock {CLUSTERS} clusters that share {PACKAGES} packages",
        seconds=together,
        against=how,
        against_seconds=first + some * times,
        times_faster=_FASTER,
    )


def _make(root: Path, folder: Path) -> list[str]:
    """Write packages that need each other, and cluster files that ask for six of them each, on four runtimes."""
    for number in range(PACKAGES):
        requires = [f"part-{other}" for other in (number * 2 + 1, number * 2 + 2) if other < PACKAGES]
        for version in ("1.0", "1.1", "2.0"):
            write_wheel(folder, f"part-{number}", version, requires=requires)
    repository = Repository(root / "repository")
    for name, value in {"name": "Ada Lovelace", "email": "ada@example.com"}.items():
        repository.git("config", f"user.{name}", value)
    for path in (ROOT / "databricks" / "runtimes").iterdir():
        repository.write(f"databricks/runtimes/{path.name}", path.read_bytes())
    names = [f"cluster-{number:02}" for number in range(CLUSTERS)]
    for number, name in enumerate(names):
        asked = "".join(f'part-{(number + each * 7) % PACKAGES} = "<2"\n' for each in range(6)) + 'alpha = ""\n'
        head = f'runtime = "{_RUNTIMES[number % len(_RUNTIMES)]}"\nsource = "volume"\n'
        text = f'{head}volume = "/Volumes/main/libraries/wheelyard"\n\n[packages]\n{asked}'
        repository.write(f"databricks/clusters/{name}.toml", text)
    repository.add("alpha").commit()
    Publisher(repository.root, root / "config" / "wheelyard").release("alpha/v0.1.0", ["part-0"])
    return names


def _lock(root: Path, index: PackageIndex, cache: str, names: Sequence[str]) -> None:
    """Lock in a process of its own, as a user does."""
    environment = plain_environment() | {
        "UV_DEFAULT_INDEX": index.url,
        "UV_CACHE_DIR": str(root / "caches" / cache),
        "UV_NO_CONFIG": "1",
        "XDG_CONFIG_HOME": str(root / "config"),
    }
    run(
        [sys.executable, "-m", "cluster", "lock", "--from", "local", "--upgrade", *names],
        root / "repository",
        environment,
    )
