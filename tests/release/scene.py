"""A repository, the command that releases from it, and a watch over everything that a call may leave behind."""

from __future__ import annotations

import hashlib
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from release.model.tag import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.release.command import Ended, ReleaseCommand
    from tests.release.repository import Repository

_LINK = re.compile(r'href="(?P<url>[^"#]+)#sha256=(?P<sha256>[0-9a-f]{64})"')


@dataclass(frozen=True)
class Scene:
    """Everything that a test of the whole tool needs; `temporary` is the TMPDIR of every call."""

    repository: Repository
    release: ReleaseCommand
    temporary: Path

    @classmethod
    def around(cls, repository: Repository, release: ReleaseCommand) -> Scene:
        """Give calls a TMPDIR of their own beside the repository."""
        temporary = repository.root.parent / "temporary"
        temporary.mkdir(exist_ok=True)
        release.more["TMPDIR"] = str(temporary)
        return cls(repository, release, temporary)

    def add(self, *names: str, **more: Any) -> Scene:  # noqa: ANN401  # what Repository.add takes
        """Add packages, all with the same more to them."""
        for name in names:
            self.repository.add(name, **more)
        return self

    def tagged(self, *tags: str) -> Scene:
        """Commit everything, and tag it."""
        self.repository.commit()
        self.repository.tag(*tags)
        return self

    def call(self, *words: str, folder: Path | None = None, **variables: str) -> Ended:
        """Call the command in this process; no call leaves anything in TMPDIR, however it ends."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", None)  # it was read from the environment once, for the whole process
            ended = self.release(*words, folder=folder, **variables)
        assert self.scratch_folders == [], "scratch folders are left"
        return ended

    def refuse(self, *words: str, code: int, says: tuple[str, ...], hint: str = "", **variables: str) -> Ended:
        """Require a refusal that says which, where and what next, and that touched nothing at all."""
        with self.untouched():
            ended = self.call(*words, folder=None, **variables).expect(code)
        for each in (*says, "error: ", f"hint: {hint}" if hint.startswith("git ") else hint, "hint: "):
            assert each in ended.err, f"{each!r} is not in\n{ended.err}"
        return ended

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Require that the repository, its tags and `dist/` are afterwards what they were."""
        before = self.traces
        yield
        assert self.traces == before

    @property
    def traces(self) -> dict[str, object]:
        """Everything a call could have touched."""
        git = self.repository.git
        return {
            "refs": git("for-each-ref"),
            "head": git("rev-parse", "HEAD"),
            "status": git("status", "--porcelain", "--untracked-files=all"),
            "dist": self.published,
        }

    @property
    def published(self) -> Mapping[str, str]:
        """Give the digest of every file below `dist/`, without the lock that stays."""
        return digests(self.repository.root / "dist")

    @property
    def scratch_folders(self) -> list[str]:
        """Give what is left in TMPDIR."""
        return sorted(path.name for path in self.temporary.iterdir())

    def versions(self, package: str, channel: str = "stable") -> list[str]:
        """Give the files of a package that a channel offers, after looking at every link of every page."""
        require_sound_index(self.repository.root / "dist" / "index")
        page = self.repository.index(channel) / package / "index.html"
        return [place.name for place, _ in links(page)] if page.is_file() else []


def digests(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file below a folder, by its path there; locks are left out."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def links(page: Path) -> list[tuple[Path, str]]:
    """Give each file that a project's page links to, with the digest that the page says."""
    found = ((urljoin(page.as_uri(), each["url"]), each["sha256"]) for each in _LINK.finditer(page.read_text()))
    return [(page.parent.joinpath(unquote(urlsplit(url).path)), sha256) for url, sha256 in found]


def require_sound_index(root: Path) -> None:
    """Require that every page is whole, and that every link leads to a file with the digest it names."""
    for channel in Channel:
        for page in (root / channel / "simple").glob("*/index.html"):
            assert page.read_text().endswith("</body></html>\n"), f"{page} is cut off"
            for place, sha256 in links(page):
                assert not place.name.startswith("."), f"{page} offers {place}"
                assert hashlib.sha256(place.read_bytes()).hexdigest() == sha256, f"{place} has another digest"
