"""`check`: what installing our packages would do to what runtimes ship."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from packaging.requirements import InvalidRequirement, Requirement

from cluster.adapters.runtime_files import RuntimeFiles
from cluster.adapters.work_tree import read_work_tree
from cluster.steps.check import Subject, check, package_subject
from release.adapters.runtimes import RuntimeGuard
from release.errors import GateRefused, UsageError
from release.model.compatibility import Effect
from release.session import Session, json_option
from release.steps.runtimes import CURE, describe_refusal
from release.wiring import open_scratch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from release.model.compatibility import Compatibility

_NOT_MEANT = "-"
_LEGEND = (
    "ok: nothing to add; +n: adds n; ~n: replaces n with leave; NO: refused; -: not meant for it. --details names each"
)


@click.command()
@click.argument("packages", nargs=-1, metavar="[PACKAGE]...")
@click.option("--runtime", "runtimes", multiple=True, metavar="NAME", help="Check on this one; repeatable.")
@click.option(
    "--requirement", "requirements", multiple=True, metavar="TEXT", help="Check this in place of packages; repeatable."
)
@click.option("--details", is_flag=True, help="Name every distribution: satisfied, added or replaced.")
@json_option
@click.pass_obj
def command(
    session: Session,
    packages: tuple[str, ...],
    runtimes: tuple[str, ...],
    requirements: tuple[str, ...],
    *,
    details: bool,
) -> int:
    """Check what installing PACKAGES, or every package, would do on each of its Databricks runtimes.

    The answer is what pip would do there today: a row for each package, a column for each runtime. What the project
    files of the work tree say counts, committed or not. A package's runtimes are those that its [tool.release] names;
    requirements without --runtime are checked on those that any package names.

    The code is 12 where anything that a runtime ships would be replaced without leave, where pyspark is asked for, or
    where nothing fits; 13 where the package index can't be asked.

    \b
    Examples:
      hatch run cluster check
      hatch run cluster check env-drift --runtime 15.4 --runtime serverless-v4
      hatch run cluster check --requirement 'pandas>=2.2' --requirement rich --details
    """
    files = RuntimeFiles.discover()
    subjects = _find_subjects(files, packages, runtimes, requirements)
    known = {each.name: each for each in files.read(name for each in subjects for name in each.runtimes)}
    order = [each.name for each in files.read() if each.name in known]
    with open_scratch() as scratch:
        found = check(subjects, known, RuntimeGuard(session.settings.for_tools, scratch), session.terminal)
    refused = {pair: each for pair, each in found.items() if not each.is_good}
    if session.as_json:
        session.answer({"runtimes": order, "checks": [_as_json(name, each) for (name, _), each in found.items()]})
    else:
        _show(session, [each.name for each in subjects], order, found)
        if details:
            _show_details(session, found)
    for (name, runtime), each in refused.items():
        session.terminal.say(f"{name} on {runtime} {describe_refusal(each)}")
    if any(each.replaced for each in refused.values()):
        session.terminal.say(f"hint: {CURE}")
    return GateRefused.exit_code if refused else 0


def _find_subjects(
    files: RuntimeFiles, packages: Sequence[str], runtimes: Sequence[str], requirements: Sequence[str]
) -> list[Subject]:
    """Say what is checked, and on which runtimes."""
    if packages and requirements:
        raise UsageError("--requirement stands in place of packages", hint="give one or the other")
    tree = read_work_tree(files.root)
    if requirements:
        named = {name for each in tree.found.values() for name in each.policy.runtimes}
        some = [each.name for each in files.read() if each.name in named or not named]
        return [Subject(", ".join(requirements), tuple(map(_parse, requirements)), tuple(runtimes or some))]
    subjects = [package_subject(name, tree, runtimes) for name in packages or sorted(tree.names)]
    if not any(each.runtimes for each in subjects):
        raise UsageError(
            "no package names a runtime", hint='give --runtime, or write [tool.release] runtimes = ["15.4"]'
        )
    return subjects


def _parse(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise UsageError(f"{text!a} is not a requirement", hint=str(error).splitlines()[0]) from None


def _show(
    session: Session, names: Sequence[str], order: Sequence[str], found: Mapping[tuple[str, str], Compatibility]
) -> None:
    rows = [(name, *(_cell(found.get((name, runtime))) for runtime in order)) for name in names]
    session.terminal.table(("", *order), rows)
    session.terminal.say(_LEGEND)


def _cell(found: Compatibility | None) -> str:
    if found is None:
        return _NOT_MEANT
    if not found.is_good:
        return "NO"
    added, replaced = found.having(Effect.ADDED), found.having(Effect.REPLACED)
    said = [f"+{len(added)}"] if added else []
    said += [f"~{len(replaced)}"] if replaced else []
    return " ".join(said) or "ok"


def _show_details(session: Session, found: Mapping[tuple[str, str], Compatibility]) -> None:
    rows = [
        (name, each.runtime, str(fate.effect), fate.name, fate.shipped or "-", fate.chosen or "ours", fate.allowed)
        for (name, _), each in found.items()
        for fate in each.fates
    ]
    session.terminal.answer("")
    session.terminal.table(("package", "runtime", "", "distribution", "ships", "then", "allowed"), rows)


def _as_json(name: str, found: Compatibility) -> dict[str, object]:
    return {
        "subject": name,
        "runtime": found.runtime,
        "good": found.is_good,
        "refusal": found.refusal,
        "satisfied": {each.name: each.chosen for each in found.having(Effect.SATISFIED)},
        "added": {each.name: each.chosen for each in found.having(Effect.ADDED)},
        "replaced": [
            {"name": each.name, "from": each.shipped, "to": each.chosen, "allowed": each.allowed}
            for each in found.having(Effect.REPLACED)
        ],
        "breaks": {broken: list(needs) for broken, needs in (found.breaks or {}).items()},
    }
