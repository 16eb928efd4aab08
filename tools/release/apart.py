"""The same story in several jobs: one builds, one signs, and one publishes what was built and signed elsewhere."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release.errors import ReleaseError
from release.model.digests import CHECKSUMS
from release.model.evidence import Evidence, Judged
from release.model.outcome import Ending, Outcome
from release.model.receipt import read_receipt
from release.pipeline import AT_ONCE, Pipeline, find_going_out, find_held_back
from release.schedule import do_in_order, find_waves
from release.step import perform
from release.steps.adopt import Accept, Adopt, Receive
from release.steps.attest import Attest
from release.steps.build import Build
from release.steps.ledger import ask_targets
from release.steps.put_down import PutDown
from release.steps.resume import find_done
from release.steps.verify import Verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.model.evidence import Attestation
    from release.model.plan import Plan
    from release.model.tag import Tag
    from release.step import Step


@dataclass(frozen=True)
class BuildApart(Pipeline):
    """Everything that comes before the first byte leaves; nobody signs it, and no target is brought anything."""

    def build(self) -> tuple[Outcome, ...]:
        """Build and judge everything, and leave it in `dist/` for whoever signs and publishes."""
        judged = self.prepare()
        with ExitStack() as locks:
            alone = {name: self.lock(judged[name], locks) for name in sorted(judged)}
            kept = do_in_order(self.needs, lambda name, so_far: self._keep(alone[name], so_far), AT_ONCE)
        return tuple(kept[name] for wave in find_waves(self.needs) for name in sorted(wave))

    def _keep(self, judged: Judged | Outcome, so_far: Mapping[str, Outcome]) -> Outcome:
        if isinstance(judged, Outcome):
            return judged
        tag = judged.artifacts.release.tag
        if held_back := find_held_back(judged.artifacts.release.plan, so_far):
            return held_back
        try:
            return self.keep(judged)
        except ReleaseError as error:
            return Outcome(str(tag), Ending.FAILED, error)

    def keep(self, judged: Judged) -> Outcome:
        """Put a release on the shelf, unless it stands there published: that is left alone."""
        tag = judged.artifacts.release.tag
        before = read_receipt(self.context.dist.receipt(tag))
        if before and before.is_published:
            self.context.shelf.require_whole(judged.artifacts, before)
            return Outcome(str(tag), Ending.IDENTICAL, receipt=before)
        attestation = perform(Attest(), judged, self.context, tag).made
        receipt = perform(PutDown(), judged.attested(attestation), self.context, tag).made
        return Outcome(str(tag), Ending.BUILT, receipt=receipt)


@dataclass(frozen=True)
class BytesAlone(BuildApart):
    """The same bytes once more, elsewhere: nobody judges them, and nothing is said of them."""

    def judge(self, plan: Plan, before: list[Judged]) -> Judged | Outcome:  # noqa: ARG002  # as the others are asked
        """Build, and name what was built."""
        started = datetime.now(UTC)
        release = perform(Verify(find_going_out(plan, self.plans)), plan, self.context, plan.tag).made
        artifacts = perform(Build(), release, self.context, plan.tag).made
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(artifacts.digests.items()))
        stands = self.context.shelf.read(plan.tag, CHECKSUMS)  # those of a whole build name the SBOM as well
        return Judged(artifacts, {}, Evidence({} if stands else {CHECKSUMS: lines.encode()}), started)

    def keep(self, judged: Judged) -> Outcome:
        """Put the artifacts on the shelf."""
        self.context.shelf.keep(judged)
        return Outcome(str(judged.artifacts.release.tag), Ending.BUILT)


@dataclass(frozen=True)
class PublishApart(Pipeline):
    """What comes after it, of what a build elsewhere has left: nothing is built, judged or signed here."""

    digests: Mapping[str, str] = field(default_factory=dict)
    """What the files must be, as the jobs before have said."""

    def judge(self, plan: Plan, before: list[Judged]) -> Judged | Outcome:  # noqa: ARG002  # as the others are asked
        """Take what was built and judged elsewhere; or give how the release ended, if it has."""
        received = perform(Receive(self.digests), plan, self.context, plan.tag).made
        release = perform(Verify(find_going_out(plan, self.plans)), received, self.context, plan.tag).made
        judged = perform(Adopt(self.digests), release, self.context, plan.tag).made
        self.require_verdicts(judged)
        if finished := find_done(judged.artifacts, ask_targets(plan.tag, self.context.targets), self.context):
            return Outcome(str(plan.tag), Ending.IDENTICAL, receipt=finished)
        return judged

    @property
    def attesting(self) -> Step[Judged, Attestation]:
        """The statement is there already."""
        return Accept()

    def knows(self, tag: Tag) -> bool:
        """Say whether a run here has begun to publish: what a build has left says nothing of that."""
        before = read_receipt(self.context.dist.receipt(tag))
        return bool(before and before.is_published and not before.is_complete)
