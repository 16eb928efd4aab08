"""`plan`: what a run would do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from release.errors import ReleaseError, UsageError
from release.model.dist import Dist
from release.model.receipt import read_receipt
from release.pipeline import find_needs
from release.schedule import find_waves
from release.session import Session, json_option
from release.steps.ledger import read_ledger
from release.steps.select import select_plans
from release.targets import open_targets
from release.wiring import find_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from release.model.ledger import Entry
    from release.model.plan import Plan
    from release.model.tag import Tag
    from release.ports import Target

MOST_JOBS = 256  # what one matrix of GitHub Actions may hold


@click.command()
@click.argument("tags", nargs=-1)
@click.option("--to", "targets", multiple=True, metavar="TARGET", help="Where to look; repeatable.  [default: local]")
@click.option("--matrix", is_flag=True, help="Print a matrix for GitHub Actions, a job for each tag.")
@json_option
@click.pass_obj
def command(session: Session, tags: Sequence[str], targets: Sequence[str], *, matrix: bool) -> int:
    """Show what a run would do with every package tag at HEAD, or with the TAGS named, in waves. Nothing is built.

    \b
    Examples:
      hatch run release plan
      hatch run release plan env-drift/v0.1.0 --json
      echo "matrix=$(hatch run release plan --matrix)" >> "$GITHUB_OUTPUT"
    """
    source = find_source(session.settings)
    dist = Dist(source.root / "dist")
    opened = open_targets(targets or ("local",), session.settings, dist)
    plans, wrong = select_plans(source, session.settings.policy(source.read), tags)
    waves = find_waves(find_needs(plans))
    if matrix:
        session.terminal.document(json.dumps(_matrix(waves, plans)))
    else:
        ledger = {name: foresee(plan.tag, opened, dist) for name, plan in plans.items()}
        _show(session, waves, ledger, wrong)
    for error in wrong.values():
        session.terminal.fail(error.message, error.hint)
    return next((error.exit_code for error in wrong.values()), 0)


def foresee(tag: Tag, targets: Sequence[Target], dist: Dist) -> tuple[Entry, ...]:
    """Ask every target what it holds; the receipt says which bytes it should hold, if there was one."""
    before = read_receipt(dist.receipt(tag))
    digests = dict.fromkeys(tag.files, "") | {each.name: each.sha256 for each in (before.artifacts if before else ())}
    return read_ledger(tag, digests, targets)


def _matrix(waves: Iterable[Iterable[str]], plans: Mapping[str, Plan]) -> dict[str, object]:
    jobs = [
        {"tag": name, "package": plans[name].tag.package, "version": str(plans[name].tag.version), "wave": number}
        for number, wave in enumerate(waves, 1)
        for name in wave
    ]
    if len(jobs) > MOST_JOBS:
        raise UsageError(f"{len(jobs)} tags are more than the {MOST_JOBS} jobs of one matrix", hint="name some of them")
    return {"include": jobs}


def _show(
    session: Session,
    waves: Sequence[Sequence[str]],
    ledger: Mapping[str, Sequence[Entry]],
    wrong: Mapping[str, ReleaseError],
) -> None:
    rows = [(number, name, entry) for number, wave in enumerate(waves, 1) for name in wave for entry in ledger[name]]
    if session.as_json:
        entries = [
            {"wave": number, "tag": name, "target": each.target, "location": each.location, "name": each.name}
            | {"state": each.state, "sha256": each.sha256, "detail": each.detail}
            for number, name, each in rows
        ]
        refused = [{"tag": name, "reason": error.message, "hint": error.hint} for name, error in wrong.items()]
        session.answer({"ledger": entries, "refused": refused})
        return
    headings = ("state", "wave", "tag", "target", "file")
    session.terminal.table(headings, [(each.state, str(n), name, each.target, each.name) for n, name, each in rows])
