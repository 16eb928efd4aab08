"""The toolchain: which file of which version builds, with its digest, so that who asks later can have the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

_FILE = re.compile(r"[A-Za-z0-9._+!-]+\.whl")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TOOL = re.compile(
    r"^# (?P<file>\S+)\n"
    r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\\n]+?))? \\\n"
    r"    --hash=sha256:(?P<sha256>[0-9a-f]{64})\n",
    re.MULTILINE,
)


class NotATool(ValueError):
    """A file that no toolchain of ours could hold, or a lock that does not name one file for each pin."""


@dataclass(frozen=True)
class ToolFile:
    """A wheel of the toolchain: of one version of one distribution, and for every platform."""

    name: str
    version: str
    file: str
    sha256: str
    marker: str = ""
    """Where it is needed, as PEP 508 says it; everywhere if it is empty."""

    def __post_init__(self) -> None:
        """Refuse what would say something else in a requirements file than it says here."""
        try:
            name, version, _, tags = parse_wheel_filename(self.file)
            agreed = (name, version) == (self.name, Version(self.version)) and self.version == str(version)
            marker = str(Marker(self.marker)).replace('"', "'") if self.marker else ""
        except (InvalidWheelFilename, InvalidVersion, InvalidMarker) as error:
            raise NotATool(f"{self.file!r}: {error}") from None
        if not _FILE.fullmatch(self.file) or not agreed or {str(tag) for tag in tags} != {"py3-none-any"}:
            raise NotATool(f"{self.file!r} is not the py3-none-any wheel of {self.name!r} {self.version!r}")
        if not _SHA256.fullmatch(self.sha256):
            raise NotATool(f"{self.file}: {self.sha256!r} is no SHA-256")
        if marker != self.marker:
            raise NotATool(f"{self.file}: the marker {self.marker!r} would be written {marker!r}")


def read_tools(text: str) -> tuple[ToolFile, ...]:
    """Read a lock of the toolchain: a comment with the file's name, then the pin with that file's digest."""
    tools = tuple(ToolFile(**each.groupdict(default="")) for each in _TOOL.finditer(text))
    if not tools or write_requirements(tools) != text:
        raise NotATool("the toolchain's lock does not name exactly one file for each pin")
    if len({tool.name for tool in tools}) != len(tools):
        raise NotATool("the toolchain's lock names a distribution twice")
    return tools


def write_requirements(tools: Iterable[ToolFile]) -> str:
    """Write requirements from which exactly these files are installed; `read_tools` reads them."""
    return "".join(
        f"# {tool.file}\n"
        f"{tool.name}=={tool.version}{f' ; {tool.marker}' if tool.marker else ''} \\\n"
        f"    --hash=sha256:{tool.sha256}\n"
        for tool in tools
    )
