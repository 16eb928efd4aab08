"""`publish`: bring to targets what other jobs have built and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.apart import PublishApart
from release.commands.handover import hand_over
from release.commands.notices import open_notices
from release.model.digests import parse_digests
from release.model.outcome import Ending, Outcome
from release.session import Session, digests_option, json_option, target_option
from release.steps.inspection.handover import require_known
from release.steps.select import select_plans
from release.wiring import find_source, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("tags", nargs=-1)
@target_option("Where to publish")
@digests_option("What the files in dist/ must be")
@json_option
@click.pass_obj
def command(session: Session, tags: Sequence[str], targets: Sequence[str], *, digests: Sequence[str]) -> int:
    """Publish what `build` has left in dist/ and a signer has signed: every package tag at HEAD, or the TAGS named.

    Nothing is built, no code of the package runs, and nothing is signed. Everything is held against the tagged tree and
    against the statement first, which a key of `trusted-keys` in [tool.release] must have signed; every gate must have
    passed. With --digests, every file of a release must be named there as it is. Running it again is always safe.

    \b
    Examples:
      hatch run release publish env-drift/v0.1.0 --digests @DIGESTS --digests @SIGNED --to codeartifact --to s3
      hatch run release publish env-drift/v0.1.0 --to github
      hatch run release publish --json
    """
    named = parse_digests(digests)
    source = find_source(session.settings)
    with open_scratch() as scratch:
        to = targets or ("local",)
        context = wire(session.settings, source, session.terminal, scratch, to=to, signs=False)
        plans, wrong = select_plans(source, context.policy, tags)
        refused = [Outcome(name, Ending.FAILED, error) for name, error in wrong.items()]
        if not wrong:  # else a digest may be of a tag that has no plan; each release is held against its own anyway
            require_known(named, (plan.tag for plan in plans.values()))
        notices = open_notices(session, context, plans, *_words(tags, targets))
        outcomes = [*refused, *PublishApart(plans, context, named).release()] if plans else refused
        notices.tell(outcomes)
        return hand_over(session, outcomes, plans, context.dist)


def _words(tags: Sequence[str], targets: Sequence[str]) -> tuple[str, ...]:
    """Give the words of this call that say it again; digests are too long to be read by anybody."""
    return ("publish", *tags, *(word for target in targets for word in ("--to", target)))
