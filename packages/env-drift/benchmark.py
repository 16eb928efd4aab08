"""env-drift beside pip and sha256sum, over one environment of 300 distributions and 40,000 files."""

from __future__ import annotations

import base64
import hashlib
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DISTRIBUTIONS = 300
FILES = 133
BYTES = 10_000
"""Mean size of a file; 40,000 of them are 400 MB, about what a data science environment holds in small files."""
ROUNDS = 5
METADATA_BY_IMPORTLIB = """
import sys
from importlib.metadata import distributions
print(len([(one.metadata["Name"], one.version) for one in distributions(path=[sys.argv[1]])]))
"""


def measure() -> Iterator[Comparison]:
    """Compare names and versions with `pip list` and importlib.metadata, and digests with `sha256sum`."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
        lock = make_environment(site)
        command = [sys.executable, "-m", "env_drift", "check", str(lock), "--path", str(site)]
        names, pip, metadata = time_in_turn(
            lambda: run([*command, "--names-only"]),
            lambda: run([sys.executable, "-m", "pip", "list", "--path", str(site), "--disable-pip-version-check"]),
            lambda: run([sys.executable, "-c", METADATA_BY_IMPORTLIB, str(site)]),
        )
        subject = f"env-drift: names and versions of {DISTRIBUTIONS} distributions"
        yield Comparison(subject=subject, seconds=names, against="pip list", against_seconds=pip, times_faster=2)
        yield Comparison(subject=subject, seconds=names, against="importlib.metadata", against_seconds=metadata)
        yield Comparison(subject=subject, seconds=names, against="half a second", against_seconds=0.5, times_faster=1)
        listing = Path(folder) / "listing"
        listing.write_bytes(
            b"\0".join(str(file).encode() for file in site.rglob("*") if file.is_file() and file.name != "RECORD")
        )
        files, plain = time_in_turn(
            lambda: run(command),
            lambda: run(["xargs", "-0", "-a", str(listing), "sha256sum", "--binary"]),
        )
        yield Comparison(
            subject=f"env-drift: digests of {DISTRIBUTIONS * FILES} files",
            seconds=files,
            against="sha256sum",
            against_seconds=plain,
            times_as_long=2,
        )


def make_environment(site: Path) -> Path:
    """Write distributions whose files are as their RECORD says, and a lock that they match."""
    site.mkdir(parents=True)
    chance = random.Random(751)  # noqa: S311  # the same environment on every run
    pins = []
    for number in range(DISTRIBUTIONS):
        name = f"package_{number}"
        files = {
            f"{name}/part_{index % 12}/module_{index}.py": chance.randbytes(int(BYTES * chance.uniform(0.1, 1.9)))
            for index in range(FILES - 1)
        }
        files[f"{name}-1.0.{number}.dist-info/METADATA"] = (
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0.{number}\n\n".encode() + b"A long description.\n" * 300
        )
        record = f"{name}-1.0.{number}.dist-info/RECORD"
        rows = [write_file(site / file, file, content) for file, content in files.items()]
        write_file(site / record, record, "\n".join([*rows, f"{record},,"]).encode())
        pins.append(f"package-{number}==1.0.{number}\n")
    lock = site.parents[2] / "requirements.txt"
    lock.write_text("".join(pins), "utf-8")
    return lock


def write_file(path: Path, name: str, content: bytes) -> str:
    """Write one file and give its row of RECORD."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(content)}"


def time_in_turn(*subjects: Callable[[], None]) -> list[float]:
    """Run everything in turn, several rounds, and give the least seconds of each: the rest is the machine's."""
    seconds = [[time_once(subject) for subject in subjects] for _ in range(ROUNDS)]
    return [min(column) for column in zip(*seconds, strict=True)]


def time_once(subject: Callable[[], None]) -> float:
    """Give the seconds of one run."""
    start = time.perf_counter()
    subject()
    return time.perf_counter() - start


def run(command: list[str]) -> None:
    """Run a process that must succeed."""
    subprocess.run(command, check=True, capture_output=True)
