"""What a cluster's nodes are, as far as it decides which wheels fit them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from release.model.runtime import marker_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

OLDEST_GLIBC: Final = "2.28"
"""Taken where nobody knows a runtime's own: every long-term runtime has a newer one."""
_LEGACY: Final = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_OLDEST_MINOR: Final = {"x86_64": 5, "aarch64": 17}
_FILE: Final = re.compile(r"[A-Za-z0-9_.+!-]+\.whl")
"""Letters of a wheel's name: it becomes a part of paths, and whoever reads tags alone would take slashes."""


def is_wheel(name: str) -> bool:
    """Whether this is the name of a wheel's file, and of nothing but a file."""
    try:
        return bool(_FILE.fullmatch(name) and parse_wheel_filename(name))
    except InvalidWheelFilename:
        return False


@dataclass(frozen=True)
class Platform:
    """CPython on Linux."""

    python: str
    """`3.11`."""
    architecture: str
    glibc: str = OLDEST_GLIBC

    @property
    def name(self) -> str:
        """As uv has it: `x86_64-manylinux_2_28`."""
        return f"{self.architecture}-manylinux_{self.glibc.replace('.', '_')}"

    @cached_property
    def ranks(self) -> Mapping[Tag, int]:
        """Every tag whose wheels it takes, the best at 0, in pip's order."""
        version = tuple(int(part) for part in self.python.split("."))
        interpreter = f"cp{self.python.replace('.', '')}"
        names = list(self._names())
        tags = chain(cpython_tags(version, [interpreter], names), compatible_tags(version, interpreter, names))
        return {tag: rank for rank, tag in reversed(list(enumerate(tags)))}

    @property
    def markers(self) -> Mapping[str, str]:
        """The environment that markers are evaluated in (PEP 508)."""
        return marker_environment(self.python, self.architecture)

    def choose(self, wheels: Iterable[str]) -> str:
        """Give the file name of the wheel that pip would take, the one with the highest build number; else nothing."""
        fitting = ((self._rank(name), name) for name in wheels)
        return min(((rank, name) for rank, name in fitting if rank), default=((), ""))[1]

    def _names(self) -> Iterator[str]:
        """Give the platform's names as wheels spell them, the newest first."""
        for minor in range(int(self.glibc.split(".")[1]), _OLDEST_MINOR[self.architecture] - 1, -1):
            yield f"manylinux_2_{minor}_{self.architecture}"
            if minor in _LEGACY:
                yield f"{_LEGACY[minor]}_{self.architecture}"
        yield f"linux_{self.architecture}"

    def _rank(self, name: str) -> tuple[int, int, str] | tuple[()]:
        if not is_wheel(name):
            return ()
        _, _, build, tags = parse_wheel_filename(name)
        ranks = [self.ranks[tag] for tag in tags if tag in self.ranks]
        number, letters = build or (0, "")
        return (min(ranks), -number, letters) if ranks else ()
