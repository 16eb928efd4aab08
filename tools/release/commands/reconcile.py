"""`reconcile`: every tag beside every target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.job_summary import tell_job
from release.session import Session, json_option
from release.steps.reconciliation.reconcile import reconcile
from release.wiring import find_source, open_consumer, open_scratch, wire

if TYPE_CHECKING:
    from release.model.reconciliation import Discrepancy, Reconciliation

_HEADINGS = ("", "tag", "target", "", "next")


@click.command()
@click.option("--to", "targets", multiple=True, metavar="TARGET", help="What to compare; repeatable.  [default: local]")
@click.option("--quick", is_flag=True, help="Look at no signature: no bundle is read.")
@json_option
@click.pass_obj
def command(session: Session, targets: tuple[str, ...], *, quick: bool) -> int:
    """Compare every release tag with everything that the targets hold of our packages. Nothing is changed.

    Each target is asked once for all it holds. Told are releases that a target lacks, versions that no tag names,
    missing files, bytes that differ, files that somebody added, releases that nobody trusted has signed, and versions
    that are withdrawn in one place and offered in another. Each line ends with what to do next. A target that can't
    be asked is told as unknown, and nothing is concluded from its silence.

    The code is 14 where bytes differ or files are not ours, else 16 where a release is not proven, else 15 where
    something is missing or unknown, and 0 where all agree.

    \b
    Examples:
      hatch run release reconcile
      hatch run release reconcile --to codeartifact --to s3 --to github
      hatch run release reconcile --to index --quick --json
    """
    source = find_source(session.settings)
    with open_scratch() as scratch:
        context = wire(session.settings, source, session.terminal, scratch, to=targets or ("local",), signs=False)
        made = reconcile(context, None if quick else open_consumer(session.settings, context.source, context.policy))
    _conclude(session, made)
    return made.exit_code


def _conclude(session: Session, made: Reconciliation) -> None:
    said, rows = _sum_up(made), [_row(each) for each in made.discrepancies]
    if session.as_json:
        session.answer(made.model_dump(mode="json", by_alias=True))
        session.terminal.say(said)
    else:
        if rows:
            session.terminal.table(_HEADINGS, rows)
        session.terminal.answer(said)
    tell_job(session, said, _HEADINGS, rows)


def _sum_up(made: Reconciliation) -> str:
    counted = ", ".join(f"{number:,} {code}" for code, number in made.counts.items()) or "nothing is wrong"
    unlooked = "" if made.signatures else "; signatures were not looked at (--quick)"
    following = f"; next: {made.discrepancies[0].next}" if made.discrepancies else ""
    return f"{made.agreeing:,} of {made.tags:,} tags agree in {', '.join(made.targets)}: {counted}{unlooked}{following}"


def _row(discrepancy: Discrepancy) -> tuple[str, ...]:
    told = " ".join(discrepancy.detail.split())
    return discrepancy.code, discrepancy.tag or "all", discrepancy.target, told, discrepancy.next
