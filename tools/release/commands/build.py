"""`build`: everything that a release is, before anybody has signed or published it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.apart import BuildApart, BytesAlone
from release.commands.handover import hand_over
from release.model.outcome import Ending, Outcome
from release.session import Session, json_option, target_option
from release.steps.select import select_plans
from release.wiring import find_source, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("tags", nargs=-1)
@target_option("Where siblings come from, and where it will go; nothing is brought there")
@click.option(
    "--bytes-only", is_flag=True, help="Wheel, sdist and SHA256SUMS alone: no gate is asked, no evidence made."
)
@json_option
@click.pass_obj
def command(session: Session, tags: Sequence[str], targets: Sequence[str], *, bytes_only: bool) -> int:
    """Build and judge every package tag at HEAD, or the TAGS named, into dist/. Nothing is signed or published.

    What a run does before the first byte leaves: verify, build, resolve, the gates, SBOM, a statement without signature
    and a receipt without publications. Another job signs the statement (`sign`), and another publishes (`publish`).
    Other bytes at a target are a conflict; a gate that could not be asked ends it where a target is not this machine.
    GITHUB_OUTPUT is given `digests`, the SHA-256 of every file by its name.

    \b
    Examples:
      hatch run release build env-drift/v0.1.0 --to github
      hatch run release build env-drift/v0.1.0 --bytes-only
      hatch run release build --json
    """
    source = find_source(session.settings)
    with open_scratch() as scratch:
        to = targets or ("local",)
        context = wire(session.settings, source, session.terminal, scratch, to=to, signs=False)
        for name in session.settings.version_overrides:
            session.terminal.warn(f"{name} is set and ignored: the tag alone names the version")
        plans, wrong = select_plans(source, context.policy, tags)
        refused = [Outcome(name, Ending.FAILED, error) for name, error in wrong.items()]
        build = (BytesAlone if bytes_only else BuildApart)(plans, context)
        outcomes = [*refused, *build.build()] if plans else refused
        return hand_over(session, outcomes, plans, context.dist)
