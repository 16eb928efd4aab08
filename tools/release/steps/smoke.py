"""The gate `smoke`: the wheel works in a fresh environment with nothing but what it declares."""

from __future__ import annotations

import json
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.errors import GateUnavailable, InstallFailed, UsageError
from release.model.archive import read_wheel
from release.model.gate import Judgement, passed, refused, unavailable
from release.toolchain import TOOLCHAIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.closure import Closure
    from release.model.plan import Plan
    from release.ports import Environment

_SECONDS = 300.0
_COMMANDS = ("console_scripts", "gui_scripts")
_SPARK = {"SPARK_LOCAL_IP": "127.0.0.1"}


@dataclass(frozen=True)
class Installed:
    """A wheel, what is in it, and the environment it is installed in."""

    plan: Plan
    environment: Environment
    inside: Mapping[PurePosixPath, bytes]

    @property
    def entry_points(self) -> dict[str, list[str]]:
        """Names of the wheel's entry points by their group."""
        written = self.inside.get(PurePosixPath(f"{self.plan.tag.stem}.dist-info", "entry_points.txt"), b"")
        parser = ConfigParser(delimiters=("=",), interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of commands keep their case
        parser.read_string(written.decode())
        return {group: list(parser[group]) for group in parser.sections()}


@dataclass(frozen=True)
class Smoke:
    """The gate; it installs the closure and the wheel, then imports, calls and tests."""

    closure: Closure
    title = "smoke"

    def run(self, artifacts: Artifacts, context: Context) -> Judgement:
        """Judge the installed wheel, never the sources."""
        plan = artifacts.release.plan
        spark = plan.package.policy.smoke.spark
        if spark and not context.resolver.has_java:
            return unavailable("Java is not on the PATH, and a Spark session must run", "install Java 17")
        try:
            environment = self._install(artifacts, context)
        except InstallFailed as error:
            return refused(f"the wheel does not install with what it declares:\n{error.message}", error.hint)
        except GateUnavailable as error:
            return unavailable(f"what the wheel needs could not be fetched: {error.message}", error.hint)
        judged = Installed(plan, environment, read_wheel(artifacts.wheel.path))
        said = []
        for examine in (_probe, _call_scripts, _run_tests):
            failure, detail = examine(judged, context)
            if failure:
                return refused(failure, hint=f"try it by hand: hatch run release rehearse {plan.tag.package} --keep")
            said.append(detail)
        return passed(", ".join(filter(None, said)))

    def _install(self, artifacts: Artifacts, context: Context) -> Environment:
        """Make an environment of the closure, of PySpark where it is needed, and of the wheel."""
        plan = artifacts.release.plan
        folder = context.scratch / "smoke" / plan.tag.stem
        folder.mkdir(parents=True)
        environment = context.resolver.environment(folder / "environment")
        if self.closure.components:
            environment.install_lock(self.closure.lock)
        if plan.package.policy.smoke.spark:
            environment.install_lock(pyspark_lock(plan.package.policy.smoke.spark))
        environment.install_wheels(artifacts.wheel.path)
        return environment


def pyspark_lock(minor: str) -> Path:
    """Give the lock of a minor version of PySpark, which the cluster brings and no package may require."""
    lock = TOOLCHAIN / f"pyspark-{minor}.txt"
    if not lock.is_file():
        known = ", ".join(sorted(each.stem.removeprefix("pyspark-") for each in lock.parent.glob("pyspark-*.txt")))
        raise UsageError(f"tool.release.smoke.spark: there is no lock for PySpark {minor}", hint=f"there are: {known}")
    return lock


def _probe(judged: Installed, _context: Context) -> tuple[str, str]:
    """Import every public module, load every entry point, and start Spark where the package needs it."""
    plan, folder = judged.plan, judged.environment.folder.parent
    spark = plan.package.policy.smoke.spark
    modules, points = _public_modules(judged), _entry_points(judged)
    asked, answered = folder / "asked.json", folder / "answered.json"
    asked.write_text(json.dumps({"package": plan.tag.package, "modules": modules, "spark": bool(spark)}))
    words = ("-P", str(TOOLCHAIN / "probe.py"), str(asked), str(answered))
    ran = judged.environment.run(*words, cwd=judged.environment.folder, seconds=_SECONDS, variables=_SPARK)
    done = json.loads(answered.read_text()) if answered.is_file() else []
    if ran.code or sorted(done) != sorted([*modules, *points, *(["spark"] if spark else [])]):
        return f"the installed wheel does not do what it says:\n{ran.last_lines or 'it ended before it was asked'}", ""
    return "", f"{len(modules)} modules import" + (f", a Spark {spark} session counts" if spark else "")


def _public_modules(judged: Installed) -> list[str]:
    """Give every module of the wheel that no leading underscore hides, by the files that are in it."""
    roots = judged.plan.package.imports
    paths = [path.with_suffix("") for path in judged.inside if path.suffix == ".py" and path.parts[0] in roots]
    parts = [path.parts[:-1] if path.name == "__init__" else path.parts for path in paths]
    return sorted({".".join(each) for each in parts if not any(part.startswith("_") for part in each)})


def _entry_points(judged: Installed) -> list[str]:
    """Give the names of the wheel's entry points, commands and others, as the wheel has them."""
    return [name for group in judged.entry_points.values() for name in group]


def _call_scripts(judged: Installed, _context: Context) -> tuple[str, str]:
    """Ask every command for its help."""
    scripts = [name for group in _COMMANDS for name in judged.entry_points.get(group, ())]
    for script in scripts:
        ran = judged.environment.call(script, "--help", seconds=_SECONDS)
        if ran.code or not ran.output.strip():
            return f"`{script} --help` answers {ran.code}:\n{ran.last_lines}", ""
    return "", ", ".join(f"{script} --help answers" for script in scripts)


def _run_tests(judged: Installed, context: Context) -> tuple[str, str]:
    """Run the tests marked for it, as the tagged tree has them."""
    plan, environment = judged.plan, judged.environment
    marker = plan.package.policy.smoke.marker
    folder = environment.folder.parent / "package"
    if not _lay_out(plan, folder, context):
        return "", f"no test is marked {marker}"
    settings = folder.parent / "pytest.ini"
    settings.write_text(f"[pytest]\nmarkers =\n    {marker}\n    spark\n")
    beside = context.resolver.beside(TOOLCHAIN / "test.txt", context.scratch / "pytest")
    words = ("-P", str(TOOLCHAIN / "suite.py"), str(beside), marker, str(settings), str(folder / "tests"))
    ran = environment.run(*words, cwd=folder, seconds=_SECONDS, variables=_SPARK)
    if ran.code:
        return f"its own tests fail against the installed wheel:\n{ran.last_lines}", ""
    return "", ran.output.strip().rpartition("\n")[2].strip("= ")


def _lay_out(plan: Plan, folder: Path, context: Context) -> bool:
    """Copy the package without its sources, so that only the wheel can be imported; say whether any test is marked."""
    package = plan.package
    tracked = {
        file.path.relative_to(package.folder): file
        for file in context.source.files(plan.commit.sha, f"{package.folder}/")
    }
    wanted = {
        path: file
        for path, file in tracked.items()
        if file.is_regular and not any(path.is_relative_to(source) for source in package.sources)
    }
    contents = context.source.read(file.oid for file in wanted.values())
    for path, file in wanted.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(contents[file.oid])
    mark = f"mark.{package.policy.smoke.marker}".encode()
    return any(mark in contents[file.oid] for path, file in wanted.items() if path.parts[0] == "tests")
