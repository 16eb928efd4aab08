"""The book: what people were told of a release, and what they are still owed, beside its receipt."""

from __future__ import annotations

import re
from contextlib import contextmanager
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Final, Literal

from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from release.adapters.disk import exclusive, replace_file, sweep
from release.errors import UsageError
from release.model.notice import Notice
from release.model.tag import Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from release.model.dist import Dist

SCHEMA: Final = "urn:wheelyard:notices:v1"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Standing(StrEnum):
    """How far a service has come with a notice, in this order."""

    OWED = "owed"
    BEGUN = "begun"
    """Whoever sent it did not live to see the answer."""
    SENT = "sent"


_ORDER = tuple(Standing)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Record):
    """A notice, and how far each service has come with it."""

    notice: Notice
    services: dict[str, Standing]


class Page(_Record):
    """What the book says of one tag."""

    schema_: Annotated[Literal["urn:wheelyard:notices:v1"], Field(alias="schema")] = SCHEMA
    expected: bool = False
    """Whether a run began to release it, and none has come to tell yet that it is done."""
    entries: tuple[Entry, ...] = ()

    def with_entry(self, new: Entry) -> Page:
        """Give the same with an entry in place of the one of the same notice."""
        others = tuple(each for each in self.entries if each.notice.id != new.notice.id)
        return self.model_copy(update={"entries": (*others, new)})


class Book:
    """The pages of all tags; a notice of several tags stands on the page of each."""

    def __init__(self, dist: Dist) -> None:
        self._dist = dist
        self._lock = Lock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only process that tells: two runs that end at once tell the same thing once."""
        with exclusive(self._dist.root / ".notices"):
            yield

    def expect(self, tags: Iterable[str]) -> frozenset[str]:
        """Write down that a notice will be due for each of them, and give those for which one was due before."""
        before = set()
        with self.alone():
            for tag in tags:
                page = self._read(tag)
                if page.expected:
                    before.add(tag)
                self._write(tag, page.model_copy(update={"expected": True}))
        return frozenset(before)

    def settle(self, tags: Iterable[str]) -> None:
        """Write down that of these, which are done, all that was due is written down."""
        for tag in tags:
            self._write(tag, self._read(tag).model_copy(update={"expected": False}))

    def told(self, tags: Iterable[str]) -> frozenset[str]:
        """Give the keys of the endings that stand in the book, on the pages of these tags."""
        return frozenset(line.key for tag in tags for each in self._read(tag).entries for line in each.notice.lines)

    def owed(self, tags: Iterable[str]) -> tuple[Notice, ...]:
        """Give the notices of these tags that not every service has had."""
        found = {each.notice.id: each.notice for tag in tags for each in self._read(tag).entries}
        return tuple(
            notice
            for notice in found.values()
            if any(standing is not Standing.SENT for standing in self.services(notice).values())
        )

    def services(self, notice: Notice) -> dict[str, Standing]:
        """Give how far each service has come with a notice: the most that any page says."""
        merged: dict[str, Standing] = {}
        for tag in notice.tags:
            for entry in self._read(tag).entries:
                if entry.notice.id == notice.id:
                    for name, standing in entry.services.items():
                        merged[name] = max(standing, merged.get(name, Standing.OWED), key=_ORDER.index)
        return merged

    def mark(self, notice: Notice, standing: Standing, *services: str) -> None:
        """Write down how far services have come with a notice, on the page of each of its tags."""
        with self._lock:
            entry = Entry(notice=notice, services=self.services(notice) | dict.fromkeys(services, standing))
            for tag in notice.tags:
                self._write(tag, self._read(tag).with_entry(entry))

    def _read(self, tag: str) -> Page:
        path = self._path(tag)
        if path is None or not path.is_file():
            return Page()
        try:
            return Page.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise UsageError(
                f"{path} is no list of notices: {error.errors()[0]['msg']}", hint="move it away: what it owes is lost"
            ) from None

    def _write(self, tag: str, page: Page) -> None:
        path = self._path(tag)
        if path is None:
            return
        if page.entries or page.expected:
            with exclusive(self._dist.root):
                sweep(path.parent)
                replace_file(self._dist.root / ".gitignore", b"*\n")
                replace_file(path, f"{page.model_dump_json(by_alias=True, indent=2)}\n".encode())
        else:
            path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path | None:
        """Give where a tag's page stands; what is no tag has none, and is told as often as it ends so."""
        package, _, version = name.partition("/v")
        try:
            tag = Tag(package, Version(version))
        except InvalidVersion:
            return None
        if str(tag) != name or not _NAME.fullmatch(package):
            return None
        return self._dist.folder(tag) / f"{tag.stem}.notices.json"
