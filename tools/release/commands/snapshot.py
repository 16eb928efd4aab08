"""`snapshot`: a dev build of what is committed."""

from __future__ import annotations

import click

from release.adapters.checkout import check_out
from release.adapters.git import Git
from release.commands.notices import open_notices
from release.commands.summary import conclude
from release.errors import Refused
from release.model.outcome import Ending, Outcome
from release.pipeline import Pipeline
from release.session import Session, json_option
from release.steps.foresee import foresee_plans
from release.steps.survey import require_head
from release.wiring import find_source, open_scratch, wire


@click.command()
@click.argument("packages", nargs=-1)
@json_option
@click.pass_obj
def command(session: Session, packages: tuple[str, ...]) -> int:
    """Release a development version of every package, or of the PACKAGES named, into the dev channel.

    The version leads to the one that would come next, and is numbered by the commits below HEAD: 0.2.0.dev17. No tag
    is made, and stable and preview never see it.

    \b
    Examples:
      hatch run release snapshot
      hatch run release snapshot env-drift --json
    """
    source = find_source(session.settings)
    head = require_head(source)
    if source.changes:
        session.terminal.warn(f"{len(source.changes)} changes are not committed, and not in the snapshot")
    if source.is_shallow:
        raise Refused(
            "the clone is shallow, and a snapshot is numbered by the commits below it",
            hint="git fetch --unshallow --tags, then run it again",
        )
    policy = session.settings.policy(source.read)
    plans, wrong = foresee_plans(source, policy, head, packages, height=source.height(head.sha))
    refused = [Outcome(name, Ending.FAILED, error) for name, error in wrong.items()]
    with open_scratch() as scratch:
        copy = scratch / "repository"
        check_out(source.root, head.sha, plans, copy, session.settings.for_tools)
        kept = source.root / "dist"
        context = wire(session.settings, Git(copy, session.settings.for_tools), session.terminal, scratch, dist=kept)
        notices = open_notices(session, context, plans, "snapshot", *packages, only_failures=True)
        outcomes = [*refused, *Pipeline(plans, context).release()]
        notices.tell(outcomes)
        return conclude(session, outcomes, context.dist)
