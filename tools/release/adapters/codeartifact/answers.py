"""What CodeArtifact answers, as far as a release reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from release.errors import Incomplete
from release.model.ledger import Listing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

STATUS_OF: Final = {
    Listing.OFFERED: "Published",
    Listing.UNLISTED: "Unlisted",
    Listing.ARCHIVED: "Archived",
}
_LISTING_OF: Final = {status: listing for listing, status in STATUS_OF.items()}
INSTALLED_FROM_OUTSIDE: Final = "EXTERNAL"


@dataclass(frozen=True)
class Standing:
    """A version in a repository: its status, and the revision that stands for its files."""

    number: str
    status: str
    revision: str
    origin: str
    """`INTERNAL`, or `EXTERNAL` where it came from a public index."""
    added: datetime | None = None

    @property
    def listing(self) -> Listing | None:
        """How it is listed; None where its files are not, or no longer, to be had."""
        return _LISTING_OF.get(self.status)


@dataclass(frozen=True)
class Assets:
    """The files of a version at one revision: SHA-256 by name, empty where CodeArtifact has none."""

    revision: str
    digests: Mapping[str, str]


@dataclass(frozen=True)
class Restrictions:
    """From where a repository takes versions of a package: `ALLOW` or `BLOCK` of each."""

    publish: str
    upstream: str


OURS: Final = Restrictions(publish="ALLOW", upstream="BLOCK")
"""What our packages have: no one else's versions of the name are ever offered."""
UNSET: Final = Restrictions(publish="", upstream="")
"""What a package has of which CodeArtifact does not say it."""


def part(answer: Any, *names: str) -> Any:  # noqa: ANN401  # boto3 gives what it was sent
    """Give a part of an answer; Incomplete where it is not there, which is never taken for nothing."""
    for name in names:
        answer = answer.get(name) if isinstance(answer, dict) else None
    if answer is None:
        raise Incomplete(
            f"codeartifact: an answer holds no {'.'.join(names)}",
            hint="does AWS_ENDPOINT_URL_CODEARTIFACT, if it is set, lead to CodeArtifact? run the same command again",
        )
    return answer


def read_standing(answer: Mapping[str, Any]) -> Standing:
    """Read a version, out of a description or a list."""
    origin = answer.get("origin") or {}
    return Standing(
        part(answer, "version"),
        part(answer, "status"),
        answer.get("revision", ""),
        origin.get("originType", ""),
        answer.get("publishedTime"),
    )
