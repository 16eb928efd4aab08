"""What GitHub answers, as far as a release reads it. https://docs.github.com/en/rest/releases/releases."""

from __future__ import annotations

import re
from datetime import datetime  # pydantic reads the annotation
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from release.errors import Incomplete, Refused
from release.model.ledger import Listing
from release.model.tag import Tag, parse_tag

if TYPE_CHECKING:
    from collections.abc import Hashable

    from requests import Response

Document = TypeVar("Document")
_DIGEST: Final = re.compile(r"sha256:([0-9a-f]{64})")
BODY_MARK: Final = "> **Withdrawn:** {reason} <!-- listing: {listing} -->\n\n"
"""What stands before the notes of a withdrawn release: a line for people, and in a comment the word for machines."""
_MARK: Final = re.compile(r"\A> \*\*Withdrawn:\*\* [^\n]*<!-- listing: (?P<listing>unlisted|archived) -->\r?\n\r?\n")


class _Answer(BaseModel):
    """Frozen; what is not read is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Asset(_Answer):
    """A file of a release."""

    id: int
    name: str
    state: str = "uploaded"
    digest: str | None = None
    """`sha256:…`; GitHub has none for files older than June 2025."""
    created_at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether its upload came to its end: a broken one is left behind as `starter`, without its bytes."""
        return self.state == "uploaded"

    @property
    def sha256(self) -> str:
        """The digest that GitHub says; empty where it says none."""
        match = _DIGEST.fullmatch(self.digest or "")
        return match[1] if match else ""


class Release(_Answer):
    """A release, published or a draft."""

    id: int
    tag_name: str
    upload_url: str = ""
    name: str | None = None
    body: str | None = None
    draft: bool
    prerelease: bool = False
    immutable: bool = False
    assets: tuple[Asset, ...] = ()

    @cached_property
    def tag(self) -> Tag | None:
        """The tag, where it is one that releases are made of."""
        try:
            return parse_tag(self.tag_name)
        except Refused:
            return None

    @property
    def whole(self) -> dict[str, Asset]:
        """The files whose bytes are there, by name."""
        return {each.name: each for each in self.assets if each.is_whole}

    @property
    def listing(self) -> Listing:
        """Whether it is a draft, offered or withdrawn."""
        if self.draft:
            return Listing.UNSEEN
        match = _MARK.match(self.body or "")
        return Listing(match["listing"]) if match else Listing.OFFERED

    @property
    def unmarked_body(self) -> str:
        """The body as it was before the release was withdrawn."""
        return _MARK.sub("", self.body or "", count=1)


class Target(_Answer):
    """What a reference or a tag object names: the kind of object, and its id."""

    type: str
    sha: str


class Reference(_Answer):
    """A git reference, or an annotated tag's object."""

    target: Target = Field(alias="object")


class Permissions(_Answer):
    """What the token may do with the repository."""

    push: bool = False


class Repository(_Answer):
    """The repository, as the token sees it."""

    archived: bool = False
    permissions: Permissions | None = None


class Immutability(_Answer):
    """The repository's setting of immutable releases."""

    enabled: bool


def read_document(response: Response, kind: type[Document], failed: str) -> Document:
    """Read an answer's JSON; Incomplete where it is another thing than what was asked for."""
    try:
        found: Document = _reader(cast("Hashable", kind)).validate_json(response.content)
    except ValidationError:
        raise Incomplete(
            f"{failed}: the answer could not be read",
            hint="does GITHUB_API_URL lead to GitHub's API? run the same command again",
        ) from None
    return found


@cache  # to make one takes longer than to read an answer with it
def _reader(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401  # whatever pydantic reads
    return TypeAdapter(kind)
