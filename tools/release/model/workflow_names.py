"""Which variables and secrets the jobs of a workflow read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from release.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EXPRESSION: Final = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_NAME: Final = re.compile(r"\b(vars|secrets)\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*'([A-Za-z_]\w*)'\s*\])")
_KINDS: Final = {"vars": "variables", "secrets": "secrets"}
_GIVEN: Final = "GITHUB_TOKEN"
"""What every job has without anybody setting it."""


@dataclass(frozen=True, order=True)
class NameUsed:
    """A variable or a secret that a job reads; `kind` is GitHub's word for it: `variables` or `secrets`."""

    kind: str
    name: str
    environment: str
    """The environment that the job names, which may hold it as well; empty where it names none."""
    place: str


def names_used(workflows: Mapping[str, bytes]) -> tuple[NameUsed, ...]:
    """Read workflows by their paths; UsageError where one is not YAML, or no workflow."""
    found = {use for path, content in workflows.items() for use in _of_workflow(path, content)}
    return tuple(sorted(found))


def _of_workflow(path: str, content: bytes) -> Iterator[NameUsed]:
    import yaml  # noqa: PLC0415  # only for who asks GitHub

    try:
        document = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    except (yaml.YAMLError, UnicodeDecodeError):
        document = None
    jobs = document.get("jobs") if isinstance(document, dict) else None
    if not isinstance(jobs, dict) or not all(isinstance(job, dict) for job in jobs.values()):
        raise UsageError(f"{path} is no workflow", hint=f"mend {path}: it needs `jobs`")
    outside = {key: each for key, each in document.items() if key != "jobs"}
    for name, job in jobs.items():
        environment = job.get("environment", "")
        environment = str(environment.get("name", "") if isinstance(environment, dict) else environment)
        for kind, used in _read({"outside": outside, "job": job}):
            yield NameUsed(kind, used, environment, f"{path}: {name}")


def _read(node: Any, *, is_condition: bool = False) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # whatever YAML holds
    if isinstance(node, dict):
        for key, each in node.items():
            yield from _read(each, is_condition=key == "if")
    elif isinstance(node, list):
        for each in node:
            yield from _read(each)
    elif isinstance(node, str):
        for expression in [node] if is_condition else _EXPRESSION.findall(node):
            for kind, plain, quoted in _NAME.findall(expression):
                if (name := (plain or quoted).upper()) != _GIVEN:
                    yield _KINDS[kind], name
