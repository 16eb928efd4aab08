"""The target `codeartifact`, by what a release asks of a target."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release.adapters.codeartifact.delivery import Delivery
from release.adapters.codeartifact.endpoints import Endpoints
from release.adapters.codeartifact.examination import Examination
from release.adapters.codeartifact.holdings import Holdings
from release.adapters.codeartifact.relisting import Relisting
from release.adapters.codeartifact.review import NAME
from release.model.artifact import is_artifact
from release.model.offer import Offer
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from release.adapters.codeartifact.repositories import Repositories
    from release.adapters.codeartifact.service import Service
    from release.adapters.simple_page import IndexFile
    from release.model.diagnosis import Diagnosis
    from release.model.ledger import Held, Listing
    from release.model.parcel import Parcel
    from release.model.tag import Channel, Tag


def _now() -> datetime:
    return datetime.now(UTC)


class CodeArtifactTarget:
    """The door to the repositories; a final release is copied into three of them, a candidate into two."""

    name = NAME

    def __init__(
        self,
        repositories: Repositories,
        service: Service,
        seconds: float,
        patience: float,
        now: Callable[[], datetime] = _now,
    ) -> None:
        endpoints = Endpoints(service, seconds)
        self._repositories = repositories
        self._service = service
        self._endpoints = endpoints
        self._holdings = Holdings(repositories, service, patience)
        self._delivery = Delivery(repositories, service, endpoints, patience)
        self._relisting = Relisting(repositories, service, patience)
        self._examination = Examination(repositories, service, endpoints, now)

    @property
    def is_immediate(self) -> bool:
        """Whether files are seen as they come: where there is no staging repository."""
        return not self._repositories.staging

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:
        """Give the repositories that offer a wheel or an sdist; evidence does not come here."""
        if not is_artifact(name):
            return ()
        return tuple(map(self._repositories.place, self._repositories.shown_in(tag.channel)))

    def held(self, tag: Tag) -> tuple[Held, ...]:
        """Give every file of a version in every repository, staging among them."""
        return self._holdings.of(tag)

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give the same of every version of these packages."""
        return self._holdings.everything(packages)

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]:
        """Give what the page of a channel's repository shows; what it does not say of bytes is asked for."""
        repository = self._repositories.channels[channel]
        files = [each for each in self._endpoints.files(repository, package) if not each.yanked]
        digests = self._digests(repository, package, [each for each in files if not each.sha256])
        return tuple(
            Offer(each.version, each.name, each.url, each.sha256 or digests.get(each.name, ""), each.requires_python)
            for each in files
        )

    def fetch(self, offer: Offer) -> bytes:
        """Give the bytes of a file that is offered."""
        return self._endpoints.download(tuple(self._repositories.channels.values()), offer.url)

    def put(self, parcel: Parcel) -> None:
        """Bring what is absent, to staging where there is one."""
        self._delivery.bring(parcel)

    def show(self, parcel: Parcel) -> None:
        """Copy what was brought into every repository that offers it."""
        self._delivery.spread(parcel)

    def relist(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> tuple[Held, ...]:  # noqa: ARG002  # CodeArtifact keeps no reason
        """Change how a version is listed in every channel that holds it."""
        self._relisting.change(tag, before, listing)
        return self.held(tag)

    def examine(self, packages: Collection[str]) -> Iterable[Diagnosis]:
        """Look at credentials, token, repositories and the origin configuration of each package."""
        return self._examination.run(packages)

    def _digests(self, repository: str, package: str, files: Iterable[IndexFile]) -> Mapping[str, str]:
        numbers = sorted({str(each.version) for each in files})
        found = side_by_side(lambda number: self._service.assets(repository, package, number), numbers)
        return {name: sha256 for assets in found if assets for name, sha256 in assets.digests.items()}
