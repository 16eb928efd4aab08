"""Rebuild a release from its tag with the toolchain that its provenance names, and compare the bytes."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release.model.artifact import digest_of, is_artifact
from release.model.difference import find_difference
from release.model.dist import Dist
from release.model.provenance import tools_of
from release.model.tag import shown
from release.model.toolchain import NotATool
from release.steps.inspection.look import Doubt
from release.steps.read import read_packages

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.model.delivery import Delivery
    from release.model.toolchain import ToolFile
    from release.ports import Builder
    from release.steps.inspection.look import Look


@dataclass(frozen=True)
class Rebuild:
    """A second build, elsewhere than the first."""

    open_builder: Callable[[tuple[ToolFile, ...]], Builder]
    """Gives what builds with exactly these files."""

    def __call__(self, look: Look) -> str:
        """Build again what was delivered; Doubt, with the member that differs, where other bytes come out."""
        delivery, context = look.delivery, look.context
        statement, sha = look.statement, look.proven.commit
        commit = context.source.commit(sha)
        if commit is None:
            raise Doubt("not-checked", f"commit {sha[:12]} is not in this repository: git fetch --tags origin")
        try:
            builder = self.open_builder(tools_of(statement))
        except NotATool as error:
            raise Doubt("wrong-toolchain", f"the provenance names what is no toolchain: {error}") from None
        names = _names_of(delivery)
        package = read_packages(context.source, sha, context.policy.members).require(delivery.tag.package)
        made = Path(tempfile.mkdtemp(prefix="rebuilt-", dir=context.scratch)) / "made"
        made.mkdir()
        builder.build(sha, str(delivery.tag), package.folder, made, commit.seconds)
        for name in names:
            _require_same(name, look.digests[name], delivery.path(name), made / name)
        with_ = statement.internal.get("python", "an unknown Python")
        return (
            f"{' and '.join(names)}: the same bytes, by {len(builder.tools)} files of the toolchain; first with {with_}"
        )


@dataclass(frozen=True)
class Rebuilt:
    """What another job has built again, in a folder laid out as `dist/`."""

    root: Path

    def __call__(self, look: Look) -> str:
        """Compare every wheel and sdist; Doubt, with the member that differs, where there are other bytes."""
        tag = look.delivery.tag
        folder = Dist(self.root).folder(tag)
        made = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        names = _names_of(look.delivery)
        for name in names:
            if name not in made:
                raise Doubt("rebuild-differs", f"{folder} lacks {name}")
            _require_same(name, look.digests[name], look.delivery.path(name), folder / name)
        if more := sorted(name for name in made - set(tag.files) if is_artifact(name)):
            raise Doubt("rebuild-differs", f"{folder} holds {shown(more[0])}, which {tag} does not have")
        return f"{' and '.join(names)}: the same bytes as below {self.root}"


def _names_of(delivery: Delivery) -> list[str]:
    """Give the names of what a build makes; Doubt where nothing of it was delivered."""
    if names := [name for name in delivery.tag.files if name in delivery.files]:
        return names
    raise Doubt("missing", "there is neither wheel nor sdist to compare")


def _require_same(name: str, sha256: str, delivered: Path, rebuilt: Path) -> None:
    if not rebuilt.is_file():
        raise Doubt("rebuild-differs", f"a rebuild makes no {name}")
    if digest_of(rebuilt) != sha256:
        raise Doubt("rebuild-differs", f"{name}: {find_difference(delivered, rebuilt)}")
