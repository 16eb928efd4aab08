"""The project file: what an index and its readers need, before the gate `check` asks for it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from release.errors import BuildFailed, GateRefused
from release.model.diagnosis import Diagnosis, failed, faults_or_ok
from release.steps.diagnosis.versioning import texts_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release.errors import ReleaseError
    from release.model.package import Package
    from release.steps.diagnosis.patient import Patient

CHECK = "metadata"
_WANTED = {
    "description": 'description = "What it does, in a line"',
    "readme": 'readme = "README.md"',
    "requires-python": 'requires-python = ">=3.10"',
    "license": 'license = "MIT"',
    "classifiers": 'classifiers = ["Typing :: Typed"]',
    "urls": '[project.urls]\nSource = "https://…"',
}
_LICENCES = ("LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*")  # what hatchling takes where none is named


def look_at_metadata(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether every project file says what the gate will ask for, and names files that are there."""
    folders = [f"{package.folder}/" for package in patient.chosen]
    files = patient.context.source.files(patient.head.sha, *folders) if folders else ()
    below: dict[PurePosixPath, set[PurePosixPath]] = {package.folder: set() for package in patient.chosen}
    for file in files:
        for folder in below.keys() & set(file.path.parents):
            below[folder].add(file.path.relative_to(folder))
    faults = [
        fault
        for package in patient.chosen
        for fault in find_faults(
            package,
            value_at(patient.documents[package.name], "project") or {},
            frozenset(below[package.folder]),
        )
    ]
    return faults_or_ok(CHECK, faults, f"{patient.counted}: complete")


def find_faults(package: Package, project: Mapping[str, Any], files: frozenset[PurePosixPath]) -> Iterator[Diagnosis]:
    """Give everything that the gate would refuse, and the lines to write."""
    place = f"{package.folder}/pyproject.toml"
    given = texts_at(project, "dynamic")
    for key, lines in _WANTED.items():
        if not project.get(key) and key not in given:
            yield _fault(place, f"project.{key} is missing", lines if lines.startswith("[") else f"[project]\n{lines}")
    if project.get("license") and not isinstance(project["license"], str):
        yield _fault(
            place, "project.license is a table, not an SPDX expression (PEP 639)", '[project]\nlicense = "MIT"'
        )
    if any("License ::" in each for each in texts_at(project, "classifiers")):
        yield _fault(place, "a licence classifier stands beside the SPDX expression", "remove it (PEP 639)")
    patterns = texts_at(project, "license-files") if "license-files" in project else _LICENCES
    if not any(path.match(pattern) for path in files for pattern in patterns if pattern):
        yield _fault(
            place, "no licence file is committed", 'commit it, and write\n[project]\nlicense-files = ["LICENSE"]'
        )
    readme = project.get("readme")
    named = readme.get("file") if isinstance(readme, dict) else readme
    if isinstance(named, str) and PurePosixPath(named) not in files:
        said = f"project.readme names {named}, which is not committed"
        yield _fault(place, said, f"commit {package.folder}/{named}", BuildFailed)
    for source in package.sources:
        if not any(path.is_relative_to(source) for path in files):
            said = f"there is no {source} to put into the wheel"
            yield _fault(place, said, f"commit {package.folder}/{source}/__init__.py", BuildFailed)


def _fault(place: str, said: str, lines: str, kind: type[ReleaseError] = GateRefused) -> Diagnosis:
    return failed(CHECK, f"{place}: {said}", lines, kind)
