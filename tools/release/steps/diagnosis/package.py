"""The packages: what can be known to be wrong with them before anything is built."""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from release.errors import GateRefused, Refused, UsageError
from release.model.diagnosis import Diagnosis, failed, failed_by, faults_or_ok, ok, warning
from release.model.next_version import fitting_version
from release.model.tag import Channel
from release.steps.diagnosis.versioning import value_at
from release.steps.smoke import pyspark_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

    from release.model.package import Package
    from release.steps.diagnosis.patient import Patient

_JAVA = re.compile(r'version "(?:1\.)?(?P<major>\d+)')
_JAVA_FOR_SPARK = {"3": 8}
_JAVA_NOW = 17


def look_at_packages(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether every package can be read."""
    broken = patient.packages.broken
    faults = [failed_by("packages", broken[name]) for name in patient.names if name in broken]
    return faults_or_ok(
        "packages", faults, f"{patient.counted}: {', '.join(p.name for p in patient.chosen) or 'none yet'}"
    )


def look_at_build_systems(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether the locked toolchain is what every package builds with."""
    provides = patient.context.builder.provides
    faults = []
    for package in patient.chosen:
        for wanted in package.build_requires:
            have = provides.get(wanted.name)
            if have is None or not wanted.specifier.contains(have, prereleases=True):
                locked = f"has {wanted.name} {have}" if have else f"does not have {wanted.name}"
                said = f"{package.folder}: build-system.requires asks for {wanted}, and the locked toolchain {locked}"
                cure = '[build-system]\nrequires = ["hatchling>=1.27", "hatch-vcs>=0.5"]\nor renew it: hatch run lock'
                faults.append(failed("build system", said, cure))
    return faults_or_ok("build system", faults, f"{patient.counted}: the locked toolchain builds each")


def look_at_changelogs(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether every package has a changelog that holds anything."""
    faults = []
    for package in patient.chosen:
        place = f"{package.folder}/CHANGELOG.md"
        if package.changelog is None:
            faults.append(failed("changelog", f"{place} is missing", "add one: https://keepachangelog.com"))
        elif not package.changelog.versions and not package.changelog.unreleased:
            faults.append(
                failed("changelog", f"{place} says nothing of any version", "add a section `## [Unreleased]`")
            )
    return faults_or_ok("changelog", faults, f"{patient.counted}: present")


def look_at_circles(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether packages need each other in a circle; each circle is named once."""
    circles: dict[frozenset[str], Refused] = {}
    for package in patient.chosen:
        try:
            patient.packages.siblings(package)
        except Refused as error:
            circles.setdefault(frozenset(error.message.split()), error)
    return faults_or_ok("circles", map(_circle, circles.values()), "no package needs itself through another")


def look_at_siblings(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether what packages need of each other is released, tagged, or at least written."""
    names = patient.packages.names
    needs = [(package, needed) for package in patient.chosen for needed in package.siblings(names)]
    faults = (fault for package, needed in needs for fault in _sibling_faults(patient, package, needed))
    return faults_or_ok("siblings", faults, f"{len(needs)} requirements of packages on each other, all met")


def look_at_python(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether this Python is one that every package is for, since their wheels are tried in it."""
    here = platform.python_version()
    faults = []
    for package in patient.chosen:
        wanted = value_at(patient.documents[package.name], "project", "requires-python") or ""
        try:
            fits = SpecifierSet(str(wanted)).contains(here, prereleases=True)
        except InvalidSpecifier:
            said = f"{package.folder}/pyproject.toml: project.requires-python is not a specifier: {wanted!a}"
            faults.append(failed("python", said, '[project]\nrequires-python = ">=3.10"'))
            continue
        if not fits:
            said = f"{package.name} needs Python {wanted}, and this is {here}"
            faults.append(
                failed("python", said, "run it in a Python that fits: [envs.default] python in hatch.toml", UsageError)
            )
    return faults_or_ok("python", faults, f"Python {here}")


def look_at_spark(patient: Patient) -> Iterator[Diagnosis]:
    """See whether the Spark that smoke tests ask for is locked, and whether there is a Java for it."""
    minors = sorted({package.policy.smoke.spark for package in patient.chosen if package.policy.smoke.spark})
    if not minors:
        yield ok("java", "no package needs Spark")
        return
    for minor in minors:
        try:
            pyspark_lock(minor)
        except UsageError as error:
            yield failed_by("spark", error)
    wanted = max(_JAVA_FOR_SPARK.get(minor.partition(".")[0], _JAVA_NOW) for minor in minors)
    yield _java(patient, wanted, f"Spark {', '.join(minors)}")


def _java(patient: Patient, wanted: int, spark: str) -> Diagnosis:
    program = patient.machine.java
    ran = patient.machine.ask(program, "-version")
    match = _JAVA.search(ran.output)
    cure = f"install Java {wanted}, and put it on the PATH or name it in JAVA_HOME"
    if ran.code or match is None:
        said = f"{program} does not run, and {spark} needs Java {wanted} or newer: a release may go to `local` alone"
        return warning("java", said, cure)
    if int(match["major"]) < wanted:
        said = f"{program} is Java {match['major']}, and {spark} needs {wanted} or newer"
        return failed("java", said, cure, GateRefused)
    return ok("java", f"Java {match['major']}, for {spark}")


def _circle(error: Refused) -> Diagnosis:
    return failed_by("circles", error)


def _sibling_faults(patient: Patient, package: Package, needed: Requirement) -> Iterator[Diagnosis]:
    tagged = patient.tagged.get(needed.name, frozenset())
    offers = (offer.version for each in patient.context.targets for offer in each.offered(needed.name, Channel.STABLE))
    if any(needed.specifier.contains(version, prereleases=True) for version in {*tagged, *offers}):
        return
    sibling = patient.packages.found.get(needed.name)
    coming = fitting_version(tagged, sibling.changelog) if sibling else None
    if coming and needed.specifier.contains(coming, prereleases=True):
        said = f"{package.name} needs {needed}, which is not released yet; {coming} would do"
        yield warning("siblings", said, f"release it first, or with it: hatch run release tag {needed.name} {coming}")
    else:
        there = ", ".join(map(str, sorted(tagged))) or "none"
        said = f"{package.name} needs {needed}, and no release of it fits (tagged: {there})"
        yield failed(
            "siblings", said, f"release one that fits, or mend dependencies in {package.folder}/pyproject.toml"
        )
