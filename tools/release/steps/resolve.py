"""Resolve what the wheel brings with it: exact versions, digests, and what each says of itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.errors import GateRefused
from release.model.closure import Closure
from release.model.metadata import parse_metadata
from release.steps.describe import describe_closure, direct_names, read_pins
from release.steps.siblings import bring_siblings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.closure import Pin
    from release.model.offer import Offer


@dataclass(frozen=True)
class Resolve:
    """The step; it gives the closure of a wheel."""

    built: tuple[Artifacts, ...]
    """What was built in this run before, siblings among it."""
    title = "resolve"

    def run(self, artifacts: Artifacts, context: Context) -> Closure:
        """Lock the closure as the index stood when the commit was made."""
        plan = artifacts.release.plan
        said = parse_metadata(artifacts.metadata)
        wanted = [Requirement(line) for line in said.get_all("Requires-Dist", [])]
        lock = context.scratch / "resolved" / plan.tag.stem / "pylock.toml"
        lock.parent.mkdir(parents=True)
        if not wanted:
            lock.write_text('lock-version = "1.0"\ncreated-by = "wheelyard"\npackages = []\n')
            return Closure(lock, (), (), plan.commit.time)
        ours = bring_siblings(plan, self.built, context)
        as_of = context.resolver.resolve(wanted, ours, plan.commit.time, lock)
        if as_of is None:
            context.reporter.warn(
                f"{plan.tag}: its closure is today's and not the commit's: the index gives no upload times, or nothing "
                "fits that early. The SBOM will differ when the index does"
            )
        components = describe_closure(lock, wanted, plan.siblings, context)
        closure = Closure(lock, components, direct_names(components, wanted), as_of)
        extras = [canonicalize_name(extra) for extra in said.get_all("Provides-Extra", [])]
        closure = replace(closure, optional=self._optional(artifacts, extras, closure, ours, context))
        _require_own_files((*closure.pins, *closure.optional), ours)
        return closure

    def _optional(
        self,
        artifacts: Artifacts,
        extras: Sequence[str],
        closure: Closure,
        ours: Mapping[str, list[Offer]],
        context: Context,
    ) -> tuple[Pin, ...]:
        """Give what the wheel's extras bring beyond the rest, all of them at once."""
        if not extras:
            return ()
        plan, wheel = artifacts.release.plan, artifacts.wheel.path.as_uri()
        lock = closure.lock.parent / "extras" / "pylock.toml"
        lock.parent.mkdir()
        everything = Requirement(f"{plan.tag.package}[{','.join(extras)}] @ {wheel}")
        context.resolver.resolve([everything], ours, plan.commit.time, lock)
        pins = (pin for pin in read_pins(lock, plan.siblings) if pin.name != plan.tag.package)
        return tuple(sorted(set(pins) - set(closure.pins)))


def _require_own_files(pins: Iterable[Pin], ours: Mapping[str, list[Offer]]) -> None:
    """Refuse a file under one of our names that is none of ours, wherever the resolver found it."""
    digests = {offer.sha256 for offers in ours.values() for offer in offers}
    for pin in pins:
        if pin.first_party and not digests.issuperset(pin.sha256):
            raise GateRefused(
                f"{pin} has one of our names, and did not come from our own index",
                hint="find out who offers it: UV_DEFAULT_INDEX, UV_INDEX, UV_EXTRA_INDEX_URL",
            )
