"""Artifacts: what jobs of a run hand to each other, by a name, an id and a digest."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WILD = "*?["


@dataclass(frozen=True)
class Artifact:
    """What one upload keeps: an archive, and the digest that it had when it came."""

    id: int
    name: str
    archive: bytes
    digest: str
    days: int

    @property
    def files(self) -> dict[str, bytes]:
        """The files by their paths."""
        with zipfile.ZipFile(io.BytesIO(self.archive)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


class Artifacts:
    """All artifacts of a run, of all its attempts."""

    def __init__(self, kept: Mapping[int, Artifact] | None = None) -> None:
        self.kept = dict(kept or {})
        self._ids = max(self.kept, default=100)

    def named(self, name: str) -> Artifact | None:
        """Give the one of a name."""
        return next((each for each in self.kept.values() if each.name == name), None)

    def upload(self, name: str, files: Mapping[str, bytes], *, days: int, overwrite: bool) -> Artifact:
        """Keep files under a name; a second of the same name takes the first one's place only if that is wanted."""
        before = self.named(name)
        if before and not overwrite:
            raise FileExistsError(f"an artifact with the name {name} is there already")
        if before:
            del self.kept[before.id]
        self._ids += 1
        archive = pack(files)
        self.kept[self._ids] = Artifact(self._ids, name, archive, hashlib.sha256(archive).hexdigest(), days)
        return self.kept[self._ids]

    def tamper(self, name: str, files: Mapping[str, bytes], *, digest: bool = False) -> None:
        """Put other files into an artifact behind everybody's back, and even their digest in place of the right one."""
        before = self.named(name)
        assert before is not None, f"there is no artifact {name}"
        archive = pack({**before.files, **files})
        said = hashlib.sha256(archive).hexdigest() if digest else before.digest
        self.kept[before.id] = Artifact(before.id, name, archive, said, before.days)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Make an archive whose bytes follow from its files alone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def find_files(patterns: str, folder: Path, *, hidden: bool) -> dict[str, bytes]:
    """Find what an upload takes, by the paths that it has in the artifact.

    Of several patterns the least folder that holds all their beginnings is the artifact's root; of one, its own
    beginning; of a single file, the file's folder. What begins with a dot is left out, and so is all below it.
    """
    lines = [line.strip() for line in patterns.splitlines() if line.strip()]
    assert not [each for each in lines if each.startswith(("!", "~"))], f"not known here: {patterns}"
    beginnings = [_beginning(folder / each) for each in lines]
    found = {path for each in lines for path in _match(folder, each) if hidden or not _is_hidden(path, folder)}
    if len(beginnings) > 1:
        root = Path(*_common([each.parts for each in beginnings]))
    else:
        root = beginnings[0].parent if found == {beginnings[0]} else beginnings[0]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(found)}


def _match(folder: Path, pattern: str) -> set[Path]:
    found = folder.glob(pattern) if any(sign in pattern for sign in WILD) else [folder / pattern]
    return {
        path for each in found for path in ((each, *each.rglob("*")) if each.is_dir() else (each,)) if path.is_file()
    }


def _beginning(path: Path) -> Path:
    """Give what of a path stands before the first part with a wildcard in it."""
    kept = []
    for part in path.parts:
        if any(sign in part for sign in WILD):
            break
        kept.append(part)
    return Path(*kept)


def _common(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    kept = []
    for parts in zip(*paths, strict=False):
        if len({*parts}) > 1:
            break
        kept.append(parts[0])
    return tuple(kept)


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
