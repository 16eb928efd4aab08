"""Imports run downhill: a file of `tools/release` or of `tools/cluster` knows only what stands below it."""

from __future__ import annotations

import pytest

from tests.repository.tree import ROOT, imported_modules, tracked_files

RELEASE = (
    {"redaction"},
    {"errors"},
    {"patience", "side_by_side"},
    {"model"},
    {"settings", "toolchain"},
    {"ports", "step", "context"},
    {"steps", "adapters"},
    {"schedule"},
    {"pipeline"},
    {"apart"},
    {"keys", "targets"},
    {"wiring"},
    {"session"},
    {"job_summary", "program"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
CLUSTER = ({"model"}, {"ports"}, {"steps", "adapters"}, {"wiring"}, {"commands"}, {"cli"}, {"__main__"})
FLOOR_OF = {
    f"{house}.{room}": floor
    for house, floors in (("release", RELEASE), ("cluster", CLUSTER))
    for floor, rooms in enumerate(floors)
    for room in rooms
}
TOOLS = ROOT / "tools"
FILES = {
    ".".join(path.relative_to(TOOLS).with_suffix("").parts): path
    for path in tracked_files()
    if path.suffix == ".py"
    and path.is_relative_to(TOOLS)
    and path.relative_to(TOOLS).parts[0] in {"release", "cluster"}
}
MODULES = [name for name in FILES if name.split(".")[1] not in {"__init__", "template"}]
CLOSED_TO_CLUSTERS = {"release.pipeline", "release.apart", "release.commands", "release.cli", "release.__main__"}
"""A cluster is made of what releases have made, and makes none."""


def room_of(module: str) -> str:
    """Give the room a module stands in: `release.steps` for `release.steps.build`."""
    return ".".join(module.split(".")[:2])


def imported_rooms(module: str) -> set[str]:
    """Give the rooms that a file imports from."""
    return {room_of(name) for name in imported_modules(FILES[module]) if room_of(name) in FLOOR_OF}


@pytest.mark.parametrize("module", MODULES)
def test_a_file_imports_only_what_stands_below_it(module: str) -> None:
    room = room_of(module)
    house = room.split(".", maxsplit=1)[0]
    rooms = {other for other in imported_rooms(module) if other.startswith(f"{house}.")}
    uphill = {other for other in rooms if FLOOR_OF[other] > FLOOR_OF[room]}
    assert not uphill, f"{module} imports uphill: {uphill}"


@pytest.mark.parametrize("house", ["release", "cluster"])
def test_steps_and_adapters_never_import_each_other(house: str) -> None:
    pairs = {(room_of(module), other) for module in MODULES for other in imported_rooms(module)}
    assert (f"{house}.steps", f"{house}.adapters") not in pairs
    assert (f"{house}.adapters", f"{house}.steps") not in pairs


def test_every_room_has_a_floor() -> None:
    assert {room_of(module) for module in MODULES} == set(FLOOR_OF)


def test_only_the_settings_read_the_environment() -> None:
    readers = [path for path in FILES.values() if any(word in path.read_text() for word in ("os.environ", "os.getenv"))]
    assert readers == [TOOLS / "release" / "settings.py"]


def test_release_never_imports_cluster_and_cluster_never_releases() -> None:
    uphill = [
        (module, other)
        for module in MODULES
        for other in imported_rooms(module)
        if (module.startswith("release.") and other.startswith("cluster."))
        or (module.startswith("cluster.") and other in CLOSED_TO_CLUSTERS)
    ]
    assert not uphill
