"""Provenance: an in-toto statement with SLSA's predicate v1, which says what was built from what, and by whom.

What each field holds is written down in `provenance/v1.md`, which is also what the build type's address leads to.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from release.model.statement import PREDICATE_TYPE, STATEMENT_TYPE, source_of
from release.model.toolchain import NotATool, ToolFile
from release.model.trust import BUILD_TYPE, Builder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from release.model.statement import Statement

TOOL: Final = "wheelyard"
_PURL = re.compile(r"pkg:pypi/(?P<name>[a-z0-9-]+)@(?P<version>[^@?#]+)")


@dataclass(frozen=True)
class Run:
    """One run of a builder, and under what name it can be found again."""

    builder: Builder
    version: str
    """The tool's own."""
    invocation: str
    """A URN, or the address of the run."""
    started: datetime
    finished: datetime


@dataclass(frozen=True)
class Provenance:
    """What a build took and made; digests are SHA-256 in hexadecimal, by file name."""

    tag: str
    package: str
    repository: str
    commit: str
    subjects: Mapping[str, str]
    tools: tuple[ToolFile, ...]
    made_with: Mapping[str, str]
    """What else the bytes could depend on, by name: versions of Python, zlib and uv."""
    byproducts: Mapping[str, str]

    @property
    def _source(self) -> dict[str, Any]:
        return {"uri": source_of(self.repository, self.tag), "digest": {"gitCommit": self.commit}}

    def as_statement(self, run: Run) -> bytes:
        """Write it down, as it is to be signed."""
        definition = {
            "buildType": BUILD_TYPE,
            "externalParameters": {"tag": self.tag, "package": self.package, "repository": self.repository},
            "internalParameters": dict(self.made_with),
            "resolvedDependencies": [self._source, *map(_described, self.tools)],
        }
        details = describe_run(run) | {"byproducts": _resources(self.byproducts)}
        return write_statement(
            {
                "_type": STATEMENT_TYPE,
                "subject": _resources(self.subjects),
                "predicateType": PREDICATE_TYPE,
                "predicate": {"buildDefinition": definition, "runDetails": details},
            }
        )


def write_statement(document: Mapping[str, Any]) -> bytes:
    """Write a statement without white space: what is signed are these bytes."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def describe_run(run: Run) -> dict[str, Any]:
    """Say who built and when, as `runDetails` does."""
    metadata = {
        "invocationId": run.invocation,
        "startedOn": _written(run.started),
        "finishedOn": _written(run.finished),
    }
    return {"builder": {"id": run.builder.value, "version": {TOOL: run.version}}, "metadata": metadata}


def tools_of(statement: Statement) -> tuple[ToolFile, ...]:
    """Give the toolchain that a statement names; NotATool where that can't be one of ours."""
    return tuple(_tools(statement))


def _tools(statement: Statement) -> Iterator[ToolFile]:
    source = source_of(statement.repository, statement.tag)
    for each in statement.dependencies:
        if each.uri == source:
            continue
        match = _PURL.fullmatch(each.uri)
        if match is None:
            raise NotATool(f"{each.uri!a} is no file of a toolchain")
        yield ToolFile(match["name"], match["version"], each.name, each.sha256, each.marker)


def _described(tool: ToolFile) -> dict[str, Any]:
    named = {"uri": f"pkg:pypi/{tool.name}@{tool.version}", "name": tool.file, "digest": {"sha256": tool.sha256}}
    return named | ({"annotations": {"marker": tool.marker}} if tool.marker else {})


def _resources(digests: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(digests.items())]


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")
