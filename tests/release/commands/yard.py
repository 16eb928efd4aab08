"""A repository on GitHub, its work tree with our rules and workflows, and the doctor that compares them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from release.adapters.github import open_rules
from release.model.rulebook import read_rulebook
from release.settings import Settings
from release.steps.diagnosis.aws import VARIABLES
from release.steps.diagnosis.github import look_around
from release.steps.diagnosis.github_rules import rules_of
from tests.repository.tree import ROOT
from tests.servers.github import TOKEN, GitHub, Token
from tests.servers.github.administered import Administered
from tests.servers.github.environments import Environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.steps.diagnosis.github import Rule, Sight
    from tests.release.command import Ended, ReleaseCommand

Check = dict[str, Any]
ADMINISTERED = frozenset(
    {
        "repository settings",
        "secret scanning",
        "immutable releases",
        "private vulnerability reporting",
        "vulnerability alerts",
        "automated security fixes",
        "actions permissions",
        "actions selected actions",
        "actions workflow",
        "actions fork pull requests",
        "actions artifact and log retention",
        "ruleset main",
        "ruleset signed commits",
        "ruleset release tags stay",
        "ruleset release tags are made by maintainers",
    }
)
"""The checks of what only who administers a repository may see; a repository that is new fails each."""
FILES = {path.name: path.read_bytes() for path in (ROOT / ".github" / "rulesets").glob("*.json")}


class Yard:
    """The work tree, GitHub, and what the doctor says of it."""

    def __init__(self, github: GitHub, release: ReleaseCommand) -> None:
        self.github = github
        self.root = release.folder
        self.release = release
        github.tokens[TOKEN] = Token(admin=True)
        self.renew()
        release.more.update(github.environment)
        shutil.copytree(ROOT / ".github" / "rulesets", self.root / ".github" / "rulesets")
        (self.root / ".github" / "workflows").mkdir()
        for name in ("release.yml", "reconcile.yml"):  # the others read no names, and take time to be read
            shutil.copy(ROOT / ".github" / "workflows" / name, self.root / ".github" / "workflows")
        shutil.copy(ROOT / "CODEOWNERS", self.root)

    @property
    def there(self) -> Administered:
        """What administers the repository on GitHub."""
        return self.github.repository.administered

    def renew(self) -> None:
        """Make the repository as if somebody had just made it, and set what workflows read and what the API doesn't."""
        self.github.repository.administered = Administered(self.github.repository)
        self.github.repository.is_immutable = None
        self.there.variables[""] |= set(VARIABLES)
        self.there.secrets["notify"] = {"SLACK_WEBHOOK_URL", "TEAMS_WEBHOOK_URL"}
        for name in ("sign", "release", "notify"):
            self.there.environments.kept[name] = Environment(can_admins_bypass=False)
        self.github.forget()

    @property
    def writes(self) -> list[str]:
        """What was asked for that changes something."""
        prefix = "/api/v3/repos/wheelyard/wheelyard"
        changing = [each for each in self.github.requests if each.method != "GET"]
        return [f"{each.method} {each.path.removeprefix(prefix)}" for each in changing]

    def edit(self, file: str, change: Callable[[Any], object]) -> None:
        """Change a file of rules in the work tree."""
        path = self.root / ".github" / "rulesets" / file
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))

    def look(self, *words: str, code: int = 0, **variables: str) -> list[Check]:
        """Give all lines, after requiring the exit code."""
        document = self.release("doctor", "--github", "--json", *words, **variables).expect(code).document
        assert document["exit_code"] == code
        checks: list[Check] = document["checks"]
        assert all(bool(each["cure"]) == (each["state"] != "ok") for each in checks)
        return checks

    def apply(self, code: int = 0) -> list[Check]:
        """Write what differs."""
        return self.look("--apply", code=code)

    def told(self, *words: str, code: int = 0, **variables: str) -> dict[str, str]:
        """Give the details of what is not well, by their checks."""
        told: dict[str, str] = {}
        for each in self.look(*words, code=code, **variables):
            if each["state"] != "ok":
                told[each["check"]] = "; ".join(filter(None, (told.get(each["check"]), each["detail"])))
        return told

    def people(self, *words: str) -> Ended:
        """Call it as a person does."""
        return self.release("doctor", "--github", *words)

    def rules(self) -> tuple[tuple[Rule, ...], Sight]:
        """Give the rules of our own files, as they are compared with GitHub."""
        github = open_rules(Settings(self.github.environment), 1)
        sight, _ = look_around(github)
        return rules_of(read_rulebook(FILES), github, sight), sight
