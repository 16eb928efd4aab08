"""Environments: whoever runs in one finds there what its files import, although the tests' own environment has more."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions, requires
from typing import TYPE_CHECKING

import pytest
import tomli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repository.tree import ROOT, imported_modules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

ENVIRONMENTS: dict[str, Any] = tomli.loads((ROOT / "hatch.toml").read_text())["envs"]
DISTRIBUTIONS = packages_distributions()
RUN = {"bench": "tests/benchmarks/*.py", "matrix": "packages/*/tests/**/*.py"}
"""What runs where; all other tests run in an environment that every change is tried in."""


OWN = {"tests", "release", "cluster", *(path.parent.name for path in ROOT.glob("packages/*/src/*/__init__.py"))}


def imported_by(paths: Iterable[Path]) -> set[str]:
    """Give the top-level names of all that files import, and the files of `tests` that they import."""
    todo, seen, names = list(paths), set(), set()
    while todo:
        path = todo.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        modules = imported_modules(path)
        names |= {module.partition(".")[0] for module in modules}
        ours = [ROOT.joinpath(*module.split(".")) for module in modules if module.startswith("tests.")]
        todo += [file for place in ours for file in (place.with_suffix(".py"), place / "__init__.py")]
    return names - OWN - sys.stdlib_module_names


def brought_by(name: str) -> set[str]:
    """Give the distributions of an environment: what it and its members ask for, and what these need themselves."""
    table = ENVIRONMENTS[name]
    overrides = table.get("overrides", {"matrix": {"spark": {"dependencies": []}}})
    lines = [*table["dependencies"], *(each["value"] for each in overrides["matrix"]["spark"]["dependencies"])]
    for member in table["workspace"]["members"]:
        for path in ROOT.glob(f"{member}/pyproject.toml"):
            lines += tomli.loads(path.read_text())["project"].get("dependencies", ())
    asked = {canonicalize_name(Requirement(line).name) for line in lines}
    needed = {Requirement(line) for each in asked if _is_here(each) for line in requires(each) or ()}
    return asked | {canonicalize_name(each.name) for each in needed if "extra" not in str(each.marker)}


def _is_here(name: str) -> bool:
    return any(canonicalize_name(each) == name for found in DISTRIBUTIONS.values() for each in found)


@pytest.mark.parametrize("name", RUN)
def test_what_runs_in_an_environment_finds_there_what_it_imports(name: str) -> None:
    imported, brought = imported_by(ROOT.glob(RUN[name])), brought_by(name)
    assert imported
    assert not [
        each for each in imported if not {canonicalize_name(one) for one in DISTRIBUTIONS.get(each, ())} & brought
    ]
