"""Provenance: an in-toto statement with SLSA's predicate v1, which says what was built from what, and by whom.

What each field holds is written down in `provenance/v1.md`, which is also what the build type's address leads to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from release.model.trust import BUILD_TYPE, Builder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from release.model.toolchain import ToolFile

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://slsa.dev/provenance/v1"
TOOL: Final = "wheelyard"


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

    def as_statement(self, run: Run) -> bytes:
        """Write it down, as it is to be signed."""
        definition = {
            "buildType": BUILD_TYPE,
            "externalParameters": {"tag": self.tag, "package": self.package, "repository": self.repository},
            "internalParameters": dict(self.made_with),
            "resolvedDependencies": [source_of(self.repository, self.tag, self.commit), *map(_described, self.tools)],
        }
        details = describe_run(run) | {"byproducts": _resources(self.byproducts)}
        return write_statement(
            {
                "_type": STATEMENT,
                "subject": _resources(self.subjects),
                "predicateType": PREDICATE,
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


def source_of(repository: str, tag: str, commit: str) -> dict[str, Any]:
    """Name the commit that was built."""
    return {"uri": f"git+{repository}@refs/tags/{tag}", "digest": {"gitCommit": commit}}


def _described(tool: ToolFile) -> dict[str, Any]:
    named = {"uri": f"pkg:pypi/{tool.name}@{tool.version}", "name": tool.file, "digest": {"sha256": tool.sha256}}
    return named | ({"annotations": {"marker": tool.marker}} if tool.marker else {})


def _resources(digests: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(digests.items())]


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")
