"""Compare an SBOM with its wheel: it names that wheel, just what the wheel asks for, and what that brings."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.steps.describe import applies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from email.message import Message

_PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
_PLATFORMS = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"))


def compare_closure(document: Mapping[str, Any], wheel: str, metadata: Message) -> Iterator[str]:
    """Say what an SBOM that is valid CycloneDX claims beside the truth; `wheel` is the wheel's SHA-256."""
    root = document.get("metadata", {}).get("component", {})
    name, version = canonicalize_name(metadata.get("Name", "")), metadata.get("Version")
    if (root.get("name"), root.get("version")) != (name, version):
        yield f"it is of {root.get('name')} {root.get('version')}"
    if wheel not in _digests(root):
        yield "it is of a wheel with other bytes"
    counted = Counter(each.get("bom-ref") for each in document.get("components", ()))
    yield from (f"it describes {ref} {number} times" for ref, number in counted.items() if number > 1)
    components = {each.get("bom-ref"): each for each in document.get("components", ())}
    yield from (f"{ref} has no SHA-256" for ref, each in components.items() if not _digests(each))
    needs = {each["ref"]: each.get("dependsOn", []) for each in document.get("dependencies", ())}
    if strange := {ref for refs in needs.values() for ref in refs} - components.keys():
        yield f"it does not describe {min(strange)}"
        return
    reached = _reach(root.get("bom-ref"), needs)
    yield from (f"nothing asks for {ref}" for ref in sorted(components.keys() - reached))
    direct = [components[ref] for ref in needs.get(root.get("bom-ref"), ())]
    wanted = [each for each in map(Requirement, metadata.get_all("Requires-Dist", [])) if applies(each)]
    yield from _compare_direct(direct, wanted)


def _compare_direct(direct: Sequence[Mapping[str, str]], wanted: Sequence[Requirement]) -> Iterator[str]:
    named = {each["name"] for each in direct}
    for requirement in wanted:
        if canonicalize_name(requirement.name) not in named and _is_needed(requirement):
            yield f"it lacks {requirement.name}, which the wheel asks for"
    for each in direct:
        asking = [requirement for requirement in wanted if canonicalize_name(requirement.name) == each["name"]]
        if not asking:
            yield f"the wheel does not ask for {each['name']}"
        elif not any(requirement.specifier.contains(each["version"], prereleases=True) for requirement in asking):
            yield f"the wheel asks for {asking[0]}, and it has {each['version']}"


def _is_needed(requirement: Requirement) -> bool:
    """Whether some Python on some platform asks for it."""
    marker = requirement.marker
    return marker is None or any(
        marker.evaluate(
            {
                "python_version": python,
                "python_full_version": f"{python}.0",
                "sys_platform": platform,
                "platform_system": system,
                "os_name": kind,
            }
        )
        for python, (platform, system, kind) in product(_PYTHONS, _PLATFORMS)
    )


def _reach(start: str | None, needs: Mapping[str, Sequence[str]]) -> frozenset[str]:
    reached: set[str] = set()
    waiting = list(needs.get(start or "", ()))
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += needs.get(ref, ())
    return frozenset(reached)


def _digests(component: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each["content"] for each in component.get("hashes", ()) if each["alg"] == "SHA-256")
