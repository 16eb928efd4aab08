"""The gate `check`: an index would take the artifacts, and a reader finds what they need in them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.errors import IllFormed
from release.model.archive import read_wheel
from release.model.gate import Judgement, passed, refused
from release.model.metadata import parse_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from release.context import Context
    from release.model.artifact import Artifacts

_WANTED = {
    "Summary": "project.description",
    "Requires-Python": "project.requires-python",
    "License-Expression": "project.license, an SPDX expression (PEP 639)",
    "License-File": "project.license-files",
    "Description-Content-Type": "project.readme",
    "Classifier": "project.classifiers",
    "Project-URL": "project.urls",
}


class Check:
    """The gate; everything it asks for is asked at once, so that one round mends it all."""

    title = "check"

    def run(self, artifacts: Artifacts, context: Context) -> Judgement:
        """Judge the metadata, the wheel's own records, and what twine says."""
        problems = [*_metadata_problems(parse_metadata(artifacts.metadata)), *_wheel_problems(artifacts)]
        if said := context.index_rules.objections(each.path for each in artifacts):
            problems.append(f"twine check: {said}")
        if problems:
            return refused("; ".join(problems), hint=f"mend {artifacts.release.plan.package.folder}/pyproject.toml")
        return passed("metadata complete, RECORD true, twine check --strict")


def _metadata_problems(metadata: Message) -> Iterator[str]:
    for field, key in _WANTED.items():
        if not metadata.get_all(field):
            yield f"{field} is missing ({key})"
    if not str(metadata.get_payload()).strip():
        yield "the long description is empty (project.readme)"
    if any("License ::" in each for each in metadata.get_all("Classifier", [])):
        yield "licence classifiers stand beside an SPDX expression, which PEP 639 forbids"


def _wheel_problems(artifacts: Artifacts) -> Iterator[str]:
    try:
        inside = read_wheel(artifacts.wheel.path)
    except IllFormed as error:
        yield error.message
        return
    said = parse_metadata(inside[PurePosixPath(f"{artifacts.release.tag.stem}.dist-info", "WHEEL")])
    if said.get("Root-Is-Purelib") != "true" or said.get_all("Tag") != ["py3-none-any"]:
        yield "WHEEL does not say that it is pure Python for every platform (py3-none-any)"
