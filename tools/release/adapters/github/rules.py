"""A repository's rules, environments and settings on GitHub, one method for each endpoint. https://docs.github.com/en/rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from release.errors import Unauthorized, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.adapters.github.administration import Administration


class Rules:
    """What GitHub has; a document is None where it is not there, or not to be seen."""

    def __init__(self, door: Administration) -> None:
        self._door = door

    def describe(self) -> dict[str, Any]:
        """Give the repository; UsageError where there is none to be seen."""
        found = self._door.read("")
        if not isinstance(found, dict):
            raise UsageError(
                f"there is no repository {self._door.repository}, or the token may not see it",
                hint="does GITHUB_REPOSITORY name it as owner/name, and may GITHUB_TOKEN read it?",
            )
        return found

    def change_repository(self, document: Mapping[str, object]) -> None:
        """Change some settings."""
        self._door.write("PATCH", "", document)

    def rulesets(self) -> list[dict[str, Any]] | None:
        """List the repository's own rulesets, without their rules."""
        return self._door.collect("rulesets", includes_parents="false")

    def ruleset(self, number: int) -> dict[str, Any] | None:
        """Give a ruleset by its id; `bypass_actors` only to who may change it."""
        return self._mapping(f"rulesets/{number}")

    def create_ruleset(self, document: Mapping[str, object]) -> None:
        """Make a ruleset; UsageError where its name is taken."""
        self._door.write("POST", "rulesets", document)

    def replace_ruleset(self, number: int, document: Mapping[str, object]) -> None:
        """Put a ruleset in the place of another."""
        self._door.write("PUT", f"rulesets/{number}", document)

    def actions(self, part: str) -> dict[str, Any] | None:
        """Give the permissions of Actions: all of them, or the part at an address below theirs."""
        return self._mapping(_of_actions(part))

    def set_actions(self, part: str, document: Mapping[str, object]) -> None:
        """Change such a part."""
        self._door.write("PUT", _of_actions(part), document)

    def environment(self, name: str) -> dict[str, Any] | None:
        """Give an environment."""
        return self._mapping(f"environments/{quote(name, safe='')}")

    def set_environment(self, name: str, document: Mapping[str, object]) -> None:
        """Make an environment, or change it."""
        self._door.write("PUT", f"environments/{quote(name, safe='')}", document)

    def patterns(self, name: str) -> list[dict[str, Any]]:
        """List the branches and tags that may use an environment."""
        return self._door.collect(_of_patterns(name), "branch_policies") or []

    def add_pattern(self, name: str, document: Mapping[str, object]) -> None:
        """Let branches or tags use an environment; one that is there already is no failure."""
        self._door.write("POST", _of_patterns(name), document)

    def take_pattern(self, name: str, number: int) -> None:
        """Let them use it no more."""
        self._door.write("DELETE", f"{_of_patterns(name)}/{number}")

    def team(self, organisation: str, slug: str) -> dict[str, Any] | None:
        """Give a team."""
        found = self._door.read_owner(f"orgs/{quote(organisation, safe='')}/teams/{quote(slug, safe='')}")
        return found if isinstance(found, dict) else None

    def user(self, login: str) -> dict[str, Any] | None:
        """Give a user."""
        found = self._door.read_owner(f"users/{quote(login, safe='')}")
        return found if isinstance(found, dict) else None

    def switch(self, name: str) -> bool | None:
        """Say whether something is on; None where GitHub says nothing of it, which may mean off or not to be seen."""
        if name == "vulnerability-alerts":  # has no document: it is there, or it is not
            return True if self._door.is_on(name) else None
        found = self._mapping(name)
        return None if found is None else bool(found.get("enabled"))

    def set_switch(self, name: str, *, is_on: bool) -> None:
        """Turn something on or off."""
        self._door.write("PUT" if is_on else "DELETE", name)

    def owner_errors(self) -> list[dict[str, Any]] | None:
        """List what is wrong with CODEOWNERS of the default branch; None where there is no such file."""
        found = self._mapping("codeowners/errors")
        return None if found is None else list(found.get("errors") or [])

    def teams(self) -> list[dict[str, Any]] | None:
        """List the teams that may do something with the repository."""
        return self._door.collect("teams")

    def names(self, kind: str, environment: str = "") -> frozenset[str] | None:
        """Give the names of `variables` or `secrets`: the repository's and the organisation's, or an environment's."""
        if environment:
            listed = self._door.collect(f"environments/{quote(environment, safe='')}/{kind}", kind)
        else:
            listed = self._door.collect(f"actions/{kind}", kind)
            listed = None if listed is None else [*listed, *self._of_the_organisation(kind)]
        return None if listed is None else frozenset(str(each.get("name")) for each in listed)

    def _of_the_organisation(self, kind: str) -> list[dict[str, Any]]:
        """Give none where there is no organisation, or none to be seen: what is missing then is told as missing."""
        try:
            return self._door.collect(f"actions/organization-{kind}", kind) or []
        except Unauthorized:
            return []

    def _mapping(self, path: str) -> dict[str, Any] | None:
        found = self._door.read(path)
        return found if isinstance(found, dict) else None


def _of_actions(part: str) -> str:
    return f"actions/permissions/{part}".rstrip("/")


def _of_patterns(name: str) -> str:
    return f"environments/{quote(name, safe='')}/deployment-branch-policies"
