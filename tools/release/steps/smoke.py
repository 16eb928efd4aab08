"""The gate `smoke`: the wheel works in a fresh environment with nothing but what it declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.errors import GateUnavailable, InstallFailed, UsageError
from release.model.gate import Judgement, passed, refused, unavailable
from release.toolchain import TOOLCHAIN

if TYPE_CHECKING:
    from pathlib import Path

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.closure import Closure
    from release.model.plan import Plan
    from release.ports import Environment

_SECONDS = 300.0
_SPARK = {"SPARK_LOCAL_IP": "127.0.0.1"}


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
        said = []
        for examine in (_probe, _call_scripts, _run_tests):
            failure, detail = examine(plan, environment, context)
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


def _probe(plan: Plan, environment: Environment, _context: Context) -> tuple[str, str]:
    """Import every public module, and start Spark where the package needs it."""
    spark = plan.package.policy.smoke.spark
    words = ("-P", str(TOOLCHAIN / "probe.py"), "spark" if spark else "alone", *plan.package.imports)
    ran = environment.run(*words, cwd=environment.folder, seconds=_SECONDS, variables=_SPARK if spark else {})
    if ran.code:
        return f"the installed wheel does not import{' or Spark does not run' if spark else ''}:\n{ran.last_lines}", ""
    counted = ran.output.split()[-1]
    return "", f"{counted} modules import" + (f", a Spark {spark} session counts" if spark else "")


def _call_scripts(plan: Plan, environment: Environment, _context: Context) -> tuple[str, str]:
    """Ask every entry point for its help."""
    for script in plan.package.scripts:
        ran = environment.call(script, "--help", seconds=_SECONDS)
        if ran.code or not ran.output.strip():
            return f"`{script} --help` answers {ran.code}:\n{ran.last_lines}", ""
    return "", ", ".join(f"{script} --help answers" for script in plan.package.scripts)


def _run_tests(plan: Plan, environment: Environment, context: Context) -> tuple[str, str]:
    """Run the tests marked for it, as the tagged tree has them."""
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
