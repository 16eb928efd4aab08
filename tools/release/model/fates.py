"""Judge what an install would do with a runtime: each distribution's fate, and what a replacement breaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from release.model.compatibility import Compatibility, Effect, Fate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release.model.compatibility import Answer
    from release.model.runtime import Runtime

INJECTED: Final = "pyspark"
"""The cluster brings its own when it starts; one from an index stands before it, and breaks every session."""


def judge(
    runtime: Runtime, wanted: Sequence[Requirement], answer: Answer, allowed: Mapping[str, str] | None = None
) -> Compatibility:
    """Give every distribution's fate; `allowed` says of a name why it may be replaced."""
    names = closure_names(runtime, wanted, answer)
    if INJECTED in names:
        return _refuse_injected(runtime, names[INJECTED])
    fates = tuple(_fate(name, runtime, answer, allowed or {}) for name in sorted(names))
    replaced = {each.name: each.chosen for each in fates if each.effect is Effect.REPLACED}
    return Compatibility(runtime.name, fates, find_broken(runtime, replaced) if replaced else None)


def refuse(runtime: Runtime, said: str) -> Compatibility:
    """Refuse what nothing fits, in a resolver's own words."""
    cause = " ".join(said.partition("cause: ")[2].split("\n\n")[0].split()) or said
    named = re.search(rf"(?:versions of|and) (\S+) depends? on {INJECTED}\b", cause)
    if re.search(rf"\b{INJECTED}\b", cause):
        return _refuse_injected(runtime, named[1] if named else "")
    return Compatibility(runtime.name, refusal=cause)


def _refuse_injected(runtime: Runtime, by: str) -> Compatibility:
    whose = f"{by} needs" if by else "it asks for"
    return Compatibility(
        runtime.name, refusal=f"{whose} {INJECTED}, which a cluster brings itself: name it in an extra, or nowhere"
    )


def closure_names(runtime: Runtime, wanted: Sequence[Requirement], answer: Answer) -> dict[str, str]:
    """Give every name that the requirements lead to, and which name led there; none for those asked for.

    What is installed is followed by what it needs there; a distribution that nobody described needs nothing.
    """
    new, environment = answer.installed, runtime.environment
    found: dict[str, str] = {
        canonicalize_name(each.name): "" for each in wanted if not each.marker or each.marker.evaluate(environment)
    }
    found |= {name: found.get(name, "") for name in new}
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        version = new.get(name) or (runtime.by_name[name].version if name in runtime.by_name else "")
        for needed in answer.needs.get(f"{name}=={version}", ()):
            if needed not in found:
                waiting.append(needed)
            found[needed] = found.get(needed) or (name if needed not in _asked(wanted) else "")
    return found


def find_broken(runtime: Runtime, replaced: Mapping[str, str], also: str = "") -> dict[str, tuple[str, ...]]:
    """Give the needs that replacements leave unmet, by the distribution of the runtime that has them.

    `replaced` are new versions by name. What was not met before is not broken by it. What is replaced itself is not
    looked at, unless it is named by `also`.
    """
    broken = {}
    for row in runtime.shipped:
        if row.name in replaced and row.name != also:
            continue
        unmet = [
            str(needed)
            for needed in find_needs(row.requires, runtime.environment)
            if (name := canonicalize_name(needed.name)) in replaced
            and needed.specifier.contains(runtime.by_name[name].version, prereleases=True)
            and not needed.specifier.contains(replaced[name], prereleases=True)
        ]
        if unmet:
            broken[row.name] = tuple(unmet)
    return broken


def _fate(name: str, runtime: Runtime, answer: Answer, allowed: Mapping[str, str]) -> Fate:
    shipped = runtime.by_name[name].version if name in runtime.by_name else ""
    chosen = answer.installed.get(name, "")
    if not shipped:
        return Fate(name, Effect.ADDED, chosen=chosen)
    if not chosen:
        return Fate(name, Effect.SATISFIED, shipped, shipped)
    return Fate(name, Effect.REPLACED, shipped, chosen, allowed.get(name, ""))


def _asked(wanted: Sequence[Requirement]) -> frozenset[str]:
    return frozenset(canonicalize_name(each.name) for each in wanted)


def find_needs(lines: Sequence[str], environment: Mapping[str, str]) -> Iterator[Requirement]:
    """Give the requirements that apply in an environment of markers, of lines of Requires-Dist."""
    for line in lines:
        try:
            needed = Requirement(line)
        except InvalidRequirement:  # of a time before it was said what one is: pip and uv each read it in their own way
            continue
        if not needed.marker or needed.marker.evaluate(dict(environment)):
            yield needed
