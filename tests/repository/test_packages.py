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

from cluster.model.cluster_file import ClusterFile
from release.commands.tables import introduce
from release.model.changelog import read_changelog
from release.model.package_rows import count_tables, renew_rows
from tests.repository.tree import PACKAGES, ROOT, imported_modules, tracked_files

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {path.name for path in PACKAGES}
RUNTIMES = {path.stem: path.read_text() for path in (ROOT / "databricks" / "runtimes").glob("*.txt")}
CLUSTERS = sorted((ROOT / "databricks" / "clusters").glob("*.toml"))
PINS = (ROOT / "tools" / "locks" / "environments.txt").read_text()
BY_CLUSTERS = {"databricks/check_lock.py"}
"""What asks by a library that a cluster file names, says so where a node lacks it, and is skipped in a copy without."""
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


def module_of(package: Path) -> str:
    """Give the name that a package is imported by: the one folder of its sources."""
    (source,) = (path for path in (package / "src").iterdir() if (path / "__init__.py").is_file())
    return source.name


@each_package
def test_no_package_forces_a_version_that_its_runtimes_do_not_have(package: Path) -> None:
    project = project_of(package)
    for runtime in project["tool"]["release"].get("runtimes", ()):
        environment = {"python_version": python_of(runtime), "sys_platform": "linux", "extra": ""}
        pins = pins_of(runtime)
        for requirement in map(Requirement, project["project"].get("dependencies", ())):
            applies = requirement.marker is None or requirement.marker.evaluate(environment)
            shipped = pins.get(canonicalize_name(requirement.name))
            if applies and shipped:
                assert requirement.specifier.contains(shipped, prereleases=True), f"{requirement} replaces {shipped}"


@each_package
def test_the_runtimes_a_package_names_are_known(package: Path) -> None:
    assert set(project_of(package)["tool"]["release"].get("runtimes", ())) <= set(RUNTIMES)


@each_package
def test_what_a_package_needs_is_locked(package: Path) -> None:
    project = project_of(package)["project"]
    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    needed = {canonicalize_name(Requirement(line).name) for line in (*project.get("dependencies", ()), *extras)}
    missing = {name for name in needed - NAMES if not re.search(rf"^{re.escape(name)}==", PINS, re.MULTILINE)}
    assert not missing, f"lock {', '.join(sorted(missing))}: hatch run lock --keep"


@each_package
def test_no_package_requires_pyspark(package: Path) -> None:
    requirements = map(Requirement, project_of(package)["project"].get("dependencies", ()))
    assert "pyspark" not in {canonicalize_name(each.name) for each in requirements}


@each_package
def test_a_package_is_typed_and_licensed_and_says_what_changed(package: Path) -> None:
    assert (package / "src" / module_of(package) / "py.typed").is_file()
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert read_changelog((package / "CHANGELOG.md").read_text()).sections
    assert (package / "README.md").read_text().startswith(f"# {package.name}\n")


@each_package
def test_every_public_name_says_what_it_is(package: Path) -> None:
    module = importlib.import_module(module_of(package))
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


@pytest.mark.parametrize("document", ["README.md", "OPERATOR_RUNBOOK.md"])
def test_a_document_has_a_row_for_every_package_and_for_no_other(document: str) -> None:
    text = (ROOT / document).read_text()
    assert count_tables(text), f"{document} has no table of the packages"
    assert renew_rows(text, introduce(ROOT, ["packages/*"])) == text


@pytest.mark.parametrize("path", CLUSTERS, ids=lambda path: path.stem)
def test_a_cluster_gets_a_package_of_this_repository(path: Path) -> None:
    names = ClusterFile.model_validate(tomli.loads(path.read_text())).packages
    assert names.keys() & NAMES, f"{path.name} names none of {', '.join(sorted(NAMES))}: name one, or remove it"


def test_nothing_outside_a_package_needs_it_to_be_there() -> None:
    modules = {module_of(package) for package in PACKAGES}
    outside = [path for path in tracked_files() if path.suffix == ".py" and ROOT / "packages" not in path.parents]
    imports = {path: {name.partition(".")[0] for name in imported_modules(path)} for path in outside}
    assert {str(path.relative_to(ROOT)) for path in outside if imports[path] & modules} <= BY_CLUSTERS
