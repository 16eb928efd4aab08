"""What a wheel has to be beyond a zip file: of one name, wholly recorded, pure if it says so, silent at start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release.model.archive.compiled import is_compiled
from release.model.archive.names import fold
from release.model.archive.reason import Reason, open_archive
from release.model.archive.record import check_record
from release.model.archive.start import refuse_code_at_start
from release.model.archive.zip_members import read_zip
from release.model.metadata import parse_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path, PurePosixPath

    from release.model.archive.reason import Opened

_SCHEMES = frozenset({"purelib", "platlib", "headers", "scripts", "data"})
_LIBRARIES = frozenset({"purelib", "platlib"})
_DESCRIPTIONS = (".dist-info", ".egg-info")
_NAME = re.compile(r"([^-]+-[^-]+)(?:-[0-9][^-]*)?-[^-]+-[^-]+-([^-]+)\.whl")  # the middle one is a build number


def read_wheel(path: Path) -> dict[PurePosixPath, bytes]:
    """Give the files of a wheel; raises IllFormed if it is not built as its formats say (binary distribution 1.0)."""
    opened = open_archive(path)
    stem, platform = _read_name(opened)
    members = read_zip(opened)
    files = members.files
    installed = _check_places(opened, stem, files)
    info = f"{stem}.dist-info"
    _check_descriptions(opened, info, [*installed, *members.folders])
    inside = {str(path): content for path, content in files.items()}
    is_pure = _check_wheel_file(opened, inside.get(f"{info}/WHEEL")) or _is_any(platform)
    if f"{info}/METADATA" not in inside:
        raise opened.refused(Reason.METADATA, f"lacks {info}/METADATA")
    refuse_code_at_start(opened, installed)
    if is_pure and (compiled := [path for path, content in files.items() if is_compiled(path, content)]):
        raise opened.refused(Reason.COMPILED_CODE, f"is pure by its tag or its WHEEL, and holds {str(compiled[0])!a}")
    check_record(opened, inside, f"{info}/RECORD")
    return files


def _read_name(opened: Opened) -> tuple[str, str]:
    """Give what folders are called after, and the platforms."""
    found = _NAME.fullmatch(opened.name)
    if not found:
        raise opened.refused(Reason.FILE_NAME, "is not called as a wheel is: name-version-python-abi-platform.whl")
    return found[1], found[2]


def _check_places(opened: Opened, stem: str, files: Mapping[PurePosixPath, bytes]) -> list[PurePosixPath]:
    """Give where each file goes, below whatever it is installed into; two that go to one place are refused."""
    installed: dict[str, PurePosixPath] = {}
    for path in files:
        top, *below = path.parts
        scheme, place = "purelib", path
        if below and top.lower().endswith(".data"):
            if top != f"{stem}.data" or below[0] not in _SCHEMES or len(below) == 1:
                raise opened.refused(Reason.DATA_FOLDER, f"{str(path)!a} is in no folder that is installed")
            scheme, place = below[0], path.relative_to(top, below[0])
        key = f"{'purelib' if scheme in _LIBRARIES else scheme}/{fold(place)}"
        if key in installed:
            raise opened.refused(Reason.DUPLICATE_NAME, f"{str(path)!a} is installed over another file of the wheel")
        installed[key] = place
    return list(installed.values())


def _check_descriptions(opened: Opened, info: str, installed: Iterable[PurePosixPath]) -> None:
    tops = sorted({path.parts[0] for path in installed if path.parts[0].lower().endswith(_DESCRIPTIONS)})
    if tops != [info]:
        found = ", ".join(ascii(each) for each in tops) or "none"
        raise opened.refused(Reason.DIST_INFO, f"has to hold {info} and no other description; it holds {found}")


def _check_wheel_file(opened: Opened, content: bytes | None) -> bool:
    """Say whether the file WHEEL calls the wheel pure."""
    if content is None:
        raise opened.refused(Reason.WHEEL_FILE, "lacks the file WHEEL")
    said = parse_metadata(content)
    versions, pure, tags = (said.get_all(field, []) for field in ("Wheel-Version", "Root-Is-Purelib", "Tag"))
    if len(versions) != 1 or not versions[0].startswith("1.") or len(pure) != 1 or not tags:
        raise opened.refused(Reason.WHEEL_FILE, "its WHEEL lacks or repeats the format's version, purity or tags")
    if pure[0].lower() not in {"true", "false"}:
        raise opened.refused(Reason.WHEEL_FILE, f"its WHEEL says {pure[0]!a} where true or false belongs")
    return pure[0].lower() == "true" or any(_is_any(tag.rpartition("-")[2]) for tag in tags)


def _is_any(platform: str) -> bool:
    return "any" in platform.lower().strip().split(".")
