"""Gather what is to be inspected: releases by their tags, or files by their paths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from release.errors import UsageError
from release.model.delivery import Delivery
from release.model.proof import Expected
from release.model.tag import Tag, parse_tag, shown
from release.steps.prove import expected_of
from release.steps.survey import release_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release.context import Context


@dataclass(frozen=True)
class Wanted:
    """What a consumer says beside the words; what is empty is what this repository says."""

    repository: str = ""
    commit: str = ""
    builder: str = ""
    evidence: Path | None = None
    """Where provenance and SBOM of files stand, if not beside them."""
    needs_sbom: bool = True
    """Whether a wheel has to have one."""


def gather(words: Iterable[str], wanted: Wanted, context: Context) -> tuple[Delivery, ...]:
    """Give a delivery for each tag, and one for the files of each release; without words, for each tag at HEAD."""
    commits = {ref.name: ref.commit for ref in context.source.tags}
    releases: list[Delivery] = []
    files: dict[tuple[Path, Tag], dict[str, Path]] = {}
    for word in tuple(words) or _tags_at_head(context):
        path = Path(word)
        if path.is_file():
            files.setdefault((path.parent, _tag_of(path.name)), {})[path.name] = path
        elif "/v" in word and not path.exists() and not path.is_absolute():
            expected = _expect(parse_tag(word), wanted, commits, context)
            releases.append(as_whole(parse_tag(word), expected, context.dist.folder(parse_tag(word))))
        else:
            raise UsageError(f"{shown(word)} is neither a file nor a tag", hint="a tag is <package>/v<version>")
    return (
        *releases,
        *(
            Delivery(
                tag,
                _expect(tag, wanted, commits, context),
                wanted.evidence or folder,
                paths,
                is_whole=False,
                needs_sbom=wanted.needs_sbom and any(name.endswith(".whl") for name in paths),
            )
            for (folder, tag), paths in files.items()
        ),
    )


def _tag_of(name: str) -> Tag:
    package, version = expected_of(name)
    try:
        return Tag(package, Version(version))
    except InvalidVersion:
        raise UsageError(f"{name}: {version} is not a version", hint="give it the name it was released under") from None


def as_whole(tag: Tag, expected: Expected, folder: Path) -> Delivery:
    """Give a release as it stands in `dist/`."""
    names = (*tag.files, f"{tag.stem}.cdx.json")
    return Delivery(tag, expected, folder, {name: folder / name for name in names}, is_whole=True, needs_sbom=True)


def _expect(tag: Tag, wanted: Wanted, commits: Mapping[str, str], context: Context) -> Expected:
    commit = wanted.commit or commits.get(str(tag), "")
    if not commit:
        raise UsageError(
            f"there is no tag {tag} here, so nothing says from which commit it should be",
            hint="git fetch --tags origin, or name the commit: --commit SHA",
        )
    repository = wanted.repository or context.policy.repository
    return Expected(tag.package, str(tag.version), repository, commit, wanted.builder)


def _tags_at_head(context: Context) -> tuple[str, ...]:
    head = context.source.commit("HEAD")
    at_head = {ref.name for ref in context.source.tags if head and ref.commit == head.sha}
    tags = tuple(str(tag) for tag in release_tags(context.source) if str(tag) in at_head)
    if not tags:
        raise UsageError("no package tag is at HEAD", hint="name a tag or a file: release verify env-drift/v0.1.0")
    return tags
