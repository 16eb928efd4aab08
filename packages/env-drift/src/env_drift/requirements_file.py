"""Requirements files as pip, pip-compile and uv write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from env_drift.errors import LockError
from env_drift.lock import Entry, Lock
from env_drift.requirement_line import read_requirement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMENT = re.compile(r"(?:^|\s)#.*$")
SOURCES = re.compile(
    r"-i|--index-url|--pypi-url|--extra-index-url|--no-index|-f|--find-links|--no-binary|--only-binary|--prefer-binary"
    r"|--pre|--trusted-host|--use-feature|--require-hashes"
)
OPTION = re.compile(r"(--[\w-]+|-\w)[ =]*(.*)")
DEEPEST = 10


def read_requirements(path: Path, text: str) -> Lock:
    """Read a requirements file and those it includes; whatever is not an exact pin is refused by line."""
    lines = tuple(_read_lines(path, text, (path.resolve(),)))
    entries = tuple(line for line in lines if isinstance(line, Entry))
    hashed = any(entry.pin.hashes for entry in entries) or "--require-hashes" in lines
    for entry in entries:
        if hashed and not entry.pin.hashes:
            raise LockError(f"{entry.where}: {entry.pin.name} has no --hash, and other pins have")
    return Lock(str(path), entries)


def _read_lines(path: Path, text: str, above: tuple[Path, ...]) -> Iterator[Entry | str]:
    for number, line in join_lines(text, str(path)):
        where = f"{path}, line {number}"
        if not line.startswith("-"):
            yield read_requirement(line, where)
            continue
        option, value = OPTION.sub(r"\1", line), OPTION.sub(r"\2", line)
        if option in ("-r", "--requirement"):
            yield from _include(path, value, above, where)
        elif SOURCES.fullmatch(option):
            yield option
        else:
            raise LockError(f"{where}: {_refuse_option(option, line)}")


def _include(path: Path, value: str, above: tuple[Path, ...], where: str) -> Iterator[Entry | str]:
    if "://" in value:
        raise LockError(f"{where}: {value} would have to be downloaded\nhint: keep the file beside this one")
    included = path.parent / value
    if included.resolve() in above or len(above) == DEEPEST:
        raise LockError(f"{where}: {value} includes itself, or is included {DEEPEST} files deep")
    return _read_lines(included, read_text(included), (*above, included.resolve()))


def _refuse_option(option: str, line: str) -> str:
    if option in ("-c", "--constraint"):
        return f"`{line}`: constraints are not followed\nhint: a lock is exact without them; compile them into it"
    if option in ("-e", "--editable"):
        return (
            f"`{line}`: an editable install has no version to compare\nhint: leave it out of the lock, or pin a wheel"
        )
    return f"the option {option} is not known"


def join_lines(text: str, where: str) -> Iterator[tuple[int, str]]:
    """Give each logical line and the number of its first, without comments, joined as pip joins them."""
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        bare = line.rstrip("\r")
        start = start if parts else number
        comment = re.match(r"\s*#", bare) is not None
        if bare.endswith("\\") and not comment:
            parts.append(bare[:-1])
            continue
        # A comment ends a continued line; the blank makes sure that it is seen as one.
        whole = "".join((*parts, f" {bare}" if comment else bare))
        parts = []
        stripped = re.sub(r"\s+", " ", COMMENT.sub("", whole)).strip()
        if stripped:
            yield start, stripped
    if parts:
        raise LockError(f"{where}, line {start}: the file ends in the middle of this line")


def read_text(path: Path) -> str:
    """Read a lock's text; what is absent, unreadable, not UTF-8 or not text is a LockError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LockError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LockError(f"{path}: is not UTF-8: {error.reason} at byte {error.start}") from error
    odd = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    if odd:
        raise LockError(f"{path}: holds the control character {odd.group()!r} and is no lock")
    return text
