"""Where everything stands in the bucket.

`<channel>/<package>/<version>/<file>` for the files of a release, and for the pages of a channel's index
`<channel>/simple/<package>/index.html` (PEP 503), which lead to files by relative addresses: so one bucket is an index
behind any address it is served from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from packaging.version import InvalidVersion, Version

from release.model.tag import Tag

if TYPE_CHECKING:
    from release.model.tag import Channel

MARKER: Final = "listing.json"
"""What says, beside a version's files, that the version was taken off offer."""
PAGE_HEADERS: Final = {"ContentType": "text/html; charset=utf-8", "CacheControl": "no-cache"}
"""A page is asked for anew each time: what keeps a copy would offer what was withdrawn."""
_PAGES: Final = "simple"
_PAGE: Final = "index.html"
_UP: Final = "../../../"
"""The way from a project's page to the bucket's root."""
_DEPTH: Final = 4


def folder_of(tag: Tag) -> str:
    """Give the prefix of a version's files."""
    return f"{tag.channel}/{tag.package}/{tag.version}/"


def key_of(tag: Tag, name: str) -> str:
    """Give the key of a file of a release."""
    return f"{folder_of(tag)}{name}"


def page_of(package: str, channel: Channel) -> str:
    """Give the key of a project's page in a channel's index."""
    return f"{channel}/{_PAGES}/{package}/{_PAGE}"


def root_of(channel: Channel) -> str:
    """Give the key of the page that lists a channel's projects."""
    return f"{channel}/{_PAGES}/{_PAGE}"


def way_to(key: str) -> str:
    """Give a file's address as seen from any project's page."""
    return _UP + quote(key)


def key_at(way: str) -> str:
    """Give the key that an address on a project's page leads to; nothing, where it leads elsewhere."""
    return unquote(way.removeprefix(_UP)) if way.startswith(_UP) else ""


def read_key(key: str) -> tuple[Tag, str] | None:
    """Give the version and the file's name that a key says, whatever channel it stands in; None where it says none."""
    parts = key.split("/", _DEPTH - 1)
    if len(parts) < _DEPTH or not parts[-1] or (parts[1], parts[-1]) == (_PAGES, _PAGE):
        return None
    try:
        return Tag(parts[1], Version(parts[2])), parts[3]
    except InvalidVersion:
        return None
