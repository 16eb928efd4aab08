"""Targets of which a test says what they hold; they count what they are asked, and can't be changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from release.errors import Incomplete
from release.model.ledger import Held, Listing
from tests.release.warehouse import MADE, digest

if TYPE_CHECKING:
    from collections.abc import Collection

    from release.model.tag import Tag
    from tests.release.warehouse import Made


@dataclass
class Place:
    """A target of which a test says what it holds; it counts what it is asked."""

    name: str
    locations: tuple[str, ...] = ("there",)
    stock: list[Held] = field(default_factory=list)
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:
        """Give each location, for artifacts: one for each channel that offers them, where there is one for each."""
        here = self.locations[-len(tag.channel.offered_in) :] if len(self.locations) > 1 else self.locations
        return here if name in tag.files else ()

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give everything of the packages."""
        self.asked.append("inventory")
        if self.error:
            raise self.error
        return tuple(each for each in self.stock if each.tag.package in packages)

    def bring(self, made: Made, listing: Listing = Listing.OFFERED) -> Place:
        """Put a release there."""
        for location in self.places(made.tag, made.tag.files[0]):
            self.stock += made.held(location, listing, evidence=False)
        return self

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        message = f"{self.name} was asked for {name}, which changes something or asks once for each release"
        raise AttributeError(message)


@dataclass
class Kept(Place):
    """The same for a target that keeps evidence."""

    contents: dict[tuple[Tag, str], bytes] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    """Names of files that can't be read."""

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:  # noqa: ARG002  # everything goes to one place
        """Give the one location."""
        return self.locations[:1]

    def bring(self, made: Made, listing: Listing = Listing.OFFERED) -> Kept:
        """Put a release there with its evidence."""
        self.stock += made.held(self.locations[0], listing)
        self.contents |= {(made.tag, name): content for name, content in made.files.items()}
        return self

    def read(self, tag: Tag, name: str) -> bytes:
        """Give a file."""
        self.asked.append(f"read {name}")
        if name in self.unreadable:
            raise Incomplete(f"{self.name} gives no answer", hint="run the same command again")
        return self.contents.get((tag, name), b"")

    def seal(self, tag: Tag, receipt: bytes) -> None:
        """Keep a receipt."""
        self.contents[tag, f"{tag.stem}.receipt.json"] = receipt


def later(held: Held, name: str, days: int = 3) -> Held:
    """Give a file that somebody added beside another."""
    return replace(held, name=name, sha256=digest(name.encode()), added=MADE + timedelta(days=days))
