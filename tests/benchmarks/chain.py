"""The chain that people write by hand around one package, and the least that any release has to do."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uv

from tests.benchmarks.stopwatch import run

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOOLCHAIN = Path(__file__).parents[2] / "tools" / "release" / "toolchain" / "build.txt"
_HERE = Path(sys.executable).parent


@dataclass(frozen=True)
class ByHand:
    """Tools as their pages show them, one after the other, in a folder of its own for each package."""

    repository: Path
    scratch: Path
    index: str
    """Where twine uploads to."""
    osv_url: str
    environment: Mapping[str, str]

    def release(self, name: str) -> None:
        """Build, check, try, audit, describe, hash and upload one package."""
        folder = self.scratch / "by-hand" / name
        shutil.rmtree(folder, ignore_errors=True)
        dist, environment = folder / "dist", folder / "environment"
        python = environment / "bin" / "python"
        self._run(find_hatch(), "build", dist, cwd=self.repository / "packages" / name)
        files = sorted(dist.iterdir())
        self._run(_HERE / "twine", "check", "--strict", *files)
        self._run(sys.executable, "-m", "venv", environment)
        self._run(python, "-m", "pip", "install", "--quiet", *dist.glob("*.whl"))
        self._run(python, "-c", f"import {name.replace('-', '_')}", cwd=environment)
        site = next(environment.glob("lib/python*/site-packages"))
        audit = ("--vulnerability-service", "osv", "--osv-url", self.osv_url, "--progress-spinner", "off")
        self._run(_HERE / "pip-audit", "--path", site, *audit)
        self._run(_HERE / "cyclonedx-py", "environment", python, "--output-file", dist / "sbom.cdx.json")
        self._run("sha256sum", *files)
        self._run(_HERE / "twine", "upload", "--repository-url", self.index, "-u", "any", "-p", "any", *files)

    def _run(self, *words: str | Path, cwd: Path | None = None) -> None:
        run(words, cwd or self.repository, self.environment)


@dataclass(frozen=True)
class BareFloor:
    """uv alone, in a toolchain that is ready: build, install, import, hash, and no question asked."""

    repository: Path
    scratch: Path
    environment: Mapping[str, str]

    def prepare(self) -> None:
        """Make the toolchain."""
        self._run(uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, self.scratch / "toolchain")
        words = ("pip", "install", "--quiet", "--require-hashes", "--python", self._toolchain, "-r", _TOOLCHAIN)
        self._run(uv.find_uv_bin(), *words)

    def release(self, name: str) -> None:
        """Build, install, import and hash one package."""
        folder = self.scratch / "floor" / name
        shutil.rmtree(folder, ignore_errors=True)
        made, environment = folder / "dist", folder / "environment"
        package, program = self.repository / "packages" / name, uv.find_uv_bin()
        build = ("build", "--quiet", "--no-build-isolation", "--python", self._toolchain)
        self._run(program, *build, "--out-dir", made, package)
        self._run(program, "venv", "--quiet", "--python", sys.executable, environment)
        python = environment / "bin" / "python"
        self._run(program, "pip", "install", "--quiet", "--python", python, "--no-deps", *made.glob("*.whl"))
        self._run(python, "-c", f"import {name.replace('-', '_')}", cwd=environment)
        self._run("sha256sum", *made.glob("*.whl"), *made.glob("*.tar.gz"))

    @property
    def _toolchain(self) -> Path:
        return self.scratch / "toolchain" / "bin" / "python"

    def _run(self, *words: str | Path, cwd: Path | None = None) -> None:
        run(words, cwd or self.repository, self.environment)


def find_hatch() -> str:
    """Find Hatch's command: `hatch run bench` has it on the PATH."""
    if found := shutil.which("hatch", path=os.environ["PATH"]):
        return found
    raise FileNotFoundError("hatch is not on the PATH; run the benchmarks by `hatch run bench`")
