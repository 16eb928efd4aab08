"""Siblings: the files of our own packages that a closure may need, brought to this machine."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from release.errors import Conflict
from release.model.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.plan import Plan
    from release.ports import Target

_NEWEST = 3
"""Versions of a sibling that are fetched from far away: a resolver that needs an older one says so."""


def bring_siblings(plan: Plan, built: Iterable[Artifacts], context: Context) -> Mapping[str, list[Offer]]:
    """Give every sibling's files: those that targets offer, and those built in this run in their place."""
    offers = {name: _offered(plan, name, context) for name in plan.siblings}
    for artifacts in built:
        tag = artifacts.release.tag
        if tag.package in offers and tag.channel in plan.tag.channel.offers:
            for each in artifacts:
                offers[tag.package][each.name] = Offer(tag.version, each.name, each.path.as_uri(), each.sha256)
    return {name: list(files.values()) for name, files in offers.items()}


def _offered(plan: Plan, name: str, context: Context) -> dict[str, Offer]:
    """Give what all targets offer of a sibling; no two of them may mean different bytes by one name."""
    found: dict[str, Offer] = {}
    for target in context.targets:
        for offer in _within_reach(plan, name, target, context):
            before = found.setdefault(offer.name, offer)
            if before.sha256 != offer.sha256:
                raise Conflict(
                    f"{plan.tag} needs {name}: {target.name} and another target offer other bytes as {offer.name}",
                    hint="hatch run release reconcile says which of them are signed",
                )
    return found


def _within_reach(plan: Plan, name: str, target: Target, context: Context) -> Iterable[Offer]:
    offers = target.offered(name, plan.tag.channel)
    if all(offer.url.startswith("file:") for offer in offers):
        return offers
    wanted = SpecifierSet()
    for needed in plan.package.siblings(frozenset({name})):
        wanted &= needed.specifier
    fitting = {offer.version for offer in offers if wanted.contains(offer.version, prereleases=True)}
    newest = sorted(fitting)[-_NEWEST:]
    wheels = (offer for offer in offers if offer.version in newest and offer.name.endswith(".whl"))
    return [_fetch(plan, offer, target, context) for offer in wheels]


def _fetch(plan: Plan, offer: Offer, target: Target, context: Context) -> Offer:
    content = target.fetch(offer)
    if hashlib.sha256(content).hexdigest() != offer.sha256:
        raise Conflict(
            f"{plan.tag}: {target.name} gives other bytes for {offer.name} than it says",
            hint="hatch run release verify tells whether what it holds is what was released",
        )
    folder = context.scratch / "siblings" / plan.tag.stem / target.name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / offer.name
    path.write_bytes(content)
    return replace(offer, url=path.as_uri())
