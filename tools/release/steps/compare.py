"""Compare what was built with the tagged tree: every file the same, none more, none less."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.errors import BuildFailed
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release.model.plan import Plan
    from release.model.tree import TreeFile

GENERATED_IN_DIST_INFO = frozenset({"METADATA", "RECORD", "WHEEL", "entry_points.txt"})
GENERATED_IN_SDIST = frozenset({PurePosixPath("PKG-INFO")})
_ROOT_IGNORE = PurePosixPath(".gitignore")  # hatchling adds the repository's own to every sdist


def compare_wheel(plan: Plan, name: str, inside: Mapping[PurePosixPath, bytes], tree: Iterable[TreeFile]) -> None:
    """Refuse a wheel in which anything but its dist-info differs from the sources."""
    package = _by_path(plan, tree)
    places = {source: PurePosixPath(source.name) for source in plan.package.sources}
    wanted = {
        places[source] / path.relative_to(source): file
        for path, file in package.items()
        for source in places
        if path.is_relative_to(source)
    }
    info = f"{plan.tag.stem}.dist-info"
    rest = {path: content for path, content in inside.items() if path.parts[0] != info}
    _require_same(plan, name, rest, wanted, required=frozenset(wanted))
    licences = {
        path.relative_to(f"{info}/licenses"): content
        for path, content in inside.items()
        if path.is_relative_to(f"{info}/licenses")
    }
    _require_same(plan, name, licences, package, required=frozenset())
    known = {PurePosixPath(info, each) for each in GENERATED_IN_DIST_INFO}
    for path in inside:
        if path.parts[0] == info and path not in known and not path.is_relative_to(f"{info}/licenses"):
            raise _extra(plan, name, path)


def compare_sdist(plan: Plan, name: str, inside: Mapping[PurePosixPath, bytes], tree: Iterable[TreeFile]) -> None:
    """Refuse an sdist that differs from the package's folder, or lacks what a build from it needs."""
    files = tuple(tree)
    package = _by_path(plan, files)
    ignores = {file.path: file for file in files if file.path == _ROOT_IGNORE}
    sources = {path for path in package if any(path.is_relative_to(each) for each in plan.package.sources)}
    rest = {path: content for path, content in inside.items() if path not in GENERATED_IN_SDIST}
    needed = sources | {PurePosixPath("pyproject.toml")}
    _require_same(plan, name, rest, {**ignores, **package}, required=frozenset(needed))


def _by_path(plan: Plan, tree: Iterable[TreeFile]) -> dict[PurePosixPath, TreeFile]:
    folder = plan.package.folder
    return {file.path.relative_to(folder): file for file in tree if file.path.is_relative_to(folder)}


def _require_same(
    plan: Plan,
    name: str,
    inside: Mapping[PurePosixPath, bytes],
    wanted: Mapping[PurePosixPath, TreeFile],
    *,
    required: frozenset[PurePosixPath],
) -> None:
    for path, content in inside.items():
        if path.suffix == ".pth":
            raise BuildFailed(
                f"{plan.tag}: {name} holds {_show(path)}: a .pth runs code in every Python", hint="remove it"
            )
        file = wanted.get(path)
        if file is None:
            raise _extra(plan, name, path)
        if not file.is_regular:
            raise BuildFailed(f"{plan.tag}: {_show(file.path)} is a link or a submodule", hint="put its content there")
        if not file.holds(content):
            raise BuildFailed(
                f"{plan.tag}: {name} holds {_show(path)} with other bytes than {_show(file.path)} has in the tag",
                hint="look for a build hook that changes files, or an attribute in .gitattributes",
            )
    if missing := sorted(required - inside.keys()):
        raise BuildFailed(
            f"{plan.tag}: {name} lacks {_show(missing[0])}, which is in the tag",
            hint="look at `exclude` and `include` below tool.hatch.build, and at .gitignore",
        )


def _extra(plan: Plan, name: str, path: PurePosixPath) -> BuildFailed:
    return BuildFailed(
        f"{plan.tag}: {name} holds {_show(path)}, which is not in the tag",
        hint="commit the file below the package's sources, or stop the build from adding it",
    )


def _show(path: PurePosixPath) -> str:
    return shown(str(path))
