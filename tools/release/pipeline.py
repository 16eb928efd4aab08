"""The release's story: tag → plan → release → artifacts → evidence → attestation → publications → receipt."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release.errors import GateRefused, GateUnavailable, ReleaseError
from release.model.evidence import Evidence, Judged
from release.model.gate import Judgement, Timed, Verdict, refused, unavailable
from release.model.ledger import State
from release.model.outcome import Ending, Outcome
from release.schedule import do_in_order, find_waves
from release.step import Step, named, perform
from release.steps.attest import Attest
from release.steps.audit import Audit
from release.steps.build import Build
from release.steps.check import Check
from release.steps.document import Document
from release.steps.ledger import ask_targets, read_ledger
from release.steps.publish import Publish
from release.steps.record import record
from release.steps.resolve import Resolve
from release.steps.resume import Ready, find_done, is_known, recover, seal
from release.steps.runtimes import Runtimes
from release.steps.smoke import Smoke
from release.steps.verify import Verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.closure import Closure
    from release.model.evidence import Attestation
    from release.model.plan import Plan
    from release.model.receipt import Receipt
    from release.model.tag import Tag

AT_ONCE = 32
"""Releases that are signed or published at a time: what takes long is the way to a service and back."""


@dataclass(frozen=True)
class Pipeline:
    """One run: some plans, and what may be done for them."""

    plans: Mapping[str, Plan]
    context: Context

    def release(self) -> tuple[Outcome, ...]:
        """Build and judge everything before the first byte leaves; then publish each after what it needs."""
        return self.publish(self.prepare())

    def prepare(self) -> dict[str, Judged | Outcome]:
        """Build and judge everything, and change nothing outside."""
        return do_in_order(self.needs, self._prepare, self.context.jobs)

    def publish(self, judged: Mapping[str, Judged | Outcome]) -> tuple[Outcome, ...]:
        """Attest and publish what was judged, as the only run on this machine that does."""
        needs = self.needs
        with ExitStack() as locks:
            alone = {name: self.lock(judged[name], locks) for name in sorted(judged)}
            attested = do_in_order(needs, lambda name, so_far: self._attest(alone[name], so_far), AT_ONCE)
            published = do_in_order(needs, lambda name, so_far: self._finish(attested[name], so_far), AT_ONCE)
        return tuple(published[name] for wave in find_waves(needs) for name in sorted(wave))

    @property
    def attesting(self) -> Step[Judged, Attestation]:
        """What stands for a release before it is published."""
        return Attest()

    def knows(self, tag: Tag) -> bool:
        """Say whether a run on this machine has had to do with a release before."""
        return is_known(tag, self.context)

    @property
    def needs(self) -> dict[str, frozenset[str]]:
        """For each tag, the tags that go before it."""
        return find_needs(self.plans)

    def _prepare(self, name: str, so_far: Mapping[str, Judged | Outcome]) -> Judged | Outcome:
        """Take one plan as far as it can be taken without touching a target."""
        plan = self.plans[name]
        if held_back := find_held_back(plan, so_far):
            return held_back
        try:
            with named(plan.tag, "release"):
                return self.judge(plan, [each for each in so_far.values() if isinstance(each, Judged)])
        except ReleaseError as error:
            return Outcome(str(plan.tag), Ending.FAILED, error)

    def judge(self, plan: Plan, before: list[Judged]) -> Judged | Outcome:
        """Build a plan's artifacts and ask what everybody says of them; or give how it ended, if it has."""
        started = datetime.now(UTC)
        built = tuple(each.artifacts for each in before)
        release = perform(Verify(find_going_out(plan, self.plans)), plan, self.context, plan.tag).made
        artifacts = perform(Build(), release, self.context, plan.tag).made
        with named(plan.tag, "compare"):
            if finished := find_done(artifacts, ask_targets(plan.tag, self.context.targets), self.context):
                return Outcome(str(plan.tag), Ending.IDENTICAL, receipt=finished)
        closure = self._resolve(Resolve(built), artifacts, started)
        with ThreadPoolExecutor(max_workers=1) as beside:  # no gate's answer stands in the SBOM
            documented = beside.submit(perform, Document(closure), artifacts, self.context, plan.tag)
            gates = self._ask_gates(artifacts, closure)
        judged = Judged(artifacts, gates, documented.result().made, started)
        try:
            self.require_verdicts(judged)
        except ReleaseError:
            self.record_failure(judged)
            raise
        return judged

    def lock(self, judged: Judged | Outcome, locks: ExitStack) -> Judged | Outcome:
        """Keep others on this machine from publishing the same release; all runs do so in one order."""
        if isinstance(judged, Judged):
            tag = judged.artifacts.release.tag
            try:
                with named(tag, "publish"):
                    locks.enter_context(self.context.shelf.alone([tag]))
            except ReleaseError as error:
                return Outcome(str(tag), Ending.FAILED, error)
        return judged

    def _attest(self, judged: Judged | Outcome, so_far: Mapping[str, Ready | Outcome]) -> Ready | Outcome:
        """Sign what was judged, unless another run has finished it meanwhile."""
        if isinstance(judged, Outcome):
            return judged
        tag = judged.artifacts.release.tag
        if held_back := find_held_back(judged.artifacts.release.plan, so_far):
            self.record_failure(judged)
            return held_back
        try:
            with named(tag, "compare"):
                known, holdings = self.knows(tag), ask_targets(tag, self.context.targets)
                finished = find_done(judged.artifacts, holdings, self.context)
                if not finished and recover(judged.artifacts, holdings, self.context):
                    finished = find_done(judged.artifacts, holdings, self.context)
                if finished:
                    return Outcome(str(tag), Ending.IDENTICAL, receipt=finished)
            attestation = perform(self.attesting, judged, self.context, tag).made
            return Ready(judged.attested(attestation), holdings, known)
        except ReleaseError as error:
            self.record_failure(judged)
            return Outcome(str(tag), Ending.FAILED, error)

    def _resolve(self, step: Resolve, artifacts: Artifacts, started: datetime) -> Closure:
        """Find the closure, or record why there is none, as a gate's answer: without one there is no SBOM."""
        tag, begun = artifacts.release.tag, time.perf_counter()
        try:
            return perform(step, artifacts, self.context, tag).made
        except (GateRefused, GateUnavailable) as error:
            is_asked = isinstance(error, GateRefused)
            said = (refused if is_asked else unavailable)(error.message, error.hint)
            self.record_failure(
                Judged(artifacts, {step.title: Timed(said, time.perf_counter() - begun)}, Evidence({}), started)
            )
            if not is_asked:
                error.message += "\nwithout what it needs there is no SBOM, and without one no release, not even here"
            raise

    def _ask_gates(self, artifacts: Artifacts, closure: Closure) -> dict[str, Timed[Judgement]]:
        """Ask the gates side by side: none needs another's answer."""
        gates: tuple[Step[Artifacts, Judgement], ...] = (Check(), Smoke(closure), Audit(closure), Runtimes(closure))
        with ThreadPoolExecutor(len(gates)) as pool:
            asked = [pool.submit(perform, gate, artifacts, self.context, artifacts.release.tag) for gate in gates]
            return {gate.title: each.result() for gate, each in zip(gates, asked, strict=True)}

    def require_verdicts(self, judged: Judged) -> None:
        """Go on with what no gate refuses; what one could not judge stays on this machine."""
        tag = judged.artifacts.release.tag
        for title, said in judged.by_verdict(Verdict.REFUSED).items():
            raise GateRefused(f"{tag}: {title} refused: {said.detail}", hint=said.hint)
        for title, said in judged.by_verdict(Verdict.UNAVAILABLE).items():
            if any(target.name != "local" for target in self.context.targets):
                raise GateUnavailable(f"{tag}: {title} could not be asked: {said.detail}", hint=said.hint)
            self.context.reporter.warn(
                f"{tag}: {title} is UNAVAILABLE: {said.detail}. It may stay on this machine only."
            )

    def _finish(self, ready: Ready | Outcome, so_far: Mapping[str, Outcome]) -> Outcome:
        """Publish what was attested, unless something it needs was not published."""
        if isinstance(ready, Outcome):
            return ready
        judged, plan = ready.judged, ready.judged.artifacts.release.plan
        if held_back := find_held_back(plan, so_far):
            self.record_failure(judged)
            return held_back
        try:
            is_awaited = any(plan.tag.package in other.siblings for other in self.plans.values())
            published = perform(Publish(is_awaited), ready, self.context, plan.tag).made
            with named(plan.tag, "record"):
                receipt = record(judged, published.entries, self.context)
            seal(plan.tag, receipt, self.context.targets)
            ending = Ending.RELEASED if published.brought or ready.is_known else Ending.IDENTICAL
            return Outcome(str(plan.tag), ending, receipt=receipt)
        except ReleaseError as error:
            return Outcome(str(plan.tag), Ending.FAILED, error, self.record_failure(judged))

    def record_failure(self, judged: Judged) -> Receipt | None:
        """Leave the receipt of a release that did not end well, where there is still a place for it.

        It names publications only where something is published: a tag that never was may still be moved.
        """
        tag = judged.artifacts.release.tag
        try:
            with named(tag, "record"):
                digests = judged.artifacts.digests | judged.evidence.digests
                entries = read_ledger(tag, digests, self.context.targets)
                is_published = any(entry.state is State.IDENTICAL for entry in entries)
                return record(judged, entries if is_published else (), self.context)
        except ReleaseError as error:
            self.context.reporter.warn(f"no receipt could be written: {error.message}")
            return None


def find_needs(plans: Mapping[str, Plan]) -> dict[str, frozenset[str]]:
    """Give, for each tag, the tags of the same run that go before it."""
    return {
        name: frozenset(other for other, its in plans.items() if its.tag.package in plan.siblings)
        for name, plan in plans.items()
    }


def find_going_out(plan: Plan, plans: Mapping[str, Plan]) -> dict[str, tuple[Version, ...]]:
    """Give the versions of siblings that go out in the same run."""
    going_out: dict[str, tuple[Version, ...]] = {}
    for other in plans.values():
        if other.tag.package in plan.siblings:
            going_out[other.tag.package] = (*going_out.get(other.tag.package, ()), other.tag.version)
    return going_out


def find_held_back(plan: Plan, so_far: Mapping[str, Judged | Ready | Outcome]) -> Outcome | None:
    """Give how a release ends that needs one which did not end well."""
    for name, before in so_far.items():
        if isinstance(before, Outcome) and not before.is_good and name.partition("/")[0] in plan.siblings:
            return Outcome(str(plan.tag), Ending.HELD_BACK, waits_for=name)
    return None
