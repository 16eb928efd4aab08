"""Resolve what the wheel brings with it: exact versions, digests, and what each says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.model.closure import Closure
from release.model.offer import Offer
from release.steps.describe import describe_closure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.plan import Plan


@dataclass(frozen=True)
class Resolve:
    """The step; it gives the closure of a wheel."""

    built: tuple[Artifacts, ...]
    """What was built in this run before, siblings among it."""
    title = "resolve"

    def run(self, artifacts: Artifacts, context: Context) -> Closure:
        """Lock the closure as the index stood when the commit was made."""
        plan = artifacts.release.plan
        said = BytesHeaderParser().parsebytes(artifacts.metadata)
        wanted = [Requirement(line) for line in said.get_all("Requires-Dist", [])]
        wanted = [each for each in wanted if "extra" not in str(each.marker or "")]
        folder = context.scratch / "resolved" / plan.tag.stem
        folder.mkdir(parents=True)
        lock = folder / "pylock.toml"
        if not wanted:
            lock.write_text('lock-version = "1.0"\ncreated-by = "wheelyard"\npackages = []\n')
            return Closure(lock, (), (), plan.commit.time)
        as_of = context.resolver.resolve(wanted, self._offers(plan, context), plan.commit.time, lock)
        direct = tuple(sorted({canonicalize_name(each.name) for each in wanted}))
        return Closure(lock, describe_closure(lock, wanted, plan.siblings, context), direct, as_of)

    def _offers(self, plan: Plan, context: Context) -> Mapping[str, list[Offer]]:
        """Give every sibling's files: those that targets offer, and those built in this run in their place."""
        offers: dict[str, dict[str, Offer]] = {name: {} for name in plan.siblings}
        for target in context.targets:
            for name, files in offers.items():
                files.update({offer.name: offer for offer in target.offered(name, plan.tag.channel)})
        for artifacts in self.built:
            tag = artifacts.release.tag
            if tag.package in offers and tag.channel in plan.tag.channel.offers:
                for each in artifacts:
                    offers[tag.package][each.name] = Offer(tag.version, each.name, each.path.as_uri(), each.sha256)
        return {name: list(files.values()) for name, files in offers.items()}
