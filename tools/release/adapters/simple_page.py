"""A page of the simple repository API (PEP 503, 592, 691, 700), read as pip reads it; not at all where in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from release.errors import Incomplete

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pypi_simple import DistributionPackage, ProjectPage
    from requests import Response

_STRANGE: Final = (
    "does the address name the index's simple pages? open it in a browser; then run the same command again"
)


@dataclass(frozen=True)
class IndexFile:
    """A file that a project's page offers."""

    name: str
    version: Version
    url: str
    sha256: str
    """Empty where the page has none."""
    requires_python: str
    yanked: bool
    added: datetime | None
    """When it was uploaded, where the page says."""


def read_page(response: Response, package: str, failed: str) -> tuple[IndexFile, ...]:
    """Give what a page offers of a project; Incomplete, saying `failed`, where it is not surely one, or not whole."""
    page = _parse(response, package, failed)
    files = tuple(_distributions(page, package))
    if not files and not _is_empty_page(response, page):
        raise Incomplete(f"{failed}: what it shows is no page of {package}", hint=_STRANGE)
    return _once(files, failed)


def _parse(response: Response, package: str, failed: str) -> ProjectPage:
    from pypi_simple import ProjectPage, UnsupportedRepoVersionError  # noqa: PLC0415

    is_html = "json" not in response.headers.get("Content-Type", "")
    if is_html and b"</html>" not in response.content[-200:].lower():
        raise Incomplete(f"{failed}: its answer ends before the page does", hint=_STRANGE)
    try:
        page = ProjectPage.from_response(response, package)
    except (ValueError, UnsupportedRepoVersionError) as error:  # JSON that is none, or of another shape
        raise Incomplete(f"{failed}: its answer can't be read ({type(error).__name__})", hint=_STRANGE) from None
    if canonicalize_name(page.project) != canonicalize_name(package):
        raise Incomplete(f"{failed}: it answers with the page of another project", hint=_STRANGE)
    return page


def _distributions(page: ProjectPage, package: str) -> Iterator[IndexFile]:
    for each in page.packages:
        version = _version(each)
        if version is not None and canonicalize_name(each.project or "") == canonicalize_name(package):
            sha256, python = each.digests.get("sha256", "").lower(), each.requires_python or ""
            yield IndexFile(each.filename, version, each.url, sha256, python, each.is_yanked, each.upload_time)


def _version(file: DistributionPackage) -> Version | None:
    try:
        return Version(file.version or "")
    except InvalidVersion:
        return None


def _is_empty_page(response: Response, page: ProjectPage) -> bool:
    """Whether a page without files says by its form that it is the page of a project: that of an HTML page may not."""
    is_marked = page.repository_version is not None or b"links for" in response.content.lower()
    return is_marked and not page.packages


def _once(files: tuple[IndexFile, ...], failed: str) -> tuple[IndexFile, ...]:
    """Give each file once; refuse a page that says two things of one."""
    found: dict[str, IndexFile] = {}
    for each in files:
        if found.setdefault(each.name, each).sha256 != each.sha256:
            raise Incomplete(f"{failed}: it offers {each.name} twice, with different bytes", hint=_STRANGE)
    return tuple(found.values())
