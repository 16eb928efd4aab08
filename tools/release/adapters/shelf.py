"""The shelf: `dist/<package>/<version>/`, where a release's artifacts and evidence stand."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from release.adapters.disk import add_file, exclusive, replace_file, sweep
from release.errors import Conflict
from release.model.artifact import digest_of
from release.model.receipt import read_receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from release.model.artifact import Artifacts
    from release.model.dist import Dist
    from release.model.evidence import Judged
    from release.model.receipt import Receipt
    from release.model.tag import Tag


_NOTES = ".releasing"
"""What this machine alone knows of releases, and no target is brought."""


class Shelf:
    """The door to the folder of a release. Artifacts are added and never replaced, evidence is renewed."""

    def __init__(self, dist: Dist) -> None:
        self._dist = dist

    def keep(self, judged: Judged) -> None:
        """Put artifacts and evidence in place."""
        folder = self._dist.folder(judged.artifacts.release.tag)
        with exclusive(self._dist.root):
            sweep(self._dist.root)
            sweep(folder)
            replace_file(self._dist.root / ".gitignore", b"*\n")
            self._require_same(judged.artifacts)
            for each in judged.artifacts:
                if not (folder / each.name).exists():
                    add_file(each.path, folder / each.name)
            for name, content in judged.evidence.files.items():
                replace_file(folder / name, content)

    def read(self, tag: Tag, name: str) -> bytes:
        """Give a file of a release; nothing, where there is none."""
        path = self._dist.folder(tag) / name
        return path.read_bytes() if path.is_file() else b""

    @contextmanager
    def alone(self, tags: Iterable[Tag]) -> Iterator[None]:
        """Be the only run on this machine that publishes these releases; in one order, so that nobody waits in vain."""
        with ExitStack() as locks:
            for tag in sorted(set(tags)):
                locks.enter_context(exclusive(self._dist.root / _NOTES / tag.stem))
            yield

    def restore(self, tag: Tag, files: Mapping[str, bytes]) -> None:
        """Put evidence in place of what stood there: what another machine has published, or what a build says last."""
        with exclusive(self._dist.root):
            replace_file(self._dist.root / ".gitignore", b"*\n")
            for name, content in files.items():
                replace_file(self._dist.folder(tag) / name, content)

    def record(self, tag: Tag, receipt: Receipt, reports: Mapping[str, bytes]) -> None:
        """Put the receipt in place, and what gates leave as evidence beside it."""
        folder = self._dist.folder(tag)
        with exclusive(self._dist.root):
            stem = self._stem(tag, receipt)
            for name, content in reports.items():
                replace_file(folder / f"{stem}{name.removeprefix(tag.stem)}", content)
            replace_file(folder / f"{stem}.receipt.json", receipt.as_json().encode())
            if receipt.is_complete:
                for told in folder.glob(f"{tag.stem}.failed.*"):
                    told.unlink()

    def remember(self, tag: Tag, files: Mapping[str, bytes]) -> None:
        """Note what another job has left, where no release is looked for."""
        for name, content in files.items():
            replace_file(self._dist.root / _NOTES / tag.stem / name, content)

    def recall(self, tag: Tag, name: str) -> bytes:
        """Give what was noted under a name; nothing, where nothing was."""
        path = self._dist.root / _NOTES / tag.stem / name
        return path.read_bytes() if path.is_file() else b""

    def is_whole(self, tag: Tag, receipt: Receipt) -> bool:
        """Say whether the folder holds every file that the receipt names, as it names it."""
        folder = self._dist.folder(tag)
        return all(
            (folder / name).is_file() and digest_of(folder / name) == digest for name, digest in receipt.digests.items()
        )

    def require_whole(self, artifacts: Artifacts, receipt: Receipt) -> None:
        """Require that just these artifacts stand there, with everything else that the receipt names."""
        self._require_same(artifacts)
        tag = artifacts.release.tag
        if not self.is_whole(tag, receipt):
            folder = self._dist.folder(tag)
            raise Conflict(
                f"{tag}: {folder} holds other than its receipt, which says that it is published",
                hint=f"move {folder} away and say the same again: what is published stays as it is",
            )

    def _stem(self, tag: Tag, receipt: Receipt) -> str:
        """Give what names begin with: a failure is told beside the receipt of what is published, never in its place."""
        before = None if receipt.is_complete else read_receipt(self._dist.receipt(tag))
        is_kept = before is not None and (before.is_published or before.commit != receipt.commit)
        return f"{tag.stem}.failed" if is_kept else tag.stem

    def _require_same(self, artifacts: Artifacts) -> None:
        tag = artifacts.release.tag
        for each in artifacts:
            path = self._dist.folder(tag) / each.name
            if path.exists() and digest_of(path) != each.sha256:
                raise Conflict(
                    f"{tag}: {path} holds other bytes than the tag gives",
                    hint=f"move {path.parent} away if it is not a release, or release as a new version",
                )
