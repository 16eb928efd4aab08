"""What one job has left for another: the files that were named to this one, as they were, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release.errors import VerificationFailed
from release.model.artifact import digest_of
from release.model.digests import CHECKSUMS, names_of
from release.model.evidence import bundle_name
from release.model.tag import shown
from release.steps.inspection.look import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from release.model.dist import Dist
    from release.model.tag import Tag
    from release.steps.inspection.look import Look


@dataclass(frozen=True)
class Handover:
    """The digests that another job has named, by file name."""

    digests: Mapping[str, str]
    renewed: Mapping[str, str] = field(default_factory=dict)
    """Digests of files as they were handed over, which this machine itself has renewed since."""
    has_notes: bool = False
    """Whether this machine has published from here, and may have noted what it told and what failed."""

    def __call__(self, look: Look) -> str:
        """Look at a delivery's folder."""
        return self.require(look.delivery.folder, look.delivery.tag)

    def require(self, folder: Path, tag: Tag) -> str:
        """Require that the folder of a release holds just these files."""
        there = {path.name: path for path in list_files(folder)}
        wanted = {name: digest for name in names_of(tag) if (digest := self.digests.get(name))}
        if not wanted:
            raise Doubt("extra-file", f"--digests names no file of {tag}")
        for name, digest in wanted.items():
            if name not in there:
                raise Doubt("missing", f"{name} is named by --digests, and not in {folder}")
            if digest not in {digest_of(there[name]), self.renewed.get(name)}:
                raise Doubt("wrong-digest", f"{name} holds other bytes than --digests names")
        if extra := sorted(there.keys() - wanted.keys() - {CHECKSUMS} - (_notes_of(tag) if self.has_notes else set())):
            raise Doubt("extra-file", f"{shown(extra[0])} is in {folder}, and --digests does not name it")
        return f"{len(wanted)} files, each as another job has named it"


def list_files(folder: Path) -> Iterator[Path]:
    """Give what stands in a release's folder; Doubt where it is no file."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_symlink() or not path.is_file():
            raise Doubt("extra-file", f"{shown(path.name)} in {folder} is a link or a folder")
        if not path.name.startswith("."):
            yield path


def _notes_of(tag: Tag) -> set[str]:
    return {f"{tag.stem}.{ending}" for ending in ("failed.receipt.json", "failed.audit.json", "notices.json")}


def require_some(folder: Path, tag: Tag) -> None:
    """Require that a release's folder holds files, and nothing else than files."""
    if not {path.name for path in list_files(folder)} - _notes_of(tag):
        raise Doubt("missing", f"nothing of it is in {folder}")


def require_alone(dist: Dist, tags: Iterable[Tag]) -> None:
    """Refuse statements of other releases: a signer is handed every one that is there, by a name that Hatch reads."""
    known = {dist.folder(tag) / bundle_name(tag) for tag in tags}
    there = (path for path in dist.root.rglob("*.intoto.jsonl") if not _is_hidden(path.relative_to(dist.root)))
    if strange := sorted(set(there) - known):
        raise VerificationFailed(
            f"{shown(str(strange[0].relative_to(dist.root)))} is in {dist.root}, and --digests is of another release",
            hint="look at what one build has left, in a folder that holds nothing else",
        )


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def require_known(digests: Iterable[str], tags: Iterable[Tag]) -> None:
    """Refuse digests of what is no file of these releases."""
    named = tuple(tags)
    known = {name for tag in named for name in names_of(tag)}
    if strange := sorted(set(digests) - known):
        raise VerificationFailed(
            f"--digests names {shown(strange[0])}, which is no file of {' or '.join(map(str, named))}",
            hint="name every release that was handed over, or give the digests of these alone",
        )
