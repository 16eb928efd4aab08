"""What would make a release to CodeArtifact fail, looked at beforehand, without changing anything."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from release.adapters.aws_refusals import told
from release.adapters.clock import compare_clocks, seconds_ahead
from release.adapters.codeartifact.answers import INSTALLED_FROM_OUTSIDE, OURS
from release.errors import Conflict, ReleaseError
from release.model.diagnosis import failed, failed_by, ok, warning
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from release.adapters.codeartifact.endpoints import Endpoints
    from release.adapters.codeartifact.repositories import Repositories
    from release.adapters.codeartifact.service import Service
    from release.model.diagnosis import Diagnosis

_REFUSED_FROM: Final = 5 * 60


class Examination:
    """The doctor's looks; `now` is what this machine takes for the time."""

    def __init__(
        self, repositories: Repositories, service: Service, endpoints: Endpoints, now: Callable[[], datetime]
    ) -> None:
        self._repositories = repositories
        self._service = service
        self._endpoints = endpoints
        self._now = now

    def run(self, packages: Collection[str]) -> Iterator[Diagnosis]:
        """Look at who asks; then at each repository and each package; at nothing more where nobody is let in."""
        identity = tuple(self._identity())
        yield from identity
        if any(each.exit_code for each in identity):
            return
        looks: list[Callable[[], Iterator[Diagnosis]]] = [self._token]
        looks += [partial(self._repository, name) for name in self._repositories.everything]
        looks += [partial(self._package, package) for package in packages]
        for found in side_by_side(_lines, looks):
            yield from found

    def _identity(self) -> Iterator[Diagnosis]:
        check = "codeartifact credentials"
        try:
            with told("codeartifact: could not ask who AWS takes this for"):
                answer = self._service.connection.login.client("sts").get_caller_identity()
        except ReleaseError as error:
            yield failed_by(check, error)
            return
        kind = "temporary" if self._service.connection.login.is_temporary else "long-lived"
        if kind == "temporary":
            yield ok(check, f"{answer.get('Arn')} ({kind})")
        else:
            yield warning(
                check, f"{answer.get('Arn')} ({kind})", "use a role (aws sso login, or OIDC in the job): keys leak"
            )
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
        yield compare_clocks("codeartifact", seconds_ahead(date, self._now()), _REFUSED_FROM)

    def _token(self) -> Iterator[Diagnosis]:
        self._endpoints.look()
        yield ok("codeartifact token", f"{self._repositories.domain} gives one")

    def _repository(self, name: str) -> Iterator[Diagnosis]:
        check = f"codeartifact {self._repositories.place(name)}"
        upstreams, connections = self._service.repository(name)
        self._endpoints.prepare(name)
        ours = [each for each in upstreams if each in self._repositories.everything]
        if ours:
            yield warning(
                check,
                f"it has {', '.join(ours)} as upstream, and could offer what was never copied into it",
                "take the upstream away: channels are filled by copies alone, and staging by uploads",
            )
            return
        others = ", ".join((*upstreams, *connections))
        yield ok(check, f"it is there{f', with {others} behind it' if others else ''}")

    def _package(self, package: str) -> Iterator[Diagnosis]:
        names = self._repositories.everything
        found = side_by_side(lambda name: self._service.restrictions(name, package), names)
        foreign = side_by_side(
            lambda name: self._service.versions(name, package, originType=INSTALLED_FROM_OUTSIDE), names
        )
        check = f"codeartifact {package}"
        strange = [name for name, versions in zip(names, foreign, strict=True) if versions]
        open_to_others = [name for name, each in zip(names, found, strict=True) if each not in {None, OURS}]
        if strange:
            yield failed(
                check,
                f"{', '.join(strange)} hold versions of it that came from a public index",
                "rename the package, or have an administrator delete those versions",
                Conflict,
            )
        elif not any(found):
            yield ok(
                check, "its first publish: no repository knows the name; publish ALLOW, upstream BLOCK will be set"
            )
        elif open_to_others:
            yield warning(
                check,
                f"{', '.join(open_to_others)}: its origin configuration is not publish ALLOW, upstream BLOCK",
                "the next release sets it; find out who changed it, if it was released before",
            )
        else:
            yield ok(check, "its versions come from us alone")


def _lines(look: Callable[[], Iterator[Diagnosis]]) -> tuple[Diagnosis, ...]:
    """Give what a look found; what can't be looked at is told like all else, and stops no other look."""
    try:
        return tuple(look())
    except ReleaseError as error:
        return (failed_by("codeartifact", error),)
