"""The judge: a runtime's own pip in its own Python, in an environment that is described as the runtime is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release.adapters.runtimes import lay_metadata
from release.model.runtime import Shipped
from tests.matrix import find_interpreter
from tests.outside import run_uv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from release.model.runtime import Runtime

_NOT_PIPS = ("PIP_", "PYTHON", "UV_", "VIRTUAL_ENV")
_BROKEN = re.compile(r"(?P<name>\S+) \S+ (?:requires|has requirement) (?P<needed>[A-Za-z0-9._-]+)")


@dataclass(frozen=True)
class Verdict:
    """What pip would install, and what `pip check` says of it that it did not say before."""

    installed: Mapping[str, str] | None
    """Versions by name; None where nothing fits."""
    broken: frozenset[str]
    """Names of what is untouched and no longer has what it needs."""


@dataclass(frozen=True)
class Node:
    """An environment with a runtime's Python and pip, and metadata for all the rest."""

    runtime: Runtime
    folder: Path
    environment: Mapping[str, str]
    """Where pip finds an index: PIP_INDEX_URL, or its own."""

    @classmethod
    def build(cls, runtime: Runtime, folder: Path, environment: Mapping[str, str]) -> Node:
        """Build it below a folder; of what the runtime ships, pip alone has code."""
        place = find_interpreter(runtime.python)
        if not place:
            raise FileNotFoundError(f"there is no Python {runtime.python} here, which {runtime.name} has")
        python = str(place / f"python{runtime.python}")
        for name in ("node", "bare"):
            made = folder / runtime.name / name
            run_uv("venv", "--quiet", "--no-project", "--python", python, str(made))
            run_uv("pip", "install", "--quiet", "--python", str(made / "bin" / "python"), f"pip=={runtime.pip}")
        (packages,) = (folder / runtime.name / "node" / "lib").glob("python*/site-packages")
        lay_metadata(_without(runtime, "pip"), packages)
        return cls(runtime, folder / runtime.name, environment)

    def ask(self, wanted: Sequence[str]) -> Verdict:
        """Ask what installing requirements would do."""
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            report = Path(place, "report.json")
            words = ["install", "--dry-run", "--quiet", "--only-binary", ":all:", "--report", str(report), *wanted]
            done = self._pip("node", *words)
            if done.returncode:
                if "ResolutionImpossible" not in done.stderr and "No matching distribution" not in done.stderr:
                    raise RuntimeError(f"pip on {self.runtime.name} could not be asked for {wanted}: {done.stderr}")
                return Verdict(None, frozenset())
            new = [_read(each["metadata"]) for each in json.loads(report.read_text())["install"]]
            return Verdict({each.name: each.version for each in new}, self._find_broken(new, Path(place, "after")))

    def _find_broken(self, new: Sequence[Shipped], place: Path) -> frozenset[str]:
        if not any(each.name in self.runtime.by_name for each in new):
            return frozenset()
        lay_metadata(self.runtime, place, new)
        after = self._check(place)
        return frozenset(name for name, _ in after - self._before) - {each.name for each in new}

    @cached_property
    def _before(self) -> frozenset[tuple[str, str]]:
        return self._check(lay_metadata(self.runtime, self.folder / "before"))

    def _check(self, packages: Path) -> frozenset[tuple[str, str]]:
        said = self._pip("bare", "check", PYTHONPATH=str(packages)).stdout
        found = (_BROKEN.match(line) for line in said.splitlines())
        return frozenset((canonicalize_name(each["name"]), each["needed"]) for each in found if each)

    def _pip(self, where: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        python = self.folder / where / "bin" / "python"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PIPS)}
        fixed = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return subprocess.run(
            [python, "-m", "pip", *words],
            env={**kept, **fixed, **self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )


def _without(runtime: Runtime, name: str) -> Runtime:
    return replace(runtime, shipped=tuple(each for each in runtime.shipped if each.name != name))


def _read(metadata: Mapping[str, object]) -> Shipped:
    needs = metadata.get("requires_dist", [])
    lines: Iterable[str] = needs if isinstance(needs, list) else []
    return Shipped(canonicalize_name(str(metadata["name"])), str(metadata["version"]), tuple(lines))
