"""What would make a release to GitHub fail, seen before anything is built."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from release.adapters.clock import compare_clocks, seconds_ahead
from release.adapters.github.refusals import MAY_NOT
from release.errors import Incomplete, ReleaseError, Unauthorized
from release.model.diagnosis import failed, failed_by, ok, warning
from release.side_by_side import open_pool

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from release.adapters.github.answers import Release, Repository
    from release.adapters.github.client import Client
    from release.adapters.github.roll import Roll
    from release.model.diagnosis import Diagnosis

_CALLS: Final = 20
"""What a release asks for one package, at most."""
_SOON: Final = timedelta(days=7)
_INSTALLED: Final = "ghs_"
"""What the tokens of Actions and of apps begin with."""


class Examination:
    """Looks at the token, the repository and its settings, without changing anything."""

    def __init__(self, client: Client, roll: Roll, token: str) -> None:
        self._client = client
        self._roll = roll
        self._is_installed = token.startswith(_INSTALLED)

    def run(self, packages: Collection[str]) -> Iterator[Diagnosis]:
        """Give the findings, each with its cure."""
        with open_pool(3) as pool:
            described = pool.submit(self._client.describe)
            setting = pool.submit(self._immutability)
            releases = pool.submit(self._roll.known)
        try:
            repository, headers = described.result()
        except ReleaseError as error:
            yield failed_by("GitHub repository", error)
            return
        yield self._repository(repository)
        yield from self._token(repository, headers)
        yield setting.result()
        try:
            yield from _drafts(releases.result(), packages)
        except ReleaseError as error:
            yield failed_by("GitHub drafts", error)
        yield _rate_limit(headers, len(packages))
        yield compare_clocks("GitHub", seconds_ahead(headers.get("Date", "")))

    def _repository(self, repository: Repository) -> Diagnosis:
        name = self._client.repository
        if repository.archived:
            return failed("GitHub repository", f"{name} is archived: it takes no releases", "unarchive it", Incomplete)
        return ok("GitHub repository", name)

    def _token(self, repository: Repository, headers: Mapping[str, str]) -> Iterator[Diagnosis]:
        check = "GitHub token"
        if repository.permissions and repository.permissions.push:
            yield ok(check, f"it may write to {self._client.repository}")
        elif self._is_installed or repository.permissions is None:
            yield warning(check, "GitHub does not say whether it may make releases", MAY_NOT)
        else:
            yield failed(check, f"it may not write to {self._client.repository}", MAY_NOT, Unauthorized)
        ends = _read_time(headers.get("GitHub-Authentication-Token-Expiration", ""))
        if ends and ends - datetime.now(timezone.utc) < _SOON:
            yield warning(check, f"it ends on {ends:%Y-%m-%d at %H:%M} UTC", "make a new one")

    def _immutability(self) -> Diagnosis:
        check = "GitHub immutable releases"
        cure = "switch it on: Settings, General, Releases, Enable release immutability"
        try:
            setting = self._client.immutability()
        except Unauthorized:
            return warning(
                check, "the token may not see this setting", f"look yourself whether it is on; if not, {cure}"
            )
        except ReleaseError as error:
            return failed_by(check, error)
        if setting and setting.enabled:
            return ok(check, "on: what is published can't be changed, and a release takes no file afterwards")
        return warning(check, "off, or not to be seen: whoever may write can replace the files of a release", cure)


def _drafts(releases: Collection[Release], packages: Collection[str]) -> Iterator[Diagnosis]:
    found = Counter(each.tag for each in releases if each.draft and each.tag and each.tag.package in packages)
    published = {each.tag for each in releases if not each.draft}
    for tag, number in sorted(found.items()):
        left = number - (tag not in published)
        if tag not in published:
            cure = f"if it is still wanted, finish it: hatch run release run {tag} --to github"
            yield warning("GitHub drafts", f"the release of {tag} was begun, and is not published", cure)
        if left:
            what = f"{left} more {'draft' if left == 1 else 'drafts'} of {tag} than are of use"
            yield warning("GitHub drafts", what, "delete the newer ones; a release takes the oldest")
    if not found:
        yield ok("GitHub drafts", "none is left over")


def _rate_limit(headers: Mapping[str, str], packages: int) -> Diagnosis:
    check, left = "GitHub rate limit", headers.get("X-RateLimit-Remaining", "")
    if not left.isdecimal():
        return ok(check, "GitHub names none")
    if int(left) < packages * _CALLS:
        resets = headers.get("X-RateLimit-Reset", "")
        when = f"{datetime.fromtimestamp(int(resets), timezone.utc):%H:%M} UTC" if resets.isdecimal() else "an hour"
        return warning(check, f"{left} calls are left, and a release may take more", f"wait until {when}")
    return ok(check, f"{left} calls are left")


def _read_time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %Z").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
