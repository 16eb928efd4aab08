"""`verify`: prove a release, or files of one, as a consumer would."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from release.commands.witness import read_commit
from release.errors import UsageError, VerificationFailed
from release.keys import find_trust, pin_keys
from release.model.digests import parse_digests
from release.model.trust import Builder, Trust
from release.session import Session, digests_option, json_option, target_option
from release.steps.inspection.gather import Wanted, gather
from release.steps.inspection.handover import Handover, require_alone, require_known
from release.steps.inspection.inspect import inspect
from release.steps.inspection.rebuild import Rebuild, Rebuilt
from release.wiring import find_source, open_rebuilder, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from release.context import Context
    from release.model.delivery import Checked, Delivery, Inspected
    from release.model.dist import Dist
    from release.steps.inspection.inspect import Check

_NOT_THERE = frozenset({"", "absent", "empty", "missing", "not-checked", "stale-receipt", "unsigned"})
_UNSIGNED = "UNSIGNED: nobody's signature is asked for, so that this proves nothing to a consumer"
_BUILDERS = {each.short: each.value for each in Builder}


@dataclass(frozen=True)
class Pinned:
    """Whom the caller trusts, in place of whom the settings do."""

    keys: tuple[str, ...]
    threshold: int | None
    builder: str

    def find(self, context: Context, session: Session) -> Trust:
        """Give the trust that counts."""
        if not self.keys:
            if self.threshold:
                raise UsageError("--threshold counts the keys that --key names", hint="name them: --key release.pem")
            return find_trust(context.policy, session.settings)
        return pin_keys(self.keys, self.threshold or 1, self.builder or Builder.WORKSTATION)


@click.command()
@click.argument("words", nargs=-1, metavar="[TAG|FILE]...")
@click.option("--key", "keys", multiple=True, help="Trust this public key alone, a PEM's path or base64; repeatable.")
@click.option("--threshold", type=click.IntRange(min=1), help="How many unique --key must have signed.  [default: 1]")
@click.option("--builder", type=click.Choice(list(_BUILDERS)), help="How it must have been made.")
@click.option("--repository", default="", metavar="URL", help="Where it must come from.  [default: settings]")
@click.option("--commit", default="", metavar="SHA", help="What it must be built from.  [default: the tag's]")
@click.option("--evidence", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER",
              help="Where the evidence of FILEs stands.  [default: beside them]")  # fmt: skip
@click.option("--no-sbom", is_flag=True, help="Do without the SBOM of FILEs.")
@target_option("What must hold it")
@click.option("--rebuild", is_flag=True, help="Build it again from its tag, and compare every byte.")
@click.option("--python", metavar="VERSION", help="Rebuild with this Python: 3.10.  [default: this one]")
@click.option("--rebuilt", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER",
              help="What was built again elsewhere, laid out as dist/: compare every byte.")  # fmt: skip
@click.option("--unsigned", is_flag=True, help="Ask for everything but signatures, before anything is published.")
@digests_option("What the files of the TAGs must be")
@json_option
@click.pass_obj
def command(  # noqa: PLR0913  # an option each
    session: Session,
    words: tuple[str, ...],
    *,
    keys: tuple[str, ...],
    threshold: int | None,
    builder: str | None,
    repository: str,
    commit: str,
    evidence: Path | None,
    no_sbom: bool,
    targets: tuple[str, ...],
    rebuild: bool,
    python: str | None,
    rebuilt: Path | None,
    unsigned: bool,
    digests: tuple[str, ...],
) -> int:
    """Prove every release at HEAD, those of the TAGs named, or FILEs taken from any place.

    Digests, signatures by keys that are trusted, provenance, SBOM, archives, and that all targets hold the same bytes.
    What was looked at is listed; what could not be looked at fails. Keys are those of `trusted-keys` in [tool.release],
    or this machine's own where it names none.

    With --unsigned it is what `build` has left in dist/ that is looked at, before a signer and any target have seen it:
    files, statement, receipt and gates must agree with each other and with the tagged tree. No build code runs.

    \b
    Examples:
      hatch run release verify
      hatch run release verify env-drift/v0.1.0 --rebuild
      hatch run release verify env-drift/v0.1.0 --unsigned --digests @DIGESTS --rebuilt rebuilt
      hatch run release verify ~/Downloads/env_drift-0.1.0-py3-none-any.whl --key release.pem
    """
    if python and not rebuild:
        raise UsageError("--python says what rebuilds", hint="add --rebuild")
    if unsigned:
        _require_alone(key=keys, threshold=threshold, builder=builder, rebuild=rebuild, to=targets)
    sha, made_by = read_commit(commit) if commit else "", _BUILDERS[builder] if builder else ""
    wanted = Wanted(repository, sha, made_by, evidence, needs_sbom=not no_sbom)
    named = parse_digests(digests)
    source = find_source(session.settings)
    with open_scratch() as scratch:
        context = wire(session.settings, source, session.terminal, scratch, to=targets or ("local",), signs=False)
        trust = None if unsigned else Pinned(keys, threshold, made_by).find(context, session)
        again = Rebuild(open_rebuilder(context, session.settings, python)) if rebuild else None
        deliveries = gather(words, wanted, context)
        if named:
            _require_whole(deliveries, named, context.dist)
        return _conclude(session, tuple(_inspect(deliveries, trust, context, _find_checks(named, again, rebuilt))))


def _require_alone(**said: object) -> None:
    """Refuse words that --unsigned leaves without a meaning."""
    if others := [name for name, value in said.items() if value]:
        raise UsageError(
            f"--unsigned asks for no signature and runs no build, and --{others[0]} does",
            hint=f"leave out --{others[0]}, or --unsigned; --rebuilt FOLDER compares with what was built elsewhere",
        )


def _require_whole(deliveries: Collection[Delivery], digests: Mapping[str, str], dist: Dist) -> None:
    """Refuse digests where files were named: they say what is in a release, and FILEs are what somebody took of it."""
    whole = [each.tag for each in deliveries if each.is_whole]
    if not whole or len(whole) < len(deliveries):
        raise UsageError("--digests is about whole releases in dist/", hint="name their tags in place of files")
    require_known(digests, whole)
    require_alone(dist, whole)


def _find_checks(named: Mapping[str, str], again: Rebuild | None, rebuilt: Path | None) -> dict[str, Check]:
    """Give the checks that were asked for, in the order in which they are made."""
    checks: dict[str, Check] = {"digests": Handover(named)} if named else {}
    checks |= {"rebuild": again} if again else {}
    return checks | ({"rebuilt": Rebuilt(rebuilt)} if rebuilt else {})


def _inspect(
    deliveries: Iterable[Delivery], trust: Trust | None, context: Context, more: Mapping[str, Check]
) -> Iterator[Inspected]:
    if trust is None:
        context.reporter.warn(_UNSIGNED)
    today = datetime.now(UTC).date()
    for delivery in deliveries:
        subject, started = str(delivery.tag), time.perf_counter()
        context.reporter.begin(subject, "verify")
        inspected = inspect(delivery, trust, today, context, more)
        said = "ok" if inspected.holds else "failed"
        context.reporter.end(subject, "verify", time.perf_counter() - started, said)
        yield inspected


def _conclude(session: Session, inspected: tuple[Inspected, ...]) -> int:
    failed = [each for each in inspected if not each.holds]
    code = VerificationFailed.exit_code if failed else 0
    if session.as_json:
        session.answer({"releases": [_as_json(each) for each in inspected], "exit_code": code})
    else:
        rows = [row for each in inspected for row in _rows(each)]
        session.terminal.table(("", "release", "check", ""), rows)
    for each in failed:
        doubts = [f"{check.name}: {check.code}: {check.detail}" for check in each.checks if not check.holds]
        session.terminal.fail(
            "\n".join([f"{each.delivery.tag} does not prove itself:", *doubts]),
            hint=_hint_of(each),
        )
    return code


def _hint_of(inspected: Inspected) -> str:
    """Say what next: what is not there is looked for, and what is there and wrong is kept away from."""
    if {check.code for check in inspected.checks if not check.holds} <= _NOT_THERE:
        return "do not install it yet: find or renew what is missing, and verify it again"
    return "do not install it: SECURITY.md says what each code means, and what to do with the files"


def _rows(inspected: Inspected) -> Iterator[tuple[str, ...]]:
    for check in inspected.checks:
        yield ("passed" if check.holds else "failed"), str(inspected.delivery.tag), check.name, _told(check)


def _told(check: Checked) -> str:
    detail = check.detail.partition("\n")[0]
    return detail if check.holds else f"{check.code}: {detail}"


def _as_json(inspected: Inspected) -> dict[str, object]:
    delivery = inspected.delivery
    return {
        "tag": str(delivery.tag),
        "commit": delivery.expected.commit,
        "files": sorted(delivery.files),
        "verified": inspected.holds,
        "checks": [
            {"name": each.name, "passed": each.holds, "code": each.code, "detail": each.detail}
            for each in inspected.checks
        ],
    }
