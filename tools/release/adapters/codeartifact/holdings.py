"""What the repositories hold: of one version, or of every version of some packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from packaging.version import InvalidVersion, Version

from release.adapters.codeartifact.answers import INSTALLED_FROM_OUTSIDE, Assets, Standing
from release.errors import Conflict, Incomplete
from release.model.ledger import Held, Listing
from release.model.tag import Tag
from release.patience import ask_until
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from release.adapters.codeartifact.repositories import Repositories
    from release.adapters.codeartifact.service import Service

_UNSTAGED: Final = "uploaded without a staging repository"
_GONE: Final = frozenset({"Disposed", "Deleted"})


class Holdings:
    """The door to what is there; `patience` is how many seconds two answers may contradict each other."""

    def __init__(self, repositories: Repositories, service: Service, patience: float) -> None:
        self._repositories = repositories
        self._service = service
        self._patience = patience

    def of(self, tag: Tag) -> tuple[Held, ...]:
        """Give every file of a version, in every repository."""
        found = side_by_side(lambda name: tuple(self._look(name, tag)), self._repositories.everything)
        return tuple(each for held in found for each in held)

    def everything(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give every file of every version; the files of one revision are asked for once, wherever it stands."""
        pairs = [(name, package) for package in packages for name in self._repositories.everything]
        listed = side_by_side(lambda pair: self._service.versions(*pair), pairs)
        standing = [(*pair, each) for pair, found in zip(pairs, listed, strict=True) for each in found]
        states = {
            (package, each.number, each.revision or name): (name, package, each.number)
            for name, package, each in standing
            if each.listing
        }
        answers = side_by_side(lambda asked: self._assets(*asked), states.values())
        known = dict(zip(states, answers, strict=True))
        return tuple(
            held
            for name, package, each in standing
            if (tag := _tag(package, each.number))
            for held in self._tell(name, tag, each, known.get((package, each.number, each.revision or name)))
        )

    def _look(self, name: str, tag: Tag) -> Iterator[Held]:
        place, number = self._repositories.place(name), str(tag.version)
        standing = self._service.standing(name, tag.package, number)
        if standing is None:
            return
        if standing.listing is None:
            raise _lost(place, tag, standing.status)
        if standing.origin == INSTALLED_FROM_OUTSIDE:
            raise stranger(tag.package, place)
        yield from self._tell(name, tag, standing, self._assets(name, tag.package, number))

    def _assets(self, name: str, package: str, number: str) -> Assets:
        """List the files of a version that is there, which not every answer knows in its first moment."""
        found = ask_until(lambda: self._service.assets(name, package, number), bool, self._patience)
        if found is None:
            place = self._repositories.place(name)
            raise Incomplete(
                f"codeartifact: {place} says that it has {package} {number}, and lists none of it",
                hint="somebody changes it at this moment: run the same command again",
            )
        return found

    def _tell(self, name: str, tag: Tag, standing: Standing, assets: Assets | None) -> Iterator[Held]:
        """Say of each file how it stands; of those that are not to be had, that nobody knows what their bytes are."""
        place, listing = self._repositories.place(name), standing.listing
        if assets is None or listing is None:
            digests, listing = dict.fromkeys(tag.files, ""), Listing.ARCHIVED
        else:
            digests = dict(assets.digests)
        if name == self._repositories.staging:
            listing = Listing.UNSEEN
        detail = "" if self._repositories.staging else _UNSTAGED
        for file, sha256 in digests.items():
            yield Held(tag, place, file, sha256, listing, standing.added, detail)


def stranger(package: str, place: str) -> Conflict:
    """Say that versions of a name of ours are somebody else's."""
    return Conflict(
        f"codeartifact: {place} holds versions of {package} that came from a public index: the name is not ours",
        hint="find out who installed them and where; rename the package, or have an administrator delete them",
    )


def _lost(place: str, tag: Tag, status: str) -> Conflict | Incomplete:
    failed = f"codeartifact: {tag} is {status} in {place}"
    if status in _GONE:
        return Conflict(
            f"{failed}: its bytes are gone, and nothing says what they were", hint="release the next version"
        )
    return Incomplete(
        f"{failed}, which is not a whole version",
        hint="somebody publishes it at this moment, or began to: look at it in the console; run the same command again",
    )


def _tag(package: str, number: str) -> Tag | None:
    """Give the tag of a version; none where pip would not take it for a version."""
    try:
        return Tag(package, Version(number))
    except InvalidVersion:
        return None
