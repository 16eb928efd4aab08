"""The runtimes of the work tree: tables, facts and needs below `databricks/runtimes`, read and added to."""

from __future__ import annotations

import json
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit
from pydantic import ValidationError

import cluster.adapters
from cluster.model.capture import Capture
from release.adapters.disk import replace_file
from release.adapters.process import run
from release.errors import Conflict, UsageError
from release.steps.runtime_tables import FACTS, FOLDER, NAME, NAMED, NEEDS, in_folder, read_runtimes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release.model.runtime import Runtime

_SCRIPT = Path(cluster.adapters.__path__[0]) / "capture_script.py"
_SECONDS = 120.0


class RuntimeFiles:
    """The door to the runtimes below a repository's root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def discover(cls) -> RuntimeFiles:
        """Find them in the folder this was called in, or above it."""
        here = Path.cwd()
        root = next((each for each in (here, *here.parents) if (each / FACTS).is_file()), None)
        if root is None:
            raise UsageError(f"{FOLDER} holds no table", hint="run it in the repository's root, or anywhere below it")
        return cls(root)

    def read(self, names: Iterable[str] | None = None) -> tuple[Runtime, ...]:
        """Read the runtimes that are named, or all."""
        return read_runtimes(in_folder(self.root), names)

    @cached_property
    def needs(self) -> dict[str, list[str]]:
        """What versions need, as far as somebody described them."""
        path = self.root / NEEDS
        found: dict[str, list[str]] = json.loads(path.read_text()) if path.is_file() else {}
        return found

    def describe(self, needs: Mapping[str, Iterable[str]]) -> None:
        """Add what versions need; what is described stays as it is, since no version changes."""
        self.needs.update({key: list(lines) for key, lines in needs.items() if key not in self.needs})
        rows = ",\n".join(f"  {json.dumps(key)}: {json.dumps(lines)}" for key, lines in sorted(self.needs.items()))
        replace_file(self.root / NEEDS, f"{{\n{rows}\n}}\n".encode())

    def add(self, name: str, capture: Capture, source: str) -> Path:
        """Add a captured runtime: its table, what is known of it, and what its rows need."""
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!a} is no name of a runtime", hint=NAMED)
        table, facts = self.root / FOLDER / f"{name}.txt", self.root / FACTS
        document = tomlkit.parse(facts.read_text(encoding="utf-8"))
        if name in document or table.exists():
            raise Conflict(f"there is a runtime {name} already", hint=f"compare: runtime capture --diff {name}")
        live = capture.as_runtime(name)
        known = {"python": live.python, "spark": live.spark, "pip": live.pip, "glibc": live.glibc}
        added = tomlkit.table()
        added.update({key: value for key, value in known.items() if value})
        document.add(tomlkit.nl())
        document.add(name, added)
        replace_file(table, capture.as_table(source).encode())
        self.describe({str(row): row.requires for row in live.shipped})
        replace_file(facts, tomlkit.dumps(document).encode())
        return table


def capture_environment(python: str, environment: Mapping[str, str]) -> Capture:
    """Ask an environment's own Python what it has; this process's where none is named."""
    program = python or sys.executable
    try:
        done = run([program, "-I", str(_SCRIPT)], cwd=Path.cwd(), environment=environment, seconds=_SECONDS)
    except OSError as error:
        raise UsageError(f"{program} can't be run: {error.strerror}", hint="name an environment's bin/python") from None
    if done.code:
        raise UsageError(f"{program} can't say what it has: {done.last_lines}", hint="name an environment's bin/python")
    return parse_capture(done.output, program)


def parse_capture(text: str, place: str) -> Capture:
    """Read what the script printed, wherever it ran."""
    try:
        return Capture.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{place}: this is not what capture_script.py prints: {where}: {first['msg']}",
            hint=f"run {_SCRIPT.name} there again, and keep all that it prints",
        ) from None
