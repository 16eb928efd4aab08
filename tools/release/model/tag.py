"""The tag `<package>/v<version>`: its grammar, and the channel its version belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from release.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Collection

_SHAPE = re.compile(r"(?P<package>[^/]+)/(?P<version>.+)", re.DOTALL)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LIKE_VERSION = re.compile(r"[vV]?[0-9]+\.[0-9]")
_BEGINS_AS_VERSION = re.compile(r"[vV]?[0-9]")
FORM = "<package>/v<version>, for example env-drift/v0.1.0"
IDENTIFY = 'git config --global user.name "Your Name"; git config --global user.email you@example.com'
"""How git learns who makes a tag."""


class Channel(StrEnum):
    """What a build is offered in; each channel offers what the ones before it hold as well."""

    STABLE = "stable"
    PREVIEW = "preview"
    DEV = "dev"

    @property
    def offers(self) -> tuple[Channel, ...]:
        """The channels whose files this one offers, narrowest first."""
        everything = tuple(Channel)
        return everything[: everything.index(self) + 1]

    @property
    def offered_in(self) -> tuple[Channel, ...]:
        """The channels that offer this one's files, narrowest first."""
        everything = tuple(Channel)
        return everything[everything.index(self) :]


def channel_of(version: Version) -> Channel:
    """Say where a version belongs: dev releases in dev, a, b and rc in preview, the rest in stable."""
    if version.is_devrelease:
        return Channel.DEV
    return Channel.PREVIEW if version.is_prerelease else Channel.STABLE


@dataclass(frozen=True, order=True)
class Tag:
    """One version of one package, as git names it."""

    package: str
    version: Version

    def __str__(self) -> str:
        return f"{self.package}/v{self.version}"

    @property
    def channel(self) -> Channel:
        """Where the tag's version belongs."""
        return channel_of(self.version)

    @property
    def stem(self) -> str:
        """What the names of all files of this release begin with: `env_drift-0.1.0`."""
        return f"{self.package.replace('-', '_')}-{self.version}"

    @property
    def files(self) -> tuple[str, str]:
        """Names of its wheel and its sdist."""
        return f"{self.stem}-py3-none-any.whl", f"{self.stem}.tar.gz"


def shown(text: str) -> str:
    """Make a hostile name safe to print: every character that is not plain ASCII is escaped."""
    return text if text.isascii() and text.isprintable() else ascii(text)


def is_meant_as_release(text: str, packages: Collection[str]) -> bool:
    """Whether somebody who made this tag will have meant a release: of one of the packages, or by a version's look.

    `deploy/2026-11-23` is none, unless there is a package `deploy`.
    """
    name, slash, version = text.partition("/")
    if not slash:
        return _LIKE_VERSION.match(text) is not None
    if _LIKE_VERSION.match(version):
        return True
    return canonicalize_name(name) in packages and _BEGINS_AS_VERSION.match(version) is not None


def parse_tag(text: str) -> Tag:
    """Read a release tag, or refuse it with the form it should have."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise _malformed(text, "it names no package")
    package, version = match["package"], match["version"]
    _require_normalised(text, package)
    if not version.startswith("v"):
        raise _malformed(text, "the version does not begin with v", _canonical(package, version))
    parsed, written = _parse_version(text, version[1:])
    if parsed.local:
        reason = f"+{parsed.local} is a local version, which no index takes"
        raise _malformed(text, reason, _canonical(package, written))
    if written != version[1:]:
        raise _malformed(text, "the version is not in the canonical form of PEP 440", _canonical(package, written))
    if parsed.is_devrelease:
        raise Refused(
            f"tag {shown(text)}: development versions are never released from a tag",
            hint="`hatch run release snapshot` makes a build for the dev channel",
        )
    return Tag(package, parsed)


def _require_normalised(text: str, package: str) -> None:
    if not _NAME.fullmatch(package):
        normalised = canonicalize_name(package) if package.isascii() else ""
        cure = f"{normalised}/v<version>" if _NAME.fullmatch(normalised) else ""
        raise _malformed(text, f"{shown(package)} is not a normalised project name (PEP 503)", cure)


def _canonical(package: str, version: str) -> str:
    try:
        return f"{package}/v{Version(version).public}"
    except InvalidVersion:
        return ""


def _parse_version(text: str, version: str) -> tuple[Version, str]:
    if not (version.isascii() and version.isprintable()):
        raise _malformed(text, "the version holds characters that are not plain ASCII")
    try:
        return _read_version(version)
    except InvalidVersion:
        raise _malformed(text, f"{shown(version)} is not a version (PEP 440)") from None


@cache  # twenty thousand tags have a few hundred versions between them
def _read_version(version: str) -> tuple[Version, str]:
    """Give a version and its canonical form."""
    parsed = Version(version)
    return parsed, str(parsed)


def _malformed(text: str, reason: str, cure: str = "") -> Refused:
    return Refused(f"tag {shown(text)}: {reason}", hint=f"write {cure}" if cure else f"a release tag is {FORM}")
