"""`doctor --github`: the repository on GitHub beside `.github/rulesets/`, and with `--apply` made the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from release.adapters.github import open_rules
from release.commands.doctor_report import report
from release.errors import UsageError
from release.model.rulebook import FOLDER, read_rulebook
from release.model.workflow_names import names_used
from release.steps.diagnosis.examine import examine
from release.steps.diagnosis.github import apply_all, compare_all, look_around
from release.steps.diagnosis.github_names import PLACES_OF_OWNERS, look_at_names, look_at_owners, look_at_teams
from release.steps.diagnosis.github_rules import look_at_strangers, look_at_visibility, rules_of
from release.targets import REMOTE, SECONDS
from release.wiring import find_source

if TYPE_CHECKING:
    from pathlib import Path

    from release.session import Session


def look_at_github(session: Session, *, is_applied: bool) -> int:
    """Compare the repository with the work tree's files, write what differs where asked to, and report."""
    session.terminal.begin("doctor", "applies the rules to GitHub" if is_applied else "looks at GitHub")
    if missing := session.settings.missing(REMOTE["github"].needs):
        raise UsageError(f"settings are missing: {', '.join(missing)}", hint="set them, then run it again")
    root = find_source(session.settings).root
    book = read_rulebook(_files(root / FOLDER, "*.json"))
    workflows = _files(root / ".github" / "workflows", "*.yml", "*.yaml")
    uses = names_used({f".github/workflows/{name}": content for name, content in workflows.items()})
    places = [place for place in PLACES_OF_OWNERS if (root / place).is_file()]
    owners = {place: (root / place).read_bytes().decode(errors="replace") for place in places}
    github = open_rules(session.settings, SECONDS)
    sight, seen = look_around(github)
    rules = rules_of(book, github, sight)
    told = apply_all(rules, sight) if is_applied else compare_all(rules, sight)
    others = examine(
        {
            "visibility": partial(look_at_visibility, sight),
            "other rulesets": partial(look_at_strangers, book, github),
            "CODEOWNERS": partial(look_at_owners, github),
            "teams": partial(look_at_teams, github, sight, owners),
            "variables": partial(look_at_names, github, "variables", uses),
            "secrets": partial(look_at_names, github, "secrets", uses),
        }
    )
    return report(session, (seen, *(diagnosis for each in told for diagnosis in each), *others))


def _files(folder: Path, *patterns: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
