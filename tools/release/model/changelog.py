"""A changelog in the form of Keep a Changelog, https://keepachangelog.com/en/1.1.0/."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Callable

_HEADING = re.compile(r"^##\s+\[?(?P<title>[^\]\s]+)\]?(?P<rest>.*)$", re.MULTILINE)
_KIND = re.compile(r"^###\s+(?P<kind>\w+)", re.MULTILINE)
_REFERENCE = re.compile(r"^\[[^\]]+\]:\s.*$", re.MULTILINE)
UNRELEASED = "unreleased"


@dataclass(frozen=True)
class Section:
    """What stands below one heading of the second level."""

    title: str
    body: str

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of change it holds, in lower case: `added`, `fixed`."""
        return frozenset(match["kind"].lower() for match in _KIND.finditer(self.body))

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing but headings."""
        return not re.sub(r"^#.*$", "", self.body, flags=re.MULTILINE).strip()


@dataclass(frozen=True)
class Changelog:
    """The sections of a changelog, newest first, as they stand."""

    sections: tuple[Section, ...]

    def entry(self, version: Version) -> Section | None:
        """Give the section of a version, if it says anything."""
        return self._find(lambda title: _version(title) == version)

    @property
    def unreleased(self) -> Section | None:
        """What waits for a release, if anything does."""
        return self._find(lambda title: title.lower() == UNRELEASED)

    @property
    def versions(self) -> tuple[Version, ...]:
        """Every version that has an entry, in the order of the file."""
        return tuple(version for section in self.sections if (version := _version(section.title)))

    def _find(self, is_wanted: Callable[[str], bool]) -> Section | None:
        return next((each for each in self.sections if is_wanted(each.title) and not each.is_empty), None)


def read_changelog(text: str) -> Changelog:
    """Cut the text at its headings of the second level; never fails, a text without any has no sections."""
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings), len(text)][1:]
    return Changelog(
        tuple(
            Section(heading["title"], _REFERENCE.sub("", text[heading.end() : end]).strip())
            for heading, end in zip(headings, ends, strict=True)
        )
    )


def _version(title: str) -> Version | None:
    try:
        return Version(title)
    except InvalidVersion:
        return None
