"""`tag`: name the version that goes out next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.errors import Incomplete, Refused, UsageError
from release.model.next_version import asked_version
from release.model.plan import Plan
from release.model.tag import Tag, parse_tag
from release.session import Session, json_option, target_option
from release.steps.read import read_packages
from release.steps.survey import require_head, tagged_versions
from release.steps.verify import require_fitting_content, require_released_ground
from release.wiring import find_source, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release.adapters.git import Git


@click.command()
@click.argument("package")
@click.argument("version", metavar="patch|minor|major|rc|final|VERSION")
@click.option("--push", is_flag=True, help="Push the tag to origin.")
@target_option("Where siblings that it needs must be")
@json_option
@click.pass_obj
def command(session: Session, package: str, version: str, targets: Sequence[str], *, push: bool) -> int:
    """Make the annotated tag of PACKAGE's next version at HEAD, after the checks a release makes before it builds.

    Siblings that it needs are looked for where a release will look for them: say the targets of its job.

    \b
    Examples:
      hatch run release tag env-drift minor
      hatch run release tag cluster-inventory rc --to github --push
      hatch run release tag env-drift 1.0.0
    """
    source = find_source(session.settings)
    policy = session.settings.policy(source.read)
    head = require_head(source)
    packages = read_packages(source, head.sha, policy.members)
    wanted = packages.require(package)
    versions = tagged_versions(source)
    tag = parse_tag(str(Tag(package, asked_version(version, versions.get(package, ()), wanted.changelog))))
    if tag.version in versions.get(package, {}):
        raise Refused(f"{tag} is there already", hint="a version is released once: choose another")
    plan = Plan(tag, head, wanted, packages.siblings(wanted))
    here = {ref.name for ref in source.tags if ref.commit == head.sha}
    going_out = {name: tuple(v for v, ref in of.items() if ref in here) for name, of in versions.items()}
    with open_scratch() as scratch:
        context = wire(session.settings, source, session.terminal, scratch, to=targets or ("local",), signs=False)
        require_fitting_content(plan, context, going_out)
        require_released_ground(plan, context)
    source.make_tag(str(tag), head.sha, f"{tag.package} {tag.version}")
    if push:
        _push(source, tag)
    if session.as_json:
        session.answer({"tag": str(tag), "commit": head.sha, "pushed": push})
    else:
        then = "pushed" if push else f"next: hatch run release run {tag}, or git push origin {tag}"
        session.terminal.answer(f"{tag} at {head.sha[:12]}; {then}")
    return 0


def _push(source: Git, tag: Tag) -> None:
    """Push the tag, or take it away again: a word like `minor` would mean the next version if it stayed."""
    try:
        source.push_tag(str(tag))
    except UsageError as error:
        (made,) = source.tree_ids([f"refs/tags/{tag}"])
        known, there = _ask_origin(source, tag)
        if there == made:
            return  # the push went through, and only its answer was lost
        source.remove_tag(str(tag))
        if known:
            raise Incomplete(
                f"{tag} could not be pushed, and was not made: {error.message}",
                hint="mend that (git remote -v; is the tag there already, may you push it?), and run it again",
            ) from error
        raise Incomplete(
            f"{tag} could not be pushed, and is not here; whether origin has it is unknown: {error.message}",
            hint=f"mend that (git remote -v), ask `git ls-remote origin refs/tags/{tag}`, then run it again",
        ) from error


def _ask_origin(source: Git, tag: Tag) -> tuple[bool, str]:
    """Say whether origin answers, and what it has under the tag's name."""
    try:
        return True, source.pushed_tag(str(tag))
    except UsageError:
        return False, ""
