"""`snapshot`: a dev build of what is committed; and the end of those that have had their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from release.adapters.checkout import check_out
from release.adapters.git import Git
from release.commands.notices import open_notices
from release.commands.summary import conclude
from release.commands.withdrawals import conclude as conclude_withdrawals
from release.errors import Refused, UsageError
from release.model.dist import Dist
from release.model.ledger import Listing
from release.model.outcome import Ending, Outcome
from release.model.withdrawal import Wish
from release.pipeline import Pipeline
from release.session import Session, json_option, target_option
from release.steps.foresee import foresee_plans
from release.steps.prune import Prune
from release.steps.read import read_packages, require_known
from release.steps.survey import require_head, tagged_versions
from release.targets import open_targets
from release.wiring import PATIENCE, find_source, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from release.model.plan import Plan
    from release.ports import Target


@click.command()
@click.argument("packages", nargs=-1)
@click.option("--prune", is_flag=True, help="Take away snapshots that have had their time, and build nothing.")
@click.option("--older-than", "days", type=click.IntRange(min=0), metavar="DAYS",
              help="How old they are.  [default: snapshot-days in \\[tool.release], 10]")  # fmt: skip
@target_option("Where to publish, or to prune")
@json_option
@click.pass_obj
def command(
    session: Session, packages: tuple[str, ...], targets: Sequence[str], *, prune: bool, days: int | None
) -> int:
    """Release a development version of every package, or of the PACKAGES named, into the dev channel.

    The version leads to the one that would come next, and is numbered by the commits below HEAD: 0.2.0.dev17. No tag
    is made, and stable and preview never see it.

    With --prune, development versions that came to a target too long ago are archived there: nobody is offered them
    any more. Their bytes are not deleted. CodeArtifact keeps what is archived; in a bucket a lifecycle rule for what
    stands below `dev/` may remove it, and in `dist/` whoever needs the space. A release is never touched.

    \b
    Examples:
      hatch run release snapshot
      hatch run release snapshot env-drift --to codeartifact --to s3 --json
      hatch run release snapshot --prune --older-than 30 --to codeartifact
    """
    if prune:
        return _prune(session, packages, targets or ("local",), days)
    if days is not None:
        raise UsageError("--older-than says what is pruned", hint="add --prune, or leave it out")
    return _release(session, packages, targets or ("local",))


def _release(session: Session, packages: Sequence[str], targets: Sequence[str]) -> int:
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
        copy, kept = scratch / "repository", source.root / "dist"
        check_out(source.root, head.sha, plans, copy, session.settings.for_tools)
        git = Git(copy, session.settings.for_tools)
        wired = wire(session.settings, git, session.terminal, scratch, to=targets, dist=kept)
        context = replace(wired, targets=_taking(session, wired.targets, plans))
        words = (*packages, *(word for target in targets for word in ("--to", target) if targets != ("local",)))
        notices = open_notices(session, context, plans, "snapshot", *words, only_failures=True)
        outcomes = [*refused, *Pipeline(plans, context).release()]
        notices.tell(outcomes)
        return conclude(session, outcomes, context.dist)


def _taking(session: Session, targets: Sequence[Target], plans: Mapping[str, Plan]) -> tuple[Target, ...]:
    """Leave out the targets that take no development version, and say so."""
    files = [(plan.tag, name) for plan in plans.values() for name in plan.tag.files]
    taking = tuple(target for target in targets if not files or any(target.places(*each) for each in files))
    others = [target for target in targets if target not in taking]
    for target in others:
        session.terminal.warn(f"{target.name} takes no development versions, and is left out")
    if not taking:
        names = " and ".join(target.name for target in others)
        raise UsageError(f"no target is left: {names} takes no snapshots", hint="add one that does: --to local")
    return taking


def _prune(session: Session, names: Sequence[str], targets: Sequence[str], days: int | None) -> int:
    source = find_source(session.settings)
    policy = session.settings.policy(source.read)
    opened = open_targets(targets, session.settings, Dist(source.root / "dist"))
    known = read_packages(source, require_head(source).sha, policy.members).names | tagged_versions(source).keys()
    require_known(names, known)
    age = policy.snapshot_days if days is None else days
    oldest = datetime.now(UTC) - timedelta(days=age)
    wish = Wish(Listing.ARCHIVED, f"a snapshot older than {age} days")
    done = Prune(sorted(names or known), oldest, wish, PATIENCE).run(opened, session.terminal)
    if not done:
        session.terminal.say(f"nothing to prune: no snapshot on offer is older than {age} days")
    return conclude_withdrawals(session, done, {"older_than_days": age, "listing": wish.listing})
