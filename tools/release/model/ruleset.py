"""A ruleset as `POST /repos/{owner}/{repo}/rulesets` takes it. https://docs.github.com/en/rest/repos/rules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    """Frozen; a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BypassActor(_Strict):
    """Whom no rule of a ruleset binds."""

    actor_id: int | None
    """Of a `RepositoryRole`: 2 maintains, 4 writes, 5 administers."""
    actor_type: Literal["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey"]
    bypass_mode: Literal["always", "pull_request", "exempt"]


class RefNames(_Strict):
    """Patterns of full names, such as `refs/tags/*/v*`: `*` does not match `/`; `~DEFAULT_BRANCH` and `~ALL`."""

    include: Annotated[tuple[str, ...], Field(min_length=1)]
    exclude: tuple[str, ...]


class Conditions(_Strict):
    """Which branches or tags a ruleset is for."""

    ref_name: RefNames


class Bare(_Strict):
    """A rule that is all said by its name."""

    type: Literal["creation", "deletion", "non_fast_forward", "required_linear_history", "required_signatures"]


class UpdateParameters(_Strict):
    """Whether a fork's branch may be brought up to date from its parent."""

    update_allows_fetch_and_merge: bool


class Update(_Strict):
    """Nobody moves the branch or the tag."""

    type: Literal["update"]
    parameters: UpdateParameters | None = None


class PullRequestParameters(_Strict):
    """Who must have agreed to a change, and how it comes in."""

    required_approving_review_count: Annotated[int, Field(ge=0, le=10)]
    require_code_owner_review: bool
    dismiss_stale_reviews_on_push: bool
    require_last_push_approval: bool
    required_review_thread_resolution: bool
    allowed_merge_methods: Annotated[tuple[Literal["merge", "squash", "rebase"], ...], Field(min_length=1)]


class PullRequest(_Strict):
    """A change comes by a pull request."""

    type: Literal["pull_request"]
    parameters: PullRequestParameters


class Check(_Strict):
    """A check, and the app whose word counts: 15368 is GitHub Actions."""

    context: str
    integration_id: int | None = None


class CheckParameters(_Strict):
    """Which checks must have passed, and whether on top of the newest commit of the branch."""

    strict_required_status_checks_policy: bool
    do_not_enforce_on_create: bool
    required_status_checks: Annotated[tuple[Check, ...], Field(min_length=1)]


class StatusChecks(_Strict):
    """Checks must have passed."""

    type: Literal["required_status_checks"]
    parameters: CheckParameters


Rule = Annotated[Bare | Update | PullRequest | StatusChecks, Field(discriminator="type")]


class Ruleset(_Strict):
    """Rules for some branches or tags; a ruleset that is `disabled` is there, and binds nobody."""

    name: Annotated[str, Field(min_length=1)]
    target: Literal["branch", "tag"]
    enforcement: Literal["active", "disabled", "evaluate"]
    bypass_actors: tuple[BypassActor, ...]
    conditions: Conditions
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
