"""The target `index`, by what a release asks of a target."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from release.adapters.index.examination import examine
from release.adapters.process import go_on_or_stop
from release.errors import Conflict, Incomplete
from release.model.artifact import is_artifact
from release.model.ledger import Held, Listing
from release.model.offer import Offer
from release.model.tag import Tag, channel_of
from release.patience import ask_until
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from release.adapters.simple import SimpleIndex
    from release.adapters.simple_page import IndexFile
    from release.adapters.upload import Uploader
    from release.model.diagnosis import Diagnosis
    from release.model.parcel import Parcel, ParcelFile
    from release.model.tag import Channel


class PackageIndex:
    """The door to an index; `patience` is how many seconds its pages have to show what was brought.

    It offers a file from the moment it has it, and never takes one off offer.
    """

    name = "index"
    is_immediate = True

    def __init__(self, uploader: Uploader, pages: SimpleIndex, patience: float) -> None:
        self._uploader = uploader
        self._pages = pages
        self._patience = patience

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:
        """Give the page of the package, for its wheel and its sdist: evidence has no place in an index."""
        return (self._page(tag.package),) if is_artifact(name) else ()

    def held(self, tag: Tag) -> tuple[Held, ...]:
        """Give what the page shows of a version; what it gives no digest of is downloaded."""
        return tuple(self._held(tag.package, each) for each in self._files(tag))

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give what the pages show of these packages: one question for each, side by side."""
        return tuple(held for some in side_by_side(self._inventory, packages) for held in some)

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]:
        """Give what the page offers of the versions that belong to a channel, or to a narrower one."""
        return tuple(
            Offer(each.version, each.name, each.url, self._digest(each), each.requires_python)
            for each in self._shown(package)
            if channel_of(each.version) in channel.offers and not each.yanked
        )

    def fetch(self, offer: Offer) -> bytes:
        """Download what is offered."""
        return self._pages.download(offer.url)

    def put(self, parcel: Parcel) -> None:
        """Bring what is absent, and wait until the page shows it.

        The wheel goes first: each file is offered at once, and whoever installs in between shall not build the sdist.
        """
        lacking, known = self._lacking(parcel), []
        for each in sorted(lacking, key=lambda file: not file.name.endswith(".whl")):
            go_on_or_stop()
            try:
                self._uploader.upload(each.path)
            except Conflict:  # another run was quicker, or the page is late: which bytes it has, the page will say
                known.append(each.name)
        if lacking:
            self._await(parcel, known)

    def show(self, parcel: Parcel) -> None:
        """Do nothing: an index offers what it has."""

    def examine(self, packages: Collection[str]) -> Iterator[Diagnosis]:
        """Look whether it is reached, accepts the credentials, keeps what it has, and knows the packages."""
        yield from examine(self._uploader, self._pages, packages)

    def _page(self, package: str) -> str:
        return f"{self._pages.url}{package}/"

    def _files(self, tag: Tag) -> tuple[IndexFile, ...]:
        return tuple(each for each in self._shown(tag.package) if each.version == tag.version)

    def _shown(self, package: str) -> tuple[IndexFile, ...]:
        """Give what the page of a package shows; that there is none is believed only where pages are."""
        files = self._pages.files(package)
        if not files:
            self._pages.require_root()
        return files

    def _inventory(self, package: str) -> tuple[Held, ...]:
        go_on_or_stop()
        return tuple(self._held(package, each) for each in self._shown(package))

    def _held(self, package: str, file: IndexFile) -> Held:
        listing = Listing.UNLISTED if file.yanked else Listing.OFFERED
        tag = Tag(package, file.version)
        return Held(tag, self._page(package), file.name, self._digest(file), listing, file.added)

    def _digest(self, file: IndexFile) -> str:
        return file.sha256 or sha256(self._pages.download(file.url)).hexdigest()

    def _lacking(self, parcel: Parcel) -> tuple[ParcelFile, ...]:
        """Give what the page does not show yet; Conflict where it has other bytes."""
        go_on_or_stop()
        held = {each.name: self._digest(each) for each in self._files(parcel.tag) if each.name in parcel.files}
        for each in parcel.artifacts:
            if held.get(each.name, each.sha256) != each.sha256:
                raise Conflict(
                    f"index: {self._page(parcel.tag.package)} has {each.name} with other bytes",
                    hint="an index keeps what it has: release the next version",
                )
        return tuple(each for each in parcel.artifacts if each.name not in held)

    def _await(self, parcel: Parcel, known: Collection[str]) -> None:
        late = ask_until(lambda: self._lacking(parcel), lambda files: not files, self._patience)
        if lacking := [each.name for each in late]:
            why = "is refused, because a file of that name was there" if {*lacking} & {*known} else "was brought"
            raise Incomplete(
                f"index: {self._page(parcel.tag.package)} does not show {', '.join(lacking)}, which {why},"
                f" after {self._patience:.0f} s",
                hint="run the same command again; what somebody deleted can't come again: release the next version",
            )
