"""The guard beside pip itself, where sets of a few wheels made on the spot show every effect there is."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from release.adapters.runtimes import RuntimeGuard, lay_metadata
from release.errors import Unresolvable
from release.model.fates import judge
from tests.release.runtimes import make_runtime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.release.adapters.shop import Shop

RUNTIME = make_runtime(
    {
        "click==8.0": [],
        "joblib==1.2": [],
        "learn==1.1": ["numpy>=1", "scipy>=1", "joblib"],
        "numpy==1.23": [],
        "pandas==1.5": ["numpy>=1.21"],
        "proto==4.0": [],
        "proto-plus==1.0": ["proto<5"],
        "scipy==1.10": ["numpy<1.27,>=1.19"],
    },
    python=f"{sys.version_info.major}.{sys.version_info.minor}",
)
OFFERED: Mapping[str, tuple[str, ...]] = {
    "api==1.0": ("proto<5",),
    "api==2.0": ("proto>=6", "proto-plus>=2"),
    "click==8.5": (),
    "fast==1.0": ("pydantic<2",),
    "fast==2.0": ("pydantic>=2",),
    "joblib==1.6": (),
    "learn==1.5": ("numpy>=1.24", "scipy>=1.6", "joblib>=1.3"),
    "lone==1.0": (),
    "modern==1.0": ("tomli; python_version < '3.10'", "click>=8"),
    "numpy==1.26": (),
    "numpy==2.4": (),
    "old==1.0": ("numpy<2",),
    "pandas==2.2": ("numpy>=1.21",),
    "pandas==3.1": ("numpy>=1.26",),
    "plot==3.0": ("numpy>=1.23",),
    "plot==4.0": ("numpy>=2", "pandas>=2"),
    "proto==5.0": (),
    "proto==6.0": (),
    "proto-plus==2.0": ("proto>=5",),
    "pydantic==1.10": (),
    "pydantic==2.8": ("typing==4.9",),
    "scipy==1.17": ("numpy>=2",),
    "stats==1.0": ("scipy", "pandas"),
    "typing==4.9": (),
}
SETS = (
    ("lone",),
    ("click>=8",),
    ("click>8.0",),
    ("modern",),
    ("numpy>=2",),
    ("numpy>=1.24,<2",),
    ("numpy<1.20",),
    ("learn",),
    ("learn>=1.5",),
    ("learn>=1.5", "numpy<2"),
    ("learn>=1.5", "scipy>=1.17"),
    ("pandas>=2",),
    ("pandas>=2,<3",),
    ("pandas", "old"),
    ("old", "numpy>=2"),
    ("plot",),
    ("plot<4",),
    ("stats",),
    ("stats", "numpy>=1.26"),
    ("api",),
    ("api<2",),
    ("api", "proto<5"),
    ("proto>=5",),
    ("fast",),
    ("fast", "pydantic<2"),
)

PATIENT = {"UV_HTTP_TIMEOUT": "60"}
"""A shop gives up soon, and a busy machine answers late."""


@dataclass(frozen=True)
class Pip:
    """pip, for an environment that ships what the runtime does."""

    shop: Shop
    python: Path

    def install(self, *wanted: str) -> dict[str, str] | None:
        """Give the versions it would install; nothing where none fits."""
        report = self.shop.folder / "report.json"
        words = ["--python", str(self.python), "install", "--dry-run", "--quiet", "--only-binary", ":all:"]
        done = self._run(*words, "--report", str(report), "--index-url", self.shop.server.url, *wanted)
        if done.returncode:
            assert "ResolutionImpossible" in done.stderr or "No matching distribution" in done.stderr, done.stderr
            return None
        said = (each["metadata"] for each in json.loads(report.read_text())["install"])
        return {each["name"]: each["version"] for each in said}

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def pip(shop: Shop) -> Pip:
    for each, needs in OFFERED.items():
        shop.wheel(*each.split("=="), *needs)
    node = shop.folder / "node"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(node)], check=True)
    (packages,) = (node / "lib").glob("python*/site-packages")
    lay_metadata(RUNTIME, packages)
    return Pip(shop, node / "bin" / "python")


def test_what_the_guard_says_is_what_pip_would_do(pip: Pip, tmp_path: Path) -> None:
    guard = RuntimeGuard({**pip.shop.environment, **PATIENT}, tmp_path / "scratch")
    differing = {}
    for wanted in SETS:
        try:
            said = guard.ask(RUNTIME, [Requirement(each) for each in wanted]).installed
        except Unresolvable:
            said = None
        if (theirs := pip.install(*wanted)) != said:
            differing[wanted] = (said, theirs)
    assert not differing


def test_what_the_guard_says_is_broken_is_what_pip_checks(pip: Pip, tmp_path: Path) -> None:
    guard = RuntimeGuard({**pip.shop.environment, **PATIENT}, tmp_path / "scratch")
    wanted = [Requirement("numpy>=2"), Requirement("proto>=5")]
    found = judge(RUNTIME, wanted, guard.ask(RUNTIME, wanted))
    assert found.breaks == {"proto-plus": ("proto<5",), "scipy": ("numpy<1.27,>=1.19",)}
    words = ["--python", str(pip.python), "install", "--quiet", "--only-binary", ":all:", "--ignore-installed"]
    index = ["--index-url", pip.shop.server.url]
    subprocess.run([sys.executable, "-m", "pip", *words, *index, *map(str, wanted)], check=True, capture_output=True)
    for old in ("numpy-1.23", "proto-4.0"):
        (info,) = pip.python.parent.parent.glob(f"lib/python*/site-packages/{old}.dist-info")
        info.rename(tmp_path / info.name)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(pip.python), "check"], capture_output=True, text=True, check=False
    )
    lines = sorted(line.partition(" ")[0] for line in done.stdout.splitlines())
    assert lines == ["proto-plus", "scipy"]
