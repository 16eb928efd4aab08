"""The two tables that a security reviewer reads: what each role may do, and whom each role's trust lets in."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.aws.places import PLACES
from tests.aws.roles import CONTEXT, ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER: Final = Path(__file__).parent
ISSUER: Final = "token.actions.githubusercontent.com"
_REPOSITORY: Final = "repo:ada@815/packages@4711"
_TAG: Final = "refs/tags/alpha/v0.1.0"
_EVERY_JOB: Final = {
    "iss": f"https://{ISSUER}",
    "aud": "sts.amazonaws.com",
    "repository": "ada/packages",
    "repository_id": "4711",
    "actor": "ada",
    "actor_id": "815",
}
JOBS: Final = {
    "sign": {"environment": "sign", "ref": _TAG, "workflow": "release"},
    "release": {"environment": "release", "ref": _TAG, "workflow": "release"},
    "audit": {"environment": "audit", "ref": "refs/heads/main", "workflow": "reconcile"},
}
"""What GitHub says of each job; https://docs.github.com/en/actions/reference/security/oidc lists the claims."""


@dataclass(frozen=True)
class Permission:
    """A row: an action on a kind of resource, asked for in some way; where each role may do it, and where none ever."""

    action: str
    kind: str
    when: str
    allowed: Mapping[str, frozenset[str]]
    guarded: frozenset[str]
    """Where a role that may not do it may not even with AWS's AdministratorAccess attached."""
    closed: frozenset[str]
    """Where an administrator of the account may not, unless a guard is taken down first."""

    @property
    def context(self) -> dict[str, str]:
        """How it is asked for."""
        return changed(CONTEXT, self.when)


@dataclass(frozen=True)
class Visit:
    """A row: somebody comes with a token, and is let in by some roles."""

    case: str
    claims: Mapping[str, str]
    admitted: frozenset[str]


def read_permissions() -> list[Permission]:
    """Read `permissions.csv`; a cell names places, `all` of them, or `-` for none."""
    return [
        Permission(
            row["action"],
            row["on"],
            row["when"],
            {role: _places(row["on"], row[role]) for role in ROLES},
            _places(row["on"], row["guarded"]),
            _places(row["on"], row["closed"]),
        )
        for row in _read("permissions.csv")
    ]


def read_visits() -> list[Visit]:
    """Read `claims.csv`; a change is `claim=value`, or `claim=` for one that is missing."""
    return [
        Visit(f"{row['job']}: {row['case']}", changed(_claims(row["job"]), row["change"]), _words(row["admitted"]))
        for row in _read("claims.csv")
    ]


def changed(values: Mapping[str, str], change: str) -> dict[str, str]:
    """Change some values, and leave out those that are to be missing."""
    changes = dict(each.split("=", 1) for each in change.split())
    return {name: value for name, value in {**values, **changes}.items() if value}


def _claims(job: str) -> dict[str, str]:
    said = JOBS[job]
    subject = f"{_REPOSITORY}:environment:{said['environment']}"
    workflow = f"ada/packages/.github/workflows/{said['workflow']}.yml@{said['ref']}"
    return {**_EVERY_JOB, **said, "sub": subject, "job_workflow_ref": workflow}


def _read(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def _words(cell: str) -> frozenset[str]:
    return frozenset() if cell == "-" else frozenset(cell.split())


def _places(kind: str, cell: str) -> frozenset[str]:
    places = PLACES[kind]
    found = frozenset(places) if cell == "all" else _words(cell)
    assert found <= places.keys(), f"{kind}: {cell}"
    return found
