"""The gate `runtimes`: nothing that a runtime ships is replaced when the wheel is installed there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.errors import GateUnavailable, Unresolvable, UsageError
from release.model.compatibility import Compatibility, Effect
from release.model.fates import judge, refuse
from release.model.gate import Judgement, Verdict, passed, refused, unavailable
from release.model.metadata import parse_metadata
from release.side_by_side import side_by_side
from release.steps.runtime_tables import FACTS, in_commit, read_runtimes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.closure import Closure
    from release.model.plan import Plan
    from release.model.runtime import Runtime
    from release.ports import Guard

CURE = (
    "widen the range in project.dependencies so that the runtime's own version fits, or say why it may be replaced: "
    '[tool.release] replaces = { name = "why" }'
)

MEND = "mend project.dependencies, or [tool.release] runtimes"


@dataclass(frozen=True)
class Runtimes:
    """The gate, for the runtimes that the package's `[tool.release]` names."""

    closure: Closure
    title = "runtimes"

    def run(self, artifacts: Artifacts, context: Context) -> Judgement:
        """Judge what installing the wheel today would do on each."""
        plan = artifacts.release.plan
        if not plan.package.policy.runtimes:
            return Judgement(Verdict.SKIPPED, "the package names no runtimes")
        lines = parse_metadata(artifacts.metadata).get_all("Requires-Dist", [])
        try:
            runtimes = read_tables(plan, context)
            found = ask_each(
                runtimes,
                tuple(map(Requirement, lines)),
                context.guard,
                plan.package.policy.replaces,
                self.closure.pages,
            )
        except UsageError as error:
            return refused(error.message, error.hint)
        except GateUnavailable as error:
            return unavailable(f"the index could not be asked: {error.message}", error.hint)
        if problems := [f"{each.runtime} {describe_refusal(each)}" for each in found if not each.is_good]:
            return refused("; ".join(problems), CURE if any(each.replaced for each in found) else MEND)
        return passed("; ".join(_describe(found)))


def read_tables(plan: Plan, context: Context) -> tuple[Runtime, ...]:
    """Read the tables as the tagged commit has them; as HEAD does, where the commit is older than all of them."""
    names = plan.package.policy.runtimes
    read = in_commit(context.source, plan.commit.sha)
    return read_runtimes(read if read([FACTS]) else in_commit(context.source, "HEAD"), names)


def ask_each(
    runtimes: Iterable[Runtime],
    wanted: Sequence[Requirement],
    guard: Guard,
    allowed: Mapping[str, str],
    pages: Path | None = None,
) -> list[Compatibility]:
    """Ask about the same requirements on several runtimes, side by side."""
    reasons: dict[str, str] = {canonicalize_name(name): reason for name, reason in allowed.items()}

    def ask(runtime: Runtime) -> Compatibility:
        these = [each for each in wanted if not each.marker or each.marker.evaluate(runtime.environment)]
        if not these:  # a wheel that needs nothing there replaces nothing
            return Compatibility(runtime.name)
        try:
            return judge(runtime, these, guard.ask(runtime, these, pages=pages), reasons)
        except Unresolvable as error:
            return refuse(runtime, error.message)

    return side_by_side(ask, runtimes)


def describe_refusal(found: Compatibility) -> str:
    """Say in a line why something may not be installed: `would replace numpy 1.23.5 → 2.1.0, which breaks scipy`."""
    if found.refusal:
        return f"can't have it: {found.refusal}"
    broken = f", which breaks {', '.join(found.breaks)}" if found.breaks else ""
    return f"would replace {', '.join(map(str, found.replaced))}{broken}"


def _describe(found: Iterable[Compatibility]) -> list[str]:
    """Say what becomes of the runtimes, those together that fare alike."""
    alike: dict[str, list[str]] = {}
    for each in found:
        added = [str(fate) for fate in each.having(Effect.ADDED)]
        replaced = [f"{fate} ({fate.allowed})" for fate in each.having(Effect.REPLACED)]
        said = [f"adds {', '.join(added)}"] if added else []
        said += [f"replaces {', '.join(replaced)}"] if replaced else []
        alike.setdefault(" and ".join(said) or "nothing to add", []).append(each.runtime)
    return [f"{', '.join(names)}: {said}" for said, names in alike.items()]
