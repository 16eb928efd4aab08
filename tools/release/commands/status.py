"""`status`: where every package stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.session import Session, json_option
from release.steps.read import require_known
from release.steps.survey import survey
from release.wiring import find_source

if TYPE_CHECKING:
    from release.model.overview import Standing


@click.command()
@click.argument("packages", nargs=-1)
@json_option
@click.pass_obj
def command(session: Session, packages: tuple[str, ...]) -> int:
    """Show every package, or the PACKAGES named: last tag, what changed since, the version that would fit, followers.

    \b
    Examples:
      hatch run release status
      hatch run release status env-drift --json
    """
    source = find_source(session.settings)
    policy = session.settings.policy(source.read)
    standings = survey(source, policy)
    if not standings:
        session.terminal.warn(f"this commit has no package ([tool.release] members: {', '.join(policy.members)})")
    require_known(packages, (each.name for each in standings))
    shown = [each for each in standings if not packages or each.name in packages]
    if session.as_json:
        session.answer({"packages": [_as_json(each) for each in shown]})
        return 0
    session.terminal.table(("package", "last", "since then", "next", "followed by"), map(_row, shown))
    for each in shown:
        if each.error:
            session.terminal.warn(f"{each.error.message} ({each.error.hint})")
    return 0


def _row(standing: Standing) -> tuple[str, ...]:
    files = "1 file" if standing.changed_files == 1 else f"{standing.changed_files} files"
    changed = f"{files} changed" if standing.is_changed else "nothing changed"
    return (
        standing.name,
        str(standing.last or "never"),
        "can't be read" if standing.error else changed,
        str(standing.next or ""),
        ", ".join(standing.followers),
    )


def _as_json(standing: Standing) -> dict[str, object]:
    return {
        "name": standing.name,
        "last": standing.last and str(standing.last),
        "changed_files": standing.changed_files,
        "next": standing.next and str(standing.next),
        "followers": standing.followers,
        "error": standing.error and standing.error.message,
    }
