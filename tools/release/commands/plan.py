"""`plan`: what a run would do."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from release.commands.affected import print_affected
from release.errors import ReleaseError, UsageError
from release.model.artifact import digest_of
from release.model.dist import Dist
from release.model.evidence import bundle_name
from release.model.forecast import Does, EntryRecord, Forecast, Foretold, RefusedRecord, RunRecord
from release.model.matrix import MOST_JOBS
from release.model.receipt import read_receipt
from release.pipeline import find_going_out, find_needs
from release.schedule import find_waves
from release.session import Session, json_option, target_option
from release.step import perform
from release.steps.forecast import forecast
from release.steps.select import select_plans
from release.steps.verify import Verify
from release.targets import open_targets
from release.wiring import find_source, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from release.adapters.git import Git
    from release.model.ledger import Entry
    from release.model.plan import Plan
    from release.ports import Target

_AT_ONCE = 16
"""Releases that targets are asked about at a time."""


@click.command()
@click.argument("tags", nargs=-1)
@target_option("Where to look")
@click.option("--matrix", is_flag=True, help="Print a matrix for GitHub Actions, a job for each tag.")
@click.option("--verify", "verifies", is_flag=True, help="Ask what a release asks before it builds, too.")
@click.option("--since", metavar="REF", help="With --matrix: the tests of what changed since REF, and what needs it.")
@json_option
@click.pass_obj
def command(  # noqa: PLR0913  # one for each word
    session: Session,
    tags: Sequence[str],
    targets: Sequence[str],
    since: str | None,
    *,
    matrix: bool,
    verifies: bool,
) -> int:
    """Show what a run would do with every package tag at HEAD, or with the TAGS named, in waves. Nothing is built.

    What targets hold is compared with the receipt on this machine; where there is none, with the evidence that is
    published, and with each other. It ends with the code with which a run would stop for what targets hold.

    With --verify, tree, branch, changelog and siblings are asked about as well: what a release would refuse stops with
    the code of the refusal, and what needs it stops with it. A matrix leaves both out.

    With --matrix --since REF, the jobs are the tests of the packages that differ from REF's and of those that need
    them, on each Python and Spark of hatch.toml that they are for; of all, where tests, tools, .github or settings at
    the root differ. GITHUB_OUTPUT gets `matrix` and `packages`.

    \b
    Examples:
      hatch run release plan
      hatch run release plan env-drift/v0.1.0 --verify --to github
      hatch run release plan env-drift/v0.1.0 --to codeartifact --to s3 --json
      echo "matrix=$(hatch run release plan --matrix)" >> "$GITHUB_OUTPUT"
      hatch run release plan --since origin/main --matrix
    """
    if since is not None:
        _require_alone(tags, targets, matrix=matrix, verifies=verifies)
        return print_affected(session, since)
    source = find_source(session.settings)
    dist = Dist(source.root / "dist")
    opened = open_targets(targets or ("local",), session.settings, dist)
    plans, wrong = select_plans(source, session.settings.policy(source.read), tags)
    waves = find_waves(needs := find_needs(plans))
    refused = _verify(session, source, plans, targets or ("local",)) if verifies else {}
    wrong |= refused
    code = next((error.exit_code for error in wrong.values()), 0)
    if matrix:
        session.terminal.document(json.dumps(_matrix(_leave_out(refused, waves, needs), plans)))
    else:
        session.terminal.begin("plan", "asks every target")
        found = foresee(plans, needs, waves, opened, dist, refused)
        code = code or next((each.exit_code for each in found.values() if each.exit_code), 0)
        _show(session, waves, found, wrong, code)
    for error in wrong.values():
        session.terminal.fail(error.message, error.hint)
    return code


def _require_alone(tags: Sequence[str], targets: Sequence[str], *, matrix: bool, verifies: bool) -> None:
    if not matrix or verifies:
        raise UsageError("--since is for --matrix alone", hint="plan --since REF --matrix; or leave --since out")
    if tags or targets:
        raise UsageError("--since asks for tests, not for TAGS or targets", hint="plan --since REF --matrix")


def _verify(
    session: Session, source: Git, plans: Mapping[str, Plan], targets: Iterable[str]
) -> dict[str, ReleaseError]:
    """Ask what a release asks before it builds; give what is refused."""
    refused = {}
    with open_scratch() as scratch:
        context = wire(session.settings, source, session.terminal, scratch, to=targets, signs=False)
        for name, plan in plans.items():
            try:
                perform(Verify(find_going_out(plan, plans)), plan, context, plan.tag)
            except ReleaseError as error:
                refused[name] = error
    return refused


def _leave_out(
    refused: Iterable[str], waves: Iterable[Iterable[str]], needs: Mapping[str, frozenset[str]]
) -> Iterator[list[str]]:
    """Give the waves without what is refused, and without what needs it."""
    out = set(refused)
    for wave in waves:
        out |= {name for name in wave if needs[name] & out}
        if fitting := [name for name in wave if name not in out]:
            yield fitting


def foresee(  # noqa: PLR0913, PLR0917  # what is asked, of whom, and what is known of it before
    plans: Mapping[str, Plan],
    needs: Mapping[str, Iterable[str]],
    waves: Sequence[Sequence[str]],
    targets: Sequence[Target],
    dist: Dist,
    refused: Mapping[str, ReleaseError],
) -> dict[str, Foretold]:
    """Ask about all releases side by side; one that needs what stops is held back by it."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = {name: pool.submit(forecast, plan.tag, _known(plan, dist), targets) for name, plan in plans.items()}
        found = {name: asked[name].result() for wave in waves for name in wave}
    for name, error in refused.items():
        found[name] = replace(found[name], does=Does.STOP, why=error.message, exit_code=error.exit_code)
    for name, foretold in found.items():
        stops = sorted(other for other in needs[name] if found[other].does is Does.STOP)
        if stops and foretold.does is not Does.STOP:
            found[name] = replace(foretold, does=Does.STOP, why=f"it needs {stops[0]}, which stops")
    return found


def _known(plan: Plan, dist: Dist) -> dict[str, str]:
    """Give the digests that the receipt on this machine names, if it is one of this very commit."""
    receipt, bundle = read_receipt(dist.receipt(plan.tag)), dist.folder(plan.tag) / bundle_name(plan.tag)
    if receipt is None or receipt.commit != plan.commit.sha:
        return {}
    return receipt.digests | ({bundle.name: digest_of(bundle)} if receipt.provenance and bundle.is_file() else {})


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
    found: Mapping[str, Foretold],
    wrong: Mapping[str, ReleaseError],
    code: int,
) -> None:
    order = [(number, name, found[name]) for number, wave in enumerate(waves, 1) for name in wave]
    if session.as_json:
        session.answer(_document(order, wrong, code).model_dump(mode="json", by_alias=True))
        return
    session.terminal.table(
        ("state", "wave", "tag", "target", "file", ""),
        [
            (each.state, str(wave), name, _place(each, foretold.entries), each.name, each.detail.partition("\n")[0])
            for wave, name, foretold in order
            for each in foretold.entries
        ],
    )
    session.terminal.table(
        ("a run would", "wave", "tag", ""),
        [(each.does, str(wave), name, each.why.partition("\n")[0]) for wave, name, each in order],
    )


def _place(entry: Entry, entries: Iterable[Entry]) -> str:
    """Name the target; of one that holds the same file at several locations, which of them it is."""
    locations = {each.location for each in entries if (each.target, each.name) == (entry.target, entry.name)}
    return entry.target if len(locations) == 1 else f"{entry.target} {entry.location}"


def _document(order: Iterable[tuple[int, str, Foretold]], wrong: Mapping[str, ReleaseError], code: int) -> Forecast:
    rows = list(order)
    return Forecast(
        ledger=tuple(
            EntryRecord(
                wave=wave,
                tag=name,
                target=each.target,
                location=each.location,
                name=each.name,
                state=each.state,
                sha256=each.sha256,
                detail=each.detail,
            )
            for wave, name, foretold in rows
            for each in foretold.entries
        ),
        runs=tuple(
            RunRecord(wave=wave, tag=name, does=each.does, why=each.why, exit_code=each.exit_code)
            for wave, name, each in rows
        ),
        refused=tuple(RefusedRecord(tag=name, reason=error.message, hint=error.hint) for name, error in wrong.items()),
        exit_code=code,
    )
