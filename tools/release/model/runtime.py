"""A Databricks runtime as data: its Python, its Spark, and every distribution that it ships."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def marker_environment(python: str, architecture: str = "x86_64") -> dict[str, str]:
    """Give what markers are held against (PEP 508) by CPython, `3.11`, on a node."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": architecture,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }


@dataclass(frozen=True, order=True)
class Shipped:
    """One distribution that a runtime ships: a row of its table."""

    name: str
    """Normalised (PEP 503)."""
    version: str
    requires: tuple[str, ...] = ()
    """Its Requires-Dist, as its metadata spells them; none also where nobody knows."""
    is_described: bool = True
    """Whether its metadata is known."""

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True)
class Runtime:
    """One runtime: `15.4`, `17.3-ml-cpu`, `serverless-v4`; empty is what is not known of it."""

    name: str
    python: str
    """`3.11`."""
    spark: str
    pip: str
    glibc: str
    """What its wheels may ask for, `2.35`: a manylinux tag above it does not install there."""
    origin: tuple[str, ...]
    """Where the table comes from, line by line."""
    sha256: str
    """Of the table's bytes."""
    shipped: tuple[Shipped, ...]

    @property
    def environment(self) -> dict[str, str]:
        """What markers are held against there (PEP 508)."""
        return {"extra": "", **marker_environment(self.python)}

    @cached_property
    def by_name(self) -> Mapping[str, Shipped]:
        """What it ships by normalised name."""
        return {each.name: each for each in self.shipped}
