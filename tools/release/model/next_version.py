"""Which version comes next: by what the changelog says, or by the word that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from release.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.changelog import Changelog

PARTS = ("major", "minor", "patch")
FIRST = Version("0.1.0")
_BY_KIND = {"removed": "major", "added": "minor", "changed": "minor", "deprecated": "minor"}


def fitting_version(released: Iterable[Version], changelog: Changelog | None) -> Version:
    """Give the version that fits: the changelog's newest entry if it waits for its tag, else a step by what changed.

    What was removed asks for a major step, what was added, changed or deprecated for a minor one, and anything else
    for a patch; before 1.0 a break is a minor step, as everybody has it.
    """
    done = frozenset(released)
    last = latest_final(done)
    waiting = [each for each in changelog.versions if last is None or each > last] if changelog else []
    if waiting and waiting[0] not in done:
        return waiting[0]
    if last is None:
        return FIRST
    kinds = changelog.unreleased.kinds if changelog and changelog.unreleased else frozenset()
    part = min((_BY_KIND.get(kind, "patch") for kind in kinds), key=PARTS.index, default="patch")
    return step(last, "minor" if part == "major" and last.major == 0 else part)


def asked_version(word: str, released: Iterable[Version], changelog: Changelog | None) -> Version:
    """Give the version that a word means: a part, `rc`, `final`, or the version itself."""
    done = frozenset(released)
    if word in PARTS:
        return step(latest_final(done) or Version("0.0.0"), word)
    newest = max(done, default=None)
    if word == "rc":
        if newest and newest.pre and newest.pre[0] == "rc":
            return Version(f"{newest.base_version}rc{newest.pre[1] + 1}")
        return Version(f"{fitting_version(done, changelog).base_version}rc1")
    if word == "final":
        if newest is None or not newest.is_prerelease:
            raise UsageError("there is no candidate to make final", hint="say patch, minor, major or a version")
        return Version(newest.base_version)
    try:
        return Version(word)
    except InvalidVersion:
        raise UsageError(
            f"{word!a} is neither a version nor one of {', '.join(PARTS)}, rc, final", hint="say one of them, or 1.2.3"
        ) from None


def latest_final(versions: Iterable[Version]) -> Version | None:
    """Give the highest version that is no pre-release."""
    return max((each for each in versions if not each.is_prerelease), default=None)


def step(version: Version, part: str) -> Version:
    """Raise one part of a version by one."""
    parts = [version.major, version.minor, version.micro]
    at = PARTS.index(part)
    raised = [*parts[:at], parts[at] + 1, *([0] * (len(PARTS) - 1 - at))]
    epoch = f"{version.epoch}!" if version.epoch else ""
    return Version(epoch + ".".join(map(str, raised)))
