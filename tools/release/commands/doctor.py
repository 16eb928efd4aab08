"""`doctor`: everything that would make a release fail, before it does."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from release.adapters.machine import Machine
from release.adapters.notices.addresses import find_notifiers
from release.commands.doctor_aws import look_at_aws
from release.commands.doctor_github import look_at_github
from release.commands.doctor_report import report
from release.errors import ReleaseError, UsageError
from release.model.diagnosis import Diagnosis, failed_by, ok
from release.model.policy import RootPolicy
from release.ports import Examined
from release.session import Session, json_option, target_option
from release.settings import ROOT_PROJECT, Settings
from release.steps.diagnosis.examine import examine
from release.steps.diagnosis.machine import (
    look_at_disks,
    look_at_git,
    look_at_hatch,
    look_at_identity,
    look_at_overrides,
    look_at_uv,
)
from release.steps.diagnosis.metadata import look_at_metadata
from release.steps.diagnosis.package import (
    look_at_build_systems,
    look_at_changelogs,
    look_at_circles,
    look_at_packages,
    look_at_python,
    look_at_siblings,
    look_at_spark,
)
from release.steps.diagnosis.patient import Patient, admit
from release.steps.diagnosis.policy import look_at_ignores, look_at_policy
from release.steps.diagnosis.repository import (
    look_at_branches,
    look_at_history,
    look_at_remote,
    look_at_tags,
    look_at_twins,
    look_at_work_tree,
)
from release.steps.diagnosis.service import look_at_index, look_at_service, look_at_toolchain
from release.steps.diagnosis.target import look_at_names
from release.steps.diagnosis.versioning import look_at_versioning
from release.targets import open_targets, require_names
from release.wiring import find_source, open_scratch, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from release.model.dist import Dist
    from release.steps.diagnosis.examine import Look

_OF_THE_PATIENT = {
    "history": look_at_history,
    "branch": look_at_branches,
    "work tree": look_at_work_tree,
    "tags": look_at_tags,
    "twin tags": look_at_twins,
    "remote tags": look_at_remote,
    "packages": look_at_packages,
    "versioning": look_at_versioning,
    "build system": look_at_build_systems,
    "metadata": look_at_metadata,
    "changelog": look_at_changelogs,
    "circles": look_at_circles,
    "siblings": look_at_siblings,
    "python": look_at_python,
    "java": look_at_spark,
}


class _Lenient(Settings):
    """Settings whose policy is the default one where the root's can't be read, so that all else is still looked at."""

    def policy(self, read: Callable[[Iterable[str]], Mapping[str, bytes]]) -> RootPolicy:
        try:
            return super().policy(read)
        except UsageError:
            return RootPolicy()


@click.command()
@click.argument("packages", nargs=-1)
@target_option("Where a release would go")
@click.option("--aws", "is_of_aws", is_flag=True, help="Look at the AWS account alone, and print its checklist.")
@click.option(
    "--github", "is_of_github", is_flag=True, help="Compare the repository on GitHub with .github/rulesets/, alone."
)
@click.option("--apply", "is_applied", is_flag=True, help="With --github: write there what differs, and read it back.")
@json_option
@click.pass_obj
def command(  # noqa: PLR0913  # one for each word that can be given
    session: Session,
    packages: Sequence[str],
    targets: Sequence[str],
    *,
    is_of_aws: bool,
    is_of_github: bool,
    is_applied: bool,
) -> int:
    """Look for everything that would make a release fail, at HEAD and for all packages or the PACKAGES named.

    A check that fails names its cure, and gives the exit code that a release would end with. What only needs
    attention, a service that does not answer among it, is a warning. With --aws it looks instead at what
    tools/aws/stack.yaml makes, by what this account's AWS says, and lists what is done of what the first release needs.

    With --github it compares the rules, environments and settings of the repository that GITHUB_REPOSITORY names with
    the files below .github/rulesets/ as the work tree has them, committed or not; it looks at CODEOWNERS too, and at
    the variables and secrets that workflows read. It ends with 0 where all is as the files say, with 2 where something
    is not, and with 15 where something could not be seen: GITHUB_TOKEN needs to read the repository's administration.
    With --apply, which needs to write it, what differs is written, and nothing that the files don't name is taken away.

    \b
    Examples:
      hatch run release doctor
      hatch run release doctor env-drift --to codeartifact --to s3 --json
      hatch run release doctor --aws
      hatch run release doctor --github --apply
    """
    if is_applied and not is_of_github:
        raise UsageError("--apply writes to GitHub alone", hint="say --github too, or leave out --apply")
    if is_of_aws or is_of_github:
        _require_alone(packages, targets, {"--aws": is_of_aws, "--github": is_of_github})
        return look_at_aws(session) if is_of_aws else look_at_github(session, is_applied=is_applied)
    session.terminal.begin("doctor", "looks at everything")
    return report(session, _look(session, packages, targets or ("local",)))


def _require_alone(packages: Sequence[str], targets: Sequence[str], named: Mapping[str, bool]) -> None:
    """Refuse what has no say where one thing alone is looked at."""
    options = [option for option, is_named in named.items() if is_named]
    if len(options) > 1 or packages or targets:
        raise UsageError(
            f"{' and '.join(options)} {'look' if len(options) > 1 else 'looks'} at one thing alone",
            hint="leave out packages and --to, and name one of --aws and --github",
        )


def _look(session: Session, names: Sequence[str], targets: Sequence[str]) -> tuple[Diagnosis, ...]:
    require_names(targets)
    settings = _Lenient(session.settings.environment)
    try:
        source = find_source(settings)
    except ReleaseError as error:
        machine = Machine(settings.for_tools, Path.cwd())
        return (*examine(_of_the_machine(machine, session.settings)), failed_by("repository", error))
    machine = Machine(settings.for_tools, source.root)
    with open_scratch() as scratch:
        context = wire(settings, source, session.terminal, scratch)
        looks: dict[str, Look] = {
            **_of_the_machine(machine, session.settings),
            "hatch": partial(look_at_hatch, machine, source.root),
            "git identity": partial(look_at_identity, machine),
            "disks": partial(look_at_disks, machine, (Path(tempfile.gettempdir()), context.dist.root)),
            "policy": partial(
                look_at_policy,
                context.policy,
                _policy_or_error(session.settings, source.read),
                _policy_or_error(session.settings, partial(_read_work_tree, source.root)),
            ),
            "audit ignores": partial(look_at_ignores, context.policy),
            "notices": partial(_look_at_notices, session.settings),
        }
        services: dict[str, Look] = {
            "toolchain": partial(look_at_toolchain, context),
            "package index": partial(look_at_index, machine, context),
            **{f"audit by {each}": partial(look_at_service, each, context) for each in context.policy.audit.services},
        }
        patient = admit(context, machine, names)
        places = _of_the_targets(targets, session.settings, context.dist, patient.names)
        return examine({**looks, **_of_the_repository(patient), **services, **places})


def _of_the_machine(machine: Machine, settings: Settings) -> dict[str, Look]:
    return {
        "git": partial(look_at_git, machine),
        "uv": partial(look_at_uv, machine),
        "variables": partial(look_at_overrides, settings.version_overrides),
    }


def _of_the_repository(patient: Patient) -> dict[str, Look]:
    return {check: partial(look, patient) for check, look in _OF_THE_PATIENT.items()}


def _of_the_targets(names: Iterable[str], settings: Settings, dist: Dist, packages: Sequence[str]) -> dict[str, Look]:
    """Open each target by itself: what one lacks hides nothing of the others."""
    looks: dict[str, Look] = {}
    for name in dict.fromkeys(names):
        try:
            (target,) = open_targets([name], settings, dist)
        except ReleaseError as error:
            looks[name] = partial(_say, failed_by(name, error))
            continue
        looks[f"{name} names"] = partial(look_at_names, target, packages)
        if isinstance(target, Examined):
            looks[name] = partial(target.examine, packages)
    return looks


def _say(*diagnoses: Diagnosis) -> tuple[Diagnosis, ...]:
    return diagnoses


def _look_at_notices(settings: Settings) -> tuple[Diagnosis, ...]:
    told = [notifier.name for notifier in find_notifiers(settings)]
    return (ok("notices", f"{' and '.join(told)} would be told" if told else "nobody is told"),)


def _policy_or_error(
    settings: Settings, read: Callable[[Iterable[str]], Mapping[str, bytes]]
) -> RootPolicy | UsageError:
    try:
        return settings.policy(read)
    except UsageError as error:
        return error


def _read_work_tree(root: Path, _names: Iterable[str]) -> dict[str, bytes]:
    path = root / "pyproject.toml"
    return {ROOT_PROJECT: path.read_bytes()} if path.is_file() else {}
