"""Events, and which workflows they start.

https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.workflows.machine import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.workflows.workflow import Workflow

_KINDS: Final = {"heads": "branches", "tags": "tags"}
_SIGNS: Final = {"**": ".*", "*": "[^/]*", "?": "?", "+": "+"}


@dataclass(frozen=True)
class Event:
    """Something that happened to the repository."""

    name: str
    ref: str
    """In full: `refs/tags/alpha/v0.1.0`, `refs/heads/main`, `refs/pull/7/merge`."""
    sha: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    head_ref: str = ""
    base_ref: str = ""
    is_from_fork: bool = False

    @property
    def ref_name(self) -> str:
        """The ref as people call it."""
        return self.ref.split("/", 2)[2]

    @property
    def ref_type(self) -> str:
        """Whether it is a tag; all else counts as a branch."""
        return "tag" if self.ref.startswith("refs/tags/") else "branch"

    def starts(self, workflow: Workflow) -> bool:
        """Say whether a workflow is for this: what it is narrowed to has to fit."""
        if self.name not in workflow.on:
            return False
        narrowed = workflow.on[self.name]
        if self.name != "push":
            branches = narrowed.get("branches")
            return branches is None or fits(self.base_ref, branches)
        kind = _KINDS[self.ref.split("/")[1]]
        others = narrowed.keys() & {*_KINDS.values()} - {kind}
        return fits(self.ref_name, narrowed[kind]) if kind in narrowed else not others


def push_tag(name: str, sha: str) -> Event:
    """Push a tag; `sha` is the commit."""
    return Event("push", f"refs/tags/{name}", sha, {"ref": f"refs/tags/{name}", "before": "0" * 40, "after": sha})


def push_main(before: str, sha: str) -> Event:
    """Merge something."""
    return Event("push", "refs/heads/main", sha, {"ref": "refs/heads/main", "before": before, "after": sha})


def pull_request(number: int, *, base: str, head: str, merged: str, fork: bool = False) -> Event:
    """Ask for a change; `merged` is the commit that GitHub makes of both to try it."""
    theirs = "eve/wheelyard" if fork else REPOSITORY
    request = {
        "number": number,
        "title": 'Change things "; touch executed; $(touch executed) `touch executed`',
        "base": {"sha": base, "ref": "main", "repo": {"full_name": REPOSITORY}},
        "head": {"sha": head, "ref": "change", "repo": {"full_name": theirs}},
    }
    payload = {"action": "synchronize", "number": number, "pull_request": request}
    return Event("pull_request", f"refs/pull/{number}/merge", merged, payload, "change", "main", is_from_fork=fork)


def every_day(sha: str) -> Event:
    """Begin a day: the hour has come that a workflow names."""
    return Event("schedule", "refs/heads/main", sha, {"schedule": "23 4 * * *"})


def by_hand(ref: str, sha: str) -> Event:
    """Start a workflow."""
    return Event("workflow_dispatch", ref, sha, {"inputs": None, "ref": ref})


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Say whether a name is as the last pattern says that speaks of it; one that begins with `!` takes it away."""
    kept = False
    for each in patterns:
        pattern = each.removeprefix("!")
        form = "".join(_SIGNS.get(part, re.escape(part)) for part in re.split(r"(\*\*|[*?+])", pattern))
        if "[" in pattern or "\\" in pattern:
            raise NotImplementedError(f"the pattern {each}")
        if re.fullmatch(form, name, re.DOTALL):
            kept = not each.startswith("!")
    return kept
