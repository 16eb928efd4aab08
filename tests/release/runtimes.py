"""Runtimes made on the spot: a few rows, and what they need."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from release.model.runtime import Runtime, Shipped
from release.steps.runtime_tables import FACTS, FOLDER, NEEDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def make_runtime(rows: Mapping[str, Sequence[str]], name: str = "15.4", python: str = "3.11") -> Runtime:
    """Make a runtime of `{"scipy==1.0": ["numpy<2"]}`: its rows, and what each needs."""
    parted = ((row.partition("=="), needs) for row, needs in rows.items())
    shipped = tuple(sorted(Shipped(name, version, tuple(needs)) for (name, _, version), needs in parted))
    sha256 = hashlib.sha256(repr(shipped).encode()).hexdigest()
    return Runtime(name, python, "3.5.0", "23.2.1", "2.35", (), sha256, shipped)


def write_runtimes(root: Path, **rows: Mapping[str, Sequence[str]]) -> None:
    """Write runtimes of Python 3.11 into a repository; `r15_4={…}` is 15.4."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    names = {key.removeprefix("r").replace("_", "."): these for key, these in rows.items()}
    for name, these in names.items():
        lines = ["# source: a test", *sorted(these)]
        (folder / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))
    facts = "".join(f'["{name}"]\npython = "3.11"\nspark = "3.5.0"\nglibc = "2.35"\n' for name in names)
    (root / FACTS).write_text(facts)
    needs = {row: list(needed) for these in names.values() for row, needed in these.items()}
    (root / NEEDS).write_text(json.dumps(needs))
