"""`audit`: what has been released, audited again with today's knowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.job_summary import tell_job
from release.model.reaudit import cure_of
from release.session import Session, json_option
from release.steps.reaudit.reaudit import reaudit
from release.wiring import find_source, open_consumer, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.model.reaudit import Affected, Reaudit, Unread, Vulnerability

_HEADINGS = ("", "finding", "in", "mended in", "releases", "offered by")


@click.command()
@click.argument("tags", nargs=-1)
@click.option("--to", "targets", multiple=True, metavar="TARGET",
              help="Where to look for what is offered, and for SBOMs; repeatable.  [default: local]")  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Audit what is off offer as well.")
@json_option
@click.pass_obj
def command(session: Session, tags: tuple[str, ...], targets: tuple[str, ...], *, everything: bool) -> int:
    """Audit every release that is still offered, or the TAGS named, by what the services know today.

    What a release brings is read from its SBOM, in dist/ or in a target that keeps evidence. Told are findings that
    its own audit did not know and nobody accepts, and those whose acceptance has expired: with the releases, and the
    channels that offer them. What is off offer is told, and fails nothing.

    The code is 12 where something offered has such a finding, 13 where a service could not be asked, else 15 where a
    target, or an SBOM, could not be read, and 2 where there was nothing to audit.

    \b
    Examples:
      hatch run release audit
      hatch run release audit --to codeartifact --to s3 --json
      hatch run release audit env-drift/v0.1.0 --to github
    """
    source = find_source(session.settings)
    with open_scratch() as scratch:
        context = wire(session.settings, source, session.terminal, scratch, to=targets or ("local",), signs=False)
        made = reaudit(
            context, open_consumer(session.settings, context.source, context.policy), tags, everything=everything
        )
    _conclude(session, made)
    return made.exit_code


def _conclude(session: Session, made: Reaudit) -> None:
    said, rows = _sum_up(made), [row for each in made.vulnerabilities for row in _rows(each)]
    if session.as_json:
        session.answer(made.model_dump(mode="json", by_alias=True))
        session.terminal.say(said)
    else:
        if rows:
            session.terminal.table(_HEADINGS, rows)
        if made.unread:
            session.terminal.table(("", "release", "", "next"), map(_unread, made.unread))
        session.terminal.answer(said)
    told = [*rows, *(("unknown", each.tag or each.place, "", "", each.detail, each.next) for each in made.unread)]
    tell_job(session, said, _HEADINGS, told)


def _sum_up(made: Reaudit) -> str:
    offered = sum(each.is_offered for each in made.vulnerabilities)
    off = len(made.vulnerabilities) - offered
    found = f"{_count(offered, 'finding')} in what is offered" if offered else "no new finding in what is offered"
    more = [f"{off:,} in what is off offer"] * bool(off) + [f"{len(made.unread):,} unknown"] * bool(made.unread)
    asked = (
        f"{_count(made.releases, 'release')} and {_count(made.pins, 'pin')} audited by {' and '.join(made.services)}"
    )
    return f"{asked}: {', '.join([found, *more])}{_following(made)}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _following(made: Reaudit) -> str:
    cures = [*filter(None, map(cure_of, made.vulnerabilities)), *(each.next for each in made.unread)]
    return f"; next: {cures[0]}" if cures else ""


def _rows(found: Vulnerability) -> Iterator[tuple[str, ...]]:
    """Give a line for each package and way to be offered, with its versions."""
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for each in found.releases:
        package, _, version = each.tag.partition("/v")
        alike.setdefault((each.kind, each.detail, package, _offers(each)), []).append(version)
    for (kind, detail, package, offers), versions in alike.items():
        finding = f"{found.id} ({detail})" if detail else found.id
        fixed = ", ".join(found.fixed_in) or "nowhere yet"
        yield kind, finding, f"{found.name} {found.version}", fixed, f"{package} {', '.join(versions)}", offers


def _offers(affected: Affected) -> str:
    told = [f"{each.target}: {', '.join(each.channels)}" for each in affected.offers]
    return "; ".join(told) or ("unknown" if affected.is_offered else "off offer")


def _unread(unread: Unread) -> tuple[str, ...]:
    return "unknown", unread.tag or unread.place, " ".join(unread.detail.split()), unread.next
