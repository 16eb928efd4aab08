"""`rehearse`: the whole release, with nothing outside touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.adapters.checkout import check_out
from release.adapters.git import Git
from release.commands.summary import conclude
from release.errors import ReleaseError, UsageError
from release.model.outcome import Ending, Outcome
from release.pipeline import Pipeline
from release.session import Session, json_option
from release.step import perform
from release.steps.foresee import foresee_plans
from release.steps.install import Install
from release.steps.survey import changed_since, require_head
from release.wiring import find_source, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release.context import Context


@click.command()
@click.argument("packages", nargs=-1)
@click.option("--since", metavar="REF",
              help="Only what changed since REF, and what needs it; all, where tools or tests changed.")  # fmt: skip
@click.option("--keep", is_flag=True, help="Keep the scratch folder, to look at what was made.")
@json_option
@click.pass_obj
def command(session: Session, packages: tuple[str, ...], since: str | None, *, keep: bool) -> int:
    """Release the next version of every package, or of the PACKAGES named, in a scratch copy into a scratch index.

    It is the same pipeline over what is committed at HEAD; at the end everything is installed from that index.

    \b
    Examples:
      hatch run release rehearse
      hatch run release rehearse env-drift --keep
      hatch run release rehearse --since origin/main
    """
    if packages and since:
        raise UsageError("PACKAGES and --since name the same thing", hint="give one of them")
    source = find_source(session.settings)
    head = require_head(source)
    policy = session.settings.policy(source.read)
    if source.changes:
        session.terminal.warn(f"{len(source.changes)} changes are not committed, and not rehearsed")
    names = packages or (changed_since(source, policy, head, since) if since else ())
    if since and not names:
        session.terminal.say(f"nothing changed since {since}")
        if session.as_json:
            session.answer({"outcomes": [], "exit_code": 0})
        return 0
    plans, wrong = foresee_plans(source, policy, head, names)
    refused = [Outcome(name, Ending.FAILED, error) for name, error in wrong.items()]
    with open_scratch(keep=keep) as scratch:
        copy = scratch / "repository"
        check_out(source.root, head.sha, plans, copy, session.settings.for_tools)
        dist = scratch / "dist"
        context = wire(
            session.settings,
            Git(copy, session.settings.for_tools),
            session.terminal,
            scratch,
            dist=dist,
            keys=scratch / "keys",
        )
        outcomes = [*refused, *Pipeline(plans, context).release()]
        outcomes += tuple(install_all(outcomes, context))
        if keep:
            session.terminal.say(f"kept: {scratch}")
        return conclude(session, outcomes, context.dist, rehearsal=True)


def install_all(outcomes: Iterable[Outcome], context: Context) -> Iterator[Outcome]:
    """Install everything that was released from the index of its channel, and give how it ended where it failed."""
    receipts = [each.receipt for each in outcomes if each.is_good and each.receipt]
    for channel in {receipt.channel for receipt in receipts}:
        there = [receipt for receipt in receipts if receipt.channel is channel]
        name = f"{channel} index"
        try:
            perform(Install(channel), there, context, name)
        except ReleaseError as error:
            yield Outcome(name, Ending.FAILED, error)
