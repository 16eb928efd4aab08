"""What the world holds of a release now, and what that makes of each file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from release.model.tag import Tag

_ARCHIVES = "zip tar tar.gz tgz tar.bz2 tbz tar.xz txz tar.lz tar.lzma tlz tar.zst"
_INSTALLABLE = (".whl", ".egg", *(f".{each}" for each in _ARCHIVES.split()))
"""What pip (its `ARCHIVE_EXTENSIONS`) or uv takes for a wheel or a source of its version, or once did."""


class State(StrEnum):
    """What a target holds under a file's name; only `absent` is acted on."""

    ABSENT = "absent"
    IDENTICAL = "identical"
    CONFLICTING = "conflicting"
    UNKNOWN = "unknown"


class Listing(StrEnum):
    """Whether whoever installs from a target is shown a file that it holds."""

    OFFERED = "offered"
    UNSEEN = "unseen"
    """It was brought, and is not offered yet: a draft, a staging repository, a page that does not name it."""
    UNLISTED = "unlisted"
    """Taken off offer: an exact pin still installs it (PEP 592)."""
    ARCHIVED = "archived"
    """Taken off offer and can't be downloaded; its bytes are kept."""


@dataclass(frozen=True)
class Held:
    """A file of a version, as a target has it."""

    tag: Tag
    location: str
    name: str
    sha256: str
    """Empty where the target does not say."""
    listing: Listing = Listing.OFFERED
    added: datetime | None = None
    """When it came there, where the target says."""
    detail: str = ""
    """What a receipt should say of how it came there."""


@dataclass(frozen=True)
class Entry:
    """One file in one target."""

    target: str
    location: str
    name: str
    state: State
    sha256: str
    """The digest of the bytes that are released, which a conflicting target does not hold."""
    detail: str = ""


def compare(
    target: str, places: Callable[[str], Iterable[str]], digests: Mapping[str, str], held: Iterable[Held]
) -> tuple[Entry, ...]:
    """Say of each file of a release what a target holds of it, and name what else is there to be installed.

    `places` gives the locations at which a file belongs; a digest is empty where nobody knows what it should be.
    """
    there = {(each.location, each.name): each for each in held}
    wanted = [(location, name, digest) for name, digest in digests.items() for location in places(name)]
    entries = [_judge(target, *each, there.pop(each[:2], None)) for each in wanted]
    strangers = (each for each in there.values() if each.name.endswith(_INSTALLABLE) and each.name not in digests)
    return (*entries, *(_accuse(target, each) for each in strangers))


def _judge(target: str, location: str, name: str, digest: str, held: Held | None) -> Entry:
    def say(state: State, detail: str = "") -> Entry:
        return Entry(target, location, name, state, digest, detail)

    if held is None:
        return say(State.ABSENT)
    if not held.sha256:
        return say(State.UNKNOWN, "the target does not say what bytes it holds")
    if not digest:
        return say(State.UNKNOWN, "it is there, and nothing says what its bytes should be: a run builds and compares")
    if held.sha256 != digest:
        is_draft = held.listing is Listing.UNSEEN and not name.endswith(_INSTALLABLE)
        return say(State.ABSENT, "a stopped run's evidence is there, unseen") if is_draft else say(State.CONFLICTING)
    if held.listing is Listing.UNSEEN:
        return say(State.ABSENT, "it is there, and not offered yet")
    return say(State.IDENTICAL, held.detail if held.listing is Listing.OFFERED else held.listing.value)


def _accuse(target: str, held: Held) -> Entry:
    return Entry(target, held.location, held.name, State.CONFLICTING, held.sha256, "somebody added it to the release")


def unknown(
    target: str, places: Callable[[str], Iterable[str]], digests: Mapping[str, str], why: str
) -> tuple[Entry, ...]:
    """Say that a target could not be asked: nothing is known of any file, least of all that it is absent."""
    return tuple(
        Entry(target, location, name, State.UNKNOWN, digest, why)
        for name, digest in digests.items()
        for location in places(name)
    )
