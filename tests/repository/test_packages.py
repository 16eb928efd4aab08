"""What every package of the repository owes its users, and the runtimes it is meant for."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest
import tomli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repository.tree import PACKAGES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {path.name for path in PACKAGES}
RUNTIMES = {path.stem: path.read_text() for path in (ROOT / "databricks" / "runtimes").glob("*.txt")}
SUPPORTED = ["14.3", "15.4", "16.4", "17.3", "18", "19"]
each_package = pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)


def project_of(package: Path) -> dict[str, Any]:
    return tomli.loads((package / "pyproject.toml").read_text())


def pins_of(runtime: str) -> dict[str, str]:
    rows = (line.split("#")[0].strip() for line in RUNTIMES[runtime].splitlines())
    return {canonicalize_name(name): version for name, _, version in (row.partition("==") for row in rows) if version}


def python_of(runtime: str) -> str:
    found = re.search(r"^# python (\d+\.\d+)", RUNTIMES[runtime], re.MULTILINE)
    assert found, f"the table of {runtime} does not say which Python it has"
    return found[1]


@each_package
@pytest.mark.parametrize("runtime", SUPPORTED)
def test_no_package_forces_a_version_that_its_runtime_does_not_have(package: Path, runtime: str) -> None:
    environment = {"python_version": python_of(runtime), "sys_platform": "linux", "extra": ""}
    pins = pins_of(runtime)
    for requirement in map(Requirement, project_of(package)["project"]["dependencies"]):
        applies = requirement.marker is None or requirement.marker.evaluate(environment)
        shipped = pins.get(canonicalize_name(requirement.name))
        if applies and canonicalize_name(requirement.name) not in NAMES:
            assert shipped, f"{runtime} does not ship {requirement.name}"
            assert requirement.specifier.contains(shipped, prereleases=True), f"{requirement} replaces {shipped}"


@each_package
def test_the_runtimes_a_package_names_are_known(package: Path) -> None:
    assert set(project_of(package)["tool"]["release"]["runtimes"]) <= set(RUNTIMES)


@each_package
def test_no_package_requires_pyspark(package: Path) -> None:
    requirements = map(Requirement, project_of(package)["project"]["dependencies"])
    assert "pyspark" not in {canonicalize_name(each.name) for each in requirements}


@each_package
def test_a_package_is_typed_and_licensed_and_says_what_changed(package: Path) -> None:
    (source,) = (package / "src").iterdir()
    assert (source / "py.typed").is_file()
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert "## [0.1.0]" in (package / "CHANGELOG.md").read_text()
    assert len((package / "README.md").read_text()) > 1000


@each_package
def test_every_public_name_says_what_it_is(package: Path) -> None:
    module = importlib.import_module(package.name.replace("-", "_"))
    public = {name: getattr(module, name) for name in module.__all__}
    methods = {
        f"{name}.{method}": each
        for name, found in public.items()
        if inspect.isclass(found)
        for method, each in vars(found).items()
        if not method.startswith("_") and (inspect.isfunction(each) or isinstance(each, property | classmethod))
    }
    described = {name: each for name, each in public.items() if inspect.isclass(each) or inspect.isfunction(each)}
    assert described
    assert not [name for name, each in {**described, **methods}.items() if not inspect.getdoc(each)]
