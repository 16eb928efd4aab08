"""The target `github`, by what a release asks of a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.github.delivery import Delivery
from release.adapters.github.examination import Examination
from release.adapters.github.lookup import Lookup, choose
from release.adapters.github.publication import Publication
from release.adapters.github.relisting import Relisting
from release.adapters.github.roll import Roll
from release.errors import Incomplete
from release.model.artifact import is_artifact
from release.model.ledger import Held, Listing
from release.model.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from release.adapters.github.answers import Release
    from release.adapters.github.client import Client
    from release.model.diagnosis import Diagnosis
    from release.model.parcel import Parcel
    from release.model.tag import Channel, Tag


class GitHubReleases:
    """The releases of one repository; `patience` is how long what this run changed is waited for, in seconds."""

    name = "github"

    def __init__(self, client: Client, token: str, patience: float) -> None:
        self._client = client
        self._roll = Roll(client)
        self._lookup = Lookup(client, self._roll)
        self._delivery = Delivery(client, self._lookup, patience)
        self._publication = Publication(client, self._lookup, patience)
        self._relisting = Relisting(client, self._lookup, patience)
        self._examination = Examination(client, self._roll, token)

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:  # noqa: ARG002  # all files of a release go to one place
        """Give the repository for every file of a release; development versions don't come here."""
        return () if tag.version.is_devrelease else (self._client.repository,)

    def held(self, tag: Tag) -> tuple[Held, ...]:
        """Give every file of a tag's release that was uploaded to its end; those of a draft are unseen."""
        release = None if tag.version.is_devrelease else self._lookup.of(tag)
        return tuple(self._say(tag, release, is_read=True)) if release else ()

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give the same of all releases of these packages; the digest is empty where GitHub does not say it."""
        by_tag: dict[Tag, list[Release]] = {}
        for release in self._lookup.listed():
            if release.tag and release.tag.package in packages:
                by_tag.setdefault(release.tag, []).append(release)
        chosen = {tag: choose(tag, releases) for tag, releases in by_tag.items()}
        return tuple(held for tag, release in chosen.items() if release for held in self._say(tag, release))

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]:
        """Give the wheels and sdists of published releases that nobody withdrew."""
        return tuple(
            Offer(release.tag.version, name, self._client.asset_url(asset), asset.sha256)
            for release in self._lookup.listed()
            if release.tag and release.tag.package == package and release.tag.channel in channel.offers
            if release.listing is Listing.OFFERED
            for name, asset in release.whole.items()
            if is_artifact(name)
        )

    def fetch(self, offer: Offer) -> bytes:
        """Give the bytes of what is offered; Incomplete where it went away."""
        content = self._client.download_asset(offer.url)
        if content is None:
            raise Incomplete(f"{offer.name} is not on GitHub any more", hint="run the same command again")
        return content

    def put(self, parcel: Parcel) -> None:
        """Bring what is absent into the draft of its tag, made where there is none; nothing is published.

        UsageError or Conflict where the repository has no such tag, or has it at another commit.
        """
        if not parcel.tag.version.is_devrelease:
            self._delivery.bring(parcel)

    def show(self, parcel: Parcel) -> None:
        """Publish the draft, once it was read back; `latest` only for the highest final version of its package."""
        if not parcel.tag.version.is_devrelease:
            self._publication.publish(parcel)

    def read(self, tag: Tag, name: str) -> bytes:
        """Give a file of a release, also of a draft; nothing, where there is none."""
        return self._lookup.content(tag, name)

    def seal(self, tag: Tag, receipt: bytes) -> None:
        """Do nothing: an immutable release takes no file after it is published, and a receipt is made after that."""

    def relist(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> tuple[Held, ...]:
        """Mark a release as withdrawn in its title and its notes, or take the marks away byte for byte."""
        release = self._relisting.change(tag, before, listing, reason)
        return tuple(self._say(tag, release, is_read=True)) if release else ()

    def examine(self, packages: Collection[str]) -> Iterator[Diagnosis]:
        """Look at the token, the repository, its settings, drafts that were left over, the rate limit and the clock."""
        return self._examination.run(packages)

    def _say(self, tag: Tag, release: Release, *, is_read: bool = False) -> Iterator[Held]:
        for name, asset in release.whole.items():
            sha256 = self._lookup.sha256(asset) if is_read else asset.sha256
            yield Held(tag, self._client.repository, name, sha256, release.listing, asset.created_at)
