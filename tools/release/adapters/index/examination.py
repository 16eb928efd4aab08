"""What would make a release to a package index fail, or let it go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from release.adapters.address import origin
from release.adapters.clock import compare_clocks
from release.errors import ReleaseError
from release.model.diagnosis import failed_by, ok, warning

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from release.adapters.simple import SimpleIndex
    from release.adapters.upload import Uploader
    from release.model.diagnosis import Diagnosis

_CHECK: Final = "index"
_HERE: Final = ("localhost", "127.0.0.1", "::1")


def examine(uploader: Uploader, pages: SimpleIndex, packages: Collection[str]) -> Iterator[Diagnosis]:
    """Ask for each page, and whether the credentials are accepted, by a form that brings nothing."""
    try:
        uploader.knock()
        yield ok(_CHECK, "it is reached, and accepts the credentials")
        if uploader.replaces():
            said = "it is volatile: it replaces a file by another of the same name"
            yield warning(_CHECK, said, "have it keep what it has: devpi index <user>/<index> volatile=False")
    except ReleaseError as error:
        yield failed_by(_CHECK, error)
    scheme, host, _ = origin(uploader.url)
    if scheme == "http" and host not in _HERE:
        said = "the password travels over HTTP, for everybody on the way to read"
        yield warning(_CHECK, said, "set TWINE_REPOSITORY_URL to an address that begins with https://")
    for package in packages:
        yield _examine_page(pages, package)
    if pages.ahead is not None:
        yield compare_clocks(_CHECK, pages.ahead)


def _examine_page(pages: SimpleIndex, package: str) -> Diagnosis:
    check = f"{_CHECK}: {package}"
    try:
        files = pages.files(package)
        if not files:
            pages.require_root()
    except ReleaseError as error:
        return failed_by(check, error)
    if not files:
        cure = "is the name right, and may these credentials begin a project there? then nothing is to be done"
        return warning(check, "nobody has published under this name: the first release takes it", cure)
    return ok(check, f"{len({each.version for each in files})} versions are there")
