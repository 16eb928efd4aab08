"""Taking a version off offer and putting it back, by compare and set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.codeartifact.answers import STATUS_OF
from release.errors import Conflict, Incomplete
from release.patience import ask_until
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection

    from release.adapters.codeartifact.answers import Standing
    from release.adapters.codeartifact.repositories import Repositories
    from release.adapters.codeartifact.service import Service
    from release.model.ledger import Listing
    from release.model.tag import Tag


class Relisting:
    """The door for how versions are listed; `patience` is how many seconds a change may take until it is seen."""

    def __init__(self, repositories: Repositories, service: Service, patience: float) -> None:
        self._repositories = repositories
        self._service = service
        self._patience = patience

    def change(self, tag: Tag, before: Collection[Listing], listing: Listing) -> None:
        """List a version otherwise in every channel that holds it; nowhere, if somebody listed it otherwise in one."""
        names = tuple(self._repositories.channels.values())
        found = zip(names, side_by_side(lambda name: self._standing(name, tag), names), strict=True)
        due = [(name, each) for name, each in found if each and each.listing is not listing]
        for name, standing in due:
            if standing.listing not in before:
                raise self._changed(name, tag, standing)
        side_by_side(lambda pair: self._set(*pair, tag, listing), due)

    def _set(self, name: str, standing: Standing, tag: Tag, listing: Listing) -> None:
        fault = self._service.restate(name, tag.package, standing, STATUS_OF[listing])
        now = ask_until(
            lambda: self._standing(name, tag),
            lambda each: bool(fault) or (each is not None and each.listing is listing),
            self._patience,
        )
        if now is not None and now.listing is listing:
            return
        if fault:
            raise self._changed(name, tag, now or standing)
        raise Incomplete(
            f"codeartifact: {tag} is not seen to be {STATUS_OF[listing]} in {self._repositories.place(name)} yet",
            hint="run the same command again",
        )

    def _standing(self, name: str, tag: Tag) -> Standing | None:
        return self._service.standing(name, tag.package, str(tag.version))

    def _changed(self, name: str, tag: Tag, standing: Standing) -> Conflict:
        place = self._repositories.place(name)
        return Conflict(
            f"codeartifact: {tag} is {standing.status} in {place}: somebody made it so meanwhile",
            hint="find out who and why; then run the same command again",
        )
