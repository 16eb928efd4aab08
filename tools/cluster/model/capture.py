"""A live environment as a runtime, and where it differs from one that is known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from release.model.runtime import Runtime, Shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_Number = Annotated[str, StringConstraints(pattern=r"^(\d+(\.\d+)+)?$")]
_Line = Annotated[str, StringConstraints(pattern=r"^[^\r\n]*$")]


def _require_version(text: str) -> str:
    """Refuse what no table could be read with."""
    try:
        Version(text)
    except InvalidVersion:
        raise ValueError(f"{text!a} is no version of PEP 440") from None
    return text


class Distribution(BaseModel):
    """One distribution of a live environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, StringConstraints(pattern=r"^\S+$"), AfterValidator(_require_version)]
    requires: tuple[_Line, ...] = ()


class Capture(BaseModel):
    """What `capture_script` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    python: Annotated[str, StringConstraints(pattern=r"^3\.\d+\.\d+[0-9a-z+]*$")]
    pip: _Number
    glibc: _Number
    spark: _Number
    distributions: dict[_Name, Distribution]

    def as_table(self, source: str) -> str:
        """Write a runtime's table; `source` says where it comes from."""
        known = {"python": self.python, "pip": self.pip, "glibc": self.glibc, "spark": self.spark}
        facts = ", ".join(f"{name} {version}" for name, version in known.items() if version)
        rows = [f"{each.name}=={each.version}" for each in self.as_runtime("").shipped]
        return "".join(f"{line}\n" for line in (f"# source: {source}", f"# {facts}", *rows))

    def as_runtime(self, name: str) -> Runtime:
        """Take it as a runtime."""
        shipped = tuple(
            sorted(Shipped(each, found.version, found.requires) for each, found in self.distributions.items())
        )
        rows = "\n".join(map(str, shipped))
        minor = ".".join(self.python.split(".")[:2])
        sha256 = hashlib.sha256(rows.encode()).hexdigest()
        return Runtime(name, minor, self.spark, self.pip, self.glibc, (), sha256, shipped)


@dataclass(frozen=True)
class Differences:
    """Where an environment is not what a table says."""

    facts: Mapping[str, tuple[str, str]]
    """python, pip, glibc or spark: what the table's runtime has, and what is there; only what both know."""
    added: Mapping[str, str]
    """Versions by name, which the table lacks."""
    missing: Mapping[str, str]
    """Versions by name, which the environment lacks."""
    moved: Mapping[str, tuple[str, str]]
    """The table's version and the environment's, by name."""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.facts or self.added or self.missing or self.moved)


def compare(known: Runtime, live: Runtime) -> Differences:
    """Compare a live environment with what is known of a runtime."""
    ours, theirs = known.by_name, live.by_name
    facts = {
        name: (getattr(known, name), getattr(live, name))
        for name in ("python", "spark", "pip", "glibc")
        if getattr(known, name) and getattr(live, name) and getattr(known, name) != getattr(live, name)
    }
    return Differences(
        facts,
        {name: row.version for name, row in theirs.items() if name not in ours},
        {name: row.version for name, row in ours.items() if name not in theirs},
        {
            name: (ours[name].version, row.version)
            for name, row in theirs.items()
            if name in ours and Version(ours[name].version) != Version(row.version)
        },
    )
