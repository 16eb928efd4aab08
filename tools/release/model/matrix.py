"""A matrix of GitHub Actions: tests of packages in the environments that hatch.toml has for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Annotated, Final

from packaging.specifiers import SpecifierSet
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_JOBS: Final = 256
"""What one matrix may hold: https://docs.github.com/actions/reference/limits."""
_MOST_PATCHES: Final = 100
Minor = Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+$")]


class Combinations(BaseModel):
    """One table `[[envs.matrix.matrix]]`: every Python with every Spark."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    python: Annotated[tuple[Minor, ...], Field(min_length=1)]
    spark: Annotated[tuple[Minor, ...], Field(min_length=1)]


class MatrixEnvironment(BaseModel):
    """`[envs.matrix]` of hatch.toml; what else stands there is Hatch's to read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    matrix: Annotated[tuple[Combinations, ...], Field(min_length=1)]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Python and Spark of each environment, once, in the order of the file."""
        every = (pair for each in self.matrix for pair in product(each.python, each.spark))
        return tuple(dict.fromkeys(every))


@dataclass(frozen=True)
class Job:
    """The tests of one package in one environment; of several, where a matrix would hold too many jobs otherwise."""

    package: str
    """Its name, or several with a space between."""
    python: str
    spark: str


def jobs_of(package: str, requires_python: str, pairs: Iterable[tuple[str, str]]) -> tuple[Job, ...]:
    """Give a job for each environment whose Python the package takes; InvalidSpecifier where it says none."""
    return tuple(Job(package, python, spark) for python, spark in pairs if _admits(requires_python, python))


def gather(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Put all that is tested in one environment into one job."""
    packages: dict[tuple[str, str], list[str]] = {}
    for job in jobs:
        packages.setdefault((job.python, job.spark), []).append(job.package)
    return tuple(Job(" ".join(names), *environment) for environment, names in packages.items())


def as_matrix(jobs: Sequence[Job]) -> dict[str, list[dict[str, str]]]:
    """Write them as a workflow's `strategy.matrix` takes them."""
    return {"include": [{"package": each.package, "python": each.python, "spark": each.spark} for each in jobs]}


@cache  # a thousand packages ask for the same few
def _admits(requires_python: str, minor: str) -> bool:
    """Whether any patch release of a Python is taken: `>=3.10.2` takes 3.10."""
    wanted = SpecifierSet(requires_python)
    return any(wanted.contains(f"{minor}.{patch}") for patch in range(_MOST_PATCHES))
