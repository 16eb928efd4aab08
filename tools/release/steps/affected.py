"""Find the tests that a change asks for: of the packages it affects, in every environment that they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier

from release.errors import UsageError
from release.model.matrix import Job, MatrixEnvironment, jobs_of
from release.settings import parse_table
from release.steps.read import read_packages
from release.steps.survey import changed_since

if TYPE_CHECKING:
    from release.model.package import Package
    from release.model.plan import Commit
    from release.model.policy import RootPolicy
    from release.ports import Source

_HATCH = "hatch.toml"


def affected_jobs(source: Source, policy: RootPolicy, head: Commit, revision: str) -> tuple[Job, ...]:
    """Give a job for each package that a change affects and each environment of hatch.toml that it is for.

    UsageError where a package of the commit is broken: nobody knows what needs it.
    """
    packages = read_packages(source, head.sha, policy.members)
    for error in packages.broken.values():
        raise error
    names = changed_since(source, policy, head, revision)
    pairs = _read_environments(source, head) if names else ()
    return tuple(job for name in names for job in _jobs_of(packages.found[name], pairs))


def _read_environments(source: Source, head: Commit) -> tuple[tuple[str, str], ...]:
    name = f"{head.sha}:{_HATCH}"
    content = source.read([name]).get(name)
    if content is None:
        raise UsageError(
            f"{_HATCH} is missing: nothing says in which environments packages are tested",
            hint=f"commit a {_HATCH} with [[envs.matrix.matrix]]",
        )
    return parse_table(content, _HATCH, MatrixEnvironment, "envs", "matrix").pairs


def _jobs_of(package: Package, pairs: tuple[tuple[str, str], ...]) -> tuple[Job, ...]:
    try:
        jobs = jobs_of(package.name, package.requires_python, pairs)
    except InvalidSpecifier:
        raise UsageError(
            f"{package.folder}/pyproject.toml: project.requires-python is not a specifier: {package.requires_python!a}",
            hint='write requires-python = ">=3.10"',
        ) from None
    if not jobs:
        raise UsageError(
            f"no environment of {_HATCH} is for {package.name}, which asks for Python {package.requires_python}",
            hint=f"add a Python that it takes to [[envs.matrix.matrix]] in {_HATCH}, or mend requires-python",
        )
    return jobs
