"""What a repository on GitHub should be: the files below `.github/rulesets/`, in the shapes that GitHub's API takes.

https://docs.github.com/en/rest/repos/rules, /rest/actions/permissions, /rest/deployments/environments.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from release.errors import UsageError
from release.model.ruleset import Ruleset
from release.model.strict_json import NotStrict, parse_strictly

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = TypeVar("Shape")
FOLDER: Final = PurePosixPath(".github/rulesets")
_LONGEST_WAIT: Final = 43_200
"""Minutes that GitHub lets a job wait: 30 days."""


class _Strict(BaseModel):
    """Frozen; a key that is not known is an error, and so is one that lacks."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Permissions(_Strict):
    """Whether Actions run, and which."""

    enabled: bool
    allowed_actions: Literal["all", "local_only", "selected"]
    sha_pinning_required: bool


class SelectedActions(_Strict):
    """Which actions are allowed beside the repository's own."""

    github_owned_allowed: bool
    verified_allowed: bool
    patterns_allowed: tuple[str, ...]


class Workflow(_Strict):
    """What the token of a job may do where the job does not say it."""

    default_workflow_permissions: Literal["read", "write"]
    can_approve_pull_request_reviews: bool


class ForkPullRequests(_Strict):
    """Whose pull requests from forks wait for somebody before workflows run; of public repositories alone."""

    approval_policy: Literal[
        "first_time_contributors_new_to_github", "first_time_contributors", "all_external_contributors"
    ]


class ForkPullRequestsPrivate(_Strict):
    """What pull requests from forks get, and whether they wait for somebody; of private repositories alone."""

    run_workflows_from_fork_pull_requests: bool
    send_write_tokens_to_workflows: bool
    send_secrets_and_variables: bool
    require_approval_for_fork_pr_workflows: bool


class Retention(_Strict):
    """For how many days artifacts and logs are kept."""

    days: Annotated[int, Field(ge=1, le=400)]


class Actions(_Strict):
    """`actions.json`: one key for each address below `/actions/permissions`."""

    permissions: Permissions
    selected_actions: SelectedActions
    workflow: Workflow
    fork_pull_requests: ForkPullRequests
    fork_pull_requests_private: ForkPullRequestsPrivate
    artifact_and_log_retention: Retention


class Reviewer(_Strict):
    """Who may let a job go on: a team by its slug, a user by the login; GitHub's ids are looked up."""

    type: Literal["Team", "User"]
    name: str


class BranchPolicy(_Strict):
    """Whether patterns say which branches and tags may use an environment, or the protection of branches does."""

    protected_branches: bool
    custom_branch_policies: bool


class Pattern(_Strict):
    """Which branches or tags may use an environment; `*` does not match `/`."""

    name: str
    type: Literal["branch", "tag"]


class Environment(_Strict):
    """An environment: what a job must pass that names it."""

    wait_timer: Annotated[int, Field(ge=0, le=_LONGEST_WAIT)]
    prevent_self_review: bool
    can_admins_bypass: bool | None = None
    """Whether an administrator starts a job that waits; None where nothing is to wait for, and then nobody asks."""
    reviewers: Annotated[tuple[Reviewer, ...], Field(max_length=6)]
    deployment_branch_policy: BranchPolicy
    deployment_branch_policies: tuple[Pattern, ...]


class RepositorySettings(_Strict):
    """How pull requests are merged."""

    allow_merge_commit: bool
    allow_rebase_merge: bool
    allow_squash_merge: bool
    allow_update_branch: bool
    delete_branch_on_merge: bool


class Status(_Strict):
    """Whether a scanner runs."""

    status: Literal["enabled", "disabled"]


class Security(_Strict):
    """Which scanners look for secrets."""

    secret_scanning: Status
    secret_scanning_push_protection: Status


Switch = Literal[
    "automated-security-fixes", "immutable-releases", "private-vulnerability-reporting", "vulnerability-alerts"
]
"""What is on or off, by its address in the API."""


class Repository(_Strict):
    """`repository.json`."""

    settings: RepositorySettings
    security_and_analysis: Security
    switches: dict[Switch, bool]


class Rulebook(_Strict):
    """All files together: rulesets by the names of their files."""

    rulesets: dict[str, Ruleset]
    actions: Actions
    environments: dict[str, Environment]
    repository: Repository


def read_rulebook(files: Mapping[str, bytes]) -> Rulebook:
    """Read the files by their names in `.github/rulesets/`; UsageError says which is missing or wrong, and where."""
    named = {"actions.json", "environments.json", "repository.json"}
    rulesets = sorted(files.keys() - named)
    if missing := sorted(named - files.keys()) or ([] if rulesets else ["main.json"]):
        said = ", ".join(f"{FOLDER}/{name}" for name in missing)
        raise UsageError(f"there is no {said}", hint="copy it from this project, and say in it what you want")
    book = Rulebook(
        rulesets={name: _read(name, files[name], Ruleset) for name in rulesets},
        actions=_read("actions.json", files["actions.json"], Actions),
        environments=_read("environments.json", files["environments.json"], dict[str, Environment]),
        repository=_read("repository.json", files["repository.json"], Repository),
    )
    owners: dict[str, str] = {}
    for file, ruleset in book.rulesets.items():
        if (other := owners.setdefault(ruleset.name, file)) != file:
            said = f"{FOLDER}/{file}: the name {ruleset.name} is the one of {other} too"
            raise UsageError(said, hint="GitHub knows rulesets by their names: give each its own")
    return book


def _read(name: str, content: bytes, shape: type[Shape]) -> Shape:
    place = f"{FOLDER}/{name}"
    reader: TypeAdapter[Any] = TypeAdapter(shape)
    try:
        parse_strictly(content)
        found: Shape = reader.validate_json(content, strict=True)
    except NotStrict as error:
        raise UsageError(f"{place} is not JSON with one meaning: {error}", hint=f"mend {place}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        said = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise UsageError(f"{place}: {key}: {said}", hint=f"mend {place}; its shape is the one of the API") from None
    return found
