"""Imports run downhill: a file of `tools/release` knows only what stands below it."""

from __future__ import annotations

import pytest

from tests.repository.tree import ROOT, imported_modules, tracked_files

FLOORS = (
    {"redaction"},
    {"errors"},
    {"patience", "side_by_side"},
    {"model"},
    {"settings", "toolchain"},
    {"ports", "step", "context"},
    {"steps", "adapters"},
    {"schedule"},
    {"pipeline"},
    {"keys", "targets"},
    {"wiring"},
    {"session"},
    {"program"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}
RELEASE = ROOT / "tools" / "release"
FILES = [path for path in tracked_files() if path.suffix == ".py" and path.is_relative_to(RELEASE)]


def room_of(module: str) -> str:
    """Give the room a module of `release` stands in: `steps` for `release.steps.build`."""
    return module.split(".")[1]


def imported_rooms(module: str) -> set[str]:
    """Give the rooms that a file imports from."""
    path = next(each for each in FILES if ".".join(each.relative_to(ROOT / "tools").with_suffix("").parts) == module)
    return {
        room_of(name) for name in imported_modules(path) if name.startswith("release.") and room_of(name) in FLOOR_OF
    }


MODULES = [
    ".".join(path.relative_to(ROOT / "tools").with_suffix("").parts)
    for path in FILES
    if path.relative_to(RELEASE).parts[0] not in {"__init__.py", "template"}
]


@pytest.mark.parametrize("module", MODULES)
def test_a_file_imports_only_what_stands_below_it(module: str) -> None:
    room = room_of(module)
    uphill = {other for other in imported_rooms(module) if FLOOR_OF[other] > FLOOR_OF[room]}
    assert not uphill, f"{module} imports uphill: {uphill}"


def test_steps_and_adapters_never_import_each_other() -> None:
    pairs = {(room_of(module), other) for module in MODULES for other in imported_rooms(module)}
    assert ("steps", "adapters") not in pairs
    assert ("adapters", "steps") not in pairs


def test_every_room_has_a_floor() -> None:
    assert {room_of(module) for module in MODULES} == set(FLOOR_OF)


def test_only_the_settings_read_the_environment() -> None:
    readers = [path for path in FILES if any(word in path.read_text() for word in ("os.environ", "os.getenv"))]
    assert readers == [RELEASE / "settings.py"]


def test_release_never_imports_cluster() -> None:
    assert not [path for path in FILES if any(name.split(".")[0] == "cluster" for name in imported_modules(path))]
