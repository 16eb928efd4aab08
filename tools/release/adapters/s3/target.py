"""The target `s3`, by what a release asks of a target: files beside each other, offered by pages written after them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from release.adapters.s3.examination import examine
from release.adapters.s3.holdings import survey
from release.adapters.s3.layout import folder_of, key_at, key_of
from release.adapters.s3.markers import Markers
from release.adapters.s3.pages import Pages
from release.adapters.s3.relisting import Relisting
from release.adapters.s3.rows import rows_of_parcel, without_digest
from release.adapters.s3.settling import until_settled
from release.adapters.standing import Standing
from release.errors import Conflict, Incomplete
from release.model.tag import Channel
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from release.adapters.s3.bucket import Bucket
    from release.model.diagnosis import Diagnosis
    from release.model.ledger import Held, Listing
    from release.model.offer import Offer
    from release.model.parcel import Parcel, ParcelFile
    from release.model.tag import Tag

_FEW: Final = 4
"""Packages for which a question for each asks less than reading whole channels."""


class S3Target:
    """A bucket; `patience` is how many seconds something that others change at the same time is tried."""

    name = "s3"

    def __init__(self, bucket: Bucket, patience: float) -> None:
        self._bucket = bucket
        self._patience = patience
        self._pages = Pages(bucket, patience)
        self._markers = Markers(bucket)
        self._relisting = Relisting(bucket, self._pages, self._markers, patience)

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:
        """Give the one place of any file: beside the others of its version."""
        return (self._bucket.place(key_of(tag, name)),)

    def held(self, tag: Tag) -> tuple[Held, ...]:
        """Give the files below a version's prefix; artifacts are unseen until every page names them."""
        return survey(self._bucket, self._pages, self._markers, self._bucket.list(folder_of(tag)))

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give the same of every version, listed by package where they are few and by channel where they are many.

        S3 is asked for a digest by one question for each object, and here for those of wheels and sdists alone.
        """
        tails = [f"{package}/" for package in packages] if len(packages) <= _FEW else [""]
        listed = side_by_side(self._bucket.list, [f"{channel}/{tail}" for channel in Channel for tail in tails])
        stored = [each for some in listed for each in some]
        wanted = [each for each in stored if each.key.split("/")[1] in packages]
        return survey(self._bucket, self._pages, self._markers, wanted, of_evidence=False)

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]:
        """Give what a channel's page names, but what is yanked."""
        page = self._pages.read(package, channel)
        return tuple(
            replace(each, url=self._bucket.place(key_at(each.url)))
            for each in page.offers.values()
            if each.name not in page.yanked
        )

    def fetch(self, offer: Offer) -> bytes:
        """Download an object."""
        found = self._bucket.get(offer.url.removeprefix(self._bucket.place("")))
        if found is None:
            raise Incomplete(
                f"{offer.url} is offered, and is not there",
                hint="somebody took it away: bring it back by the bucket's versioning",
            )
        return found.content

    def put(self, parcel: Parcel) -> None:
        """Bring the evidence, then what it proves; the bundle after what it is made of."""
        evidence = [each for each in parcel.files.values() if not each.is_artifact]
        bundles = [each for each in evidence if each.name.endswith(".intoto.jsonl")]
        for wave in ([each for each in evidence if each not in bundles], bundles, parcel.artifacts):
            side_by_side(partial(self._bring, parcel.tag), wave)

    def show(self, parcel: Parcel) -> None:
        """Have the pages of every channel that offers it name it, unless it was withdrawn meanwhile."""
        self._relisting.list(parcel.tag, lambda: rows_of_parcel(parcel))

    def read(self, tag: Tag, name: str) -> bytes:
        """Give a file of a release."""
        found = self._bucket.get(key_of(tag, name))
        return found.content if found else b""

    def seal(self, tag: Tag, receipt: bytes) -> None:
        """Put the receipt beside the files; one that is there stays."""
        key = key_of(tag, f"{tag.stem}.receipt.json")
        add = partial(self._bucket.add, key, receipt, ContentType="application/json")

        def attempt() -> bool:
            add()
            return True  # whether it is ours or one that stood there

        until_settled(self._bucket.place(key), self._patience, attempt)

    def relist(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> tuple[Held, ...]:
        """Change the version's marker, then the pages; asked again, bring the pages in line with the marker."""
        held = self.held(tag)
        if held:
            self._relisting.change(tag, held, before, Standing(listing, reason))
        return self.held(tag) if held else ()

    def examine(self, packages: Collection[str]) -> Iterable[Diagnosis]:  # noqa: ARG002  # a name needs no preparation
        """Look at the bucket, its settings and what these credentials may do there."""
        return examine(self._bucket)

    def _bring(self, tag: Tag, file: ParcelFile) -> None:
        key, content = key_of(tag, file.name), file.path.read_bytes()

        def attempt() -> bool:
            if self._bucket.add(key, content, file.sha256):
                return True
            there = self._bucket.digest(key)
            if not there:
                raise without_digest(self._bucket.place(key))
            if there != file.sha256:
                raise Conflict(
                    f"{tag}: {self._bucket.place(key)} holds other bytes than {file.name} of this release",
                    hint="published bytes are never replaced: release what you have as a new version",
                )
            return True

        until_settled(self._bucket.place(key), self._patience, attempt)
