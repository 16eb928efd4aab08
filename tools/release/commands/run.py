"""`run`: release what is tagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.commands.notices import open_notices
from release.commands.summary import conclude
from release.model.outcome import Ending, Outcome
from release.pipeline import Pipeline
from release.session import Session, json_option, target_option
from release.steps.select import select_plans
from release.wiring import find_source, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("tags", nargs=-1)
@target_option("Where to publish")
@json_option
@click.pass_obj
def command(session: Session, tags: Sequence[str], targets: Sequence[str]) -> int:
    """Release every package tag at HEAD, or the TAGS named.

    Everything is built and judged before the first byte leaves. What is there already, with the same bytes, is left
    alone; what is there with other bytes is a conflict. Running it again is always safe.

    \b
    Examples:
      hatch run release
      hatch run release run env-drift/v0.1.0
      hatch run release run env-drift/v0.1.0 cluster-inventory/v0.1.0 --to local --json
    """
    source = find_source(session.settings)
    with open_scratch() as scratch:
        context = wire(session.settings, source, session.terminal, scratch, to=targets or ("local",))
        for name in session.settings.version_overrides:
            session.terminal.warn(f"{name} is set and ignored: the tag alone names the version")
        plans, wrong = select_plans(source, context.policy, tags)
        refused = [Outcome(name, Ending.FAILED, error) for name, error in wrong.items()]
        notices = open_notices(session, context, plans, *_words(tags, targets))
        outcomes = [*refused, *Pipeline(plans, context).release()] if plans else refused
        notices.tell(outcomes)
        return conclude(session, outcomes, context.dist)


def _words(tags: Sequence[str], targets: Sequence[str]) -> tuple[str, ...]:
    """Give the words of this call."""
    return ("run", *tags, *(word for target in targets for word in ("--to", target)))
