"""How a release comes there: brought to one repository, read back, and copied by the revision that was reviewed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from release.adapters.codeartifact.answers import INSTALLED_FROM_OUTSIDE, OURS
from release.adapters.codeartifact.holdings import stranger
from release.adapters.codeartifact.review import Review, review
from release.errors import Incomplete
from release.patience import ask_until
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.adapters.codeartifact.endpoints import Endpoints
    from release.adapters.codeartifact.repositories import Repositories
    from release.adapters.codeartifact.service import Service
    from release.model.parcel import Parcel
    from release.model.tag import Tag

_PASSING: Final = frozenset({"ConflictException", "MISMATCHED_REVISION", "NOT_FOUND", "SKIPPED", "ThrottlingException"})
"""Why a copy may not be made now and be made in a moment: it was asked too often, or what was read is not seen yet."""


class Delivery:
    """The door for what is brought; `patience` is how many seconds a write may take until it is seen."""

    def __init__(self, repositories: Repositories, service: Service, endpoints: Endpoints, patience: float) -> None:
        self._repositories = repositories
        self._service = service
        self._endpoints = endpoints
        self._patience = patience
        self._reviewed: dict[Tag, Review] = {}
        """What was brought, at the revision at which it was read back."""

    def bring(self, parcel: Parcel) -> None:
        """Bring what is absent to staging, or where there is none to the channel's own repository, and read it back."""
        channel, package = parcel.tag.channel, parcel.tag.package
        home = self._repositories.home(channel)
        looks: list[Callable[[], Review | None]] = [
            partial(self._review, home, parcel),
            partial(self._endpoints.prepare, home),
            *(partial(self._claim, name, package) for name in (home, *self._repositories.destinations(channel))),
        ]
        found = side_by_side(lambda look: look(), looks)
        seen = next(each for each in found if each)
        self._reviewed[parcel.tag] = self._upload(home, parcel, seen)

    def spread(self, parcel: Parcel) -> None:
        """Copy what was brought to every repository that offers it, as it was reviewed, and read it back.

        What changed since it was reviewed has another revision, and is not copied by this one.
        """
        home = self._repositories.home(parcel.tag.channel)
        destinations = self._repositories.destinations(parcel.tag.channel)
        if destinations:
            reviewed = self._reviewed.pop(parcel.tag, None) or self._await_whole(home, parcel)
            side_by_side(lambda name: self._copy(parcel, home, name, reviewed), destinations)

    def _claim(self, name: str, package: str) -> None:
        """Have a repository take this package's versions from us alone; Conflict where it took others before.

        That it takes none any more says nothing of those that came until then: they are offered all the same.
        """
        found = self._service.restrictions(name, package)
        if found and self._service.versions(name, package, originType=INSTALLED_FROM_OUTSIDE):
            raise stranger(package, self._repositories.place(name))
        if found != OURS:
            self._service.restrict(name, package, OURS)

    def _upload(self, name: str, parcel: Parcel, seen: Review) -> Review:
        """Bring what was seen to be missing, and give what is there then."""
        if seen.is_whole:
            return seen
        side_by_side(lambda file: self._endpoints.upload(name, parcel.files[file].path), seen.missing)
        return self._await_whole(name, parcel)

    def _copy(self, parcel: Parcel, home: str, name: str, reviewed: Review) -> None:
        """Copy one revision; where that has changed meanwhile, the one after it, if it is found to be right as well."""
        tag, current = parcel.tag, [reviewed]

        def attempt() -> str:
            fault = self._service.copy(tag.package, str(tag.version), current[-1].revision, (home, name))
            if fault == "MISMATCHED_REVISION":
                current.append(self._await_whole(home, parcel))
            return fault

        fault = ask_until(attempt, lambda said: said not in _PASSING, self._patience)
        if fault == "ALREADY_EXISTS":
            self._upload(name, parcel, self._review(name, parcel))
        elif fault:
            raise Incomplete(
                f"codeartifact: {tag} was not copied from {self._repositories.place(home)} to "
                f"{self._repositories.place(name)}: {fault}",
                hint="look at the version's status and the package's origin configuration there; run it again",
            )
        self._await_whole(name, parcel)

    def _review(self, name: str, parcel: Parcel) -> Review:
        tag = parcel.tag
        assets = self._service.assets(name, tag.package, str(tag.version))
        return review(parcel, self._repositories.place(name), assets)

    def _await_whole(self, name: str, parcel: Parcel) -> Review:
        """Read back until every file is seen."""
        found = ask_until(lambda: self._review(name, parcel), lambda each: each.is_whole, self._patience)
        if not found.is_whole:
            raise Incomplete(
                f"codeartifact: {self._repositories.place(name)} does not show {', '.join(found.missing)} yet",
                hint="run the same command again",
            )
        return found
