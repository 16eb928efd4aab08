"""Every wheel of the lock, fetched from the index or the volume and proven by its hash, and where its files go."""

# ruff: noqa: INP001, T201  # it runs on a node, beside the others of its folder

from __future__ import annotations

import hashlib
import os
import platform
import random
import re
import sys
import sysconfig
import time
import zlib
from configparser import ConfigParser, ParsingError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from databricks.codeartifact import CodeArtifact, Unread

    from databricks import verify
    from databricks.node import Entry, Failed, Lock, Node
else:
    import verify
    from codeartifact import CodeArtifact, Unread
    from node import Entry, Failed, Lock, Node

FALL_BACK = {"token", "unreachable"}
BLOCK = 1 << 20
PLACES = {kind: Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib", "scripts", "data")}
MADE = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


@dataclass(frozen=True)
class Wheel:
    """A wheel on this node, proven, and where its files go: their SHA-256, empty where installing writes them anew."""

    entry: Entry
    path: Path
    files: dict[Path, str]

    def is_whole(self) -> bool:
        """Whether it is installed, byte by byte."""
        return all(has_bytes(path, digest) for path, digest in self.files.items())

    def is_made_of(self, held: dict[str, Any]) -> bool:
        """Whether an earlier run has installed just this."""
        return bool(held["sha256"] == self.entry.sha256) and self.is_whole()

    def as_begun(self) -> dict[str, Any]:
        """Give what is written down before it is installed: the files that are new by it."""
        return {"sha256": self.entry.sha256, "files": [str(each) for each in self.files if not os.path.lexists(each)]}


def fetch(node: Node, lock: Lock) -> tuple[list[Wheel], dict[str, str]]:
    """Fetch every wheel, and say from where; nothing is installed before all of them are here and proven."""
    folder = node.work / "wheels"
    folder.mkdir()
    said = {"source": node.told["source"]}
    try:
        fetch_all(node, lock, folder, said["source"])
    except Unread as error:
        if error.code not in FALL_BACK or not node.told["fallback"]:
            raise Failed(error.code, str(error)) from None
        print(verify.plain(f"wheelyard: {error}; the volume is asked in its place"), file=sys.stderr, flush=True)
        said = {"source": "volume", "after": error.code}
        fetch_all(node, lock, folder, "volume")
    return [Wheel(each, folder / each.wheel, files_of(folder / each.wheel)) for each in lock.entries], said


def fetch_all(node: Node, lock: Lock, folder: Path, source: str) -> None:
    """Fetch every wheel that is not here yet from one source."""
    index = None
    tags = set(sys_tags())
    until = node.started + node.limits["whole"] / 2  # so that there is time for what comes in its place
    for entry in lock.entries:
        require_fit(entry, tags)
        if (folder / entry.wheel).exists():
            continue
        if source == "volume":
            blocks = read_blocks(f"{node.told['wheels']}/{entry.name}/{entry.version}/{entry.wheel}")
        else:
            index = index or open_index(node)
            blocks = index.read(find(index, entry), until=until)
        keep(entry, blocks, folder)


def require_fit(entry: Entry, tags: set[Any]) -> None:
    """Refuse a wheel that is for other machines than this one."""
    try:
        name, version, _, fitting = parse_wheel_filename(entry.wheel)
        is_named = (name, version) == (entry.name, Version(entry.version))
    except (InvalidVersion, InvalidWheelFilename):
        is_named, fitting = False, frozenset()
    if not is_named:
        raise Failed("untrusted", f"{entry.wheel} is no wheel of {entry.name} {entry.version}")
    if not tags & fitting:
        raise Failed("runtime", f"{entry.wheel} does not fit this node: {platform.machine()}, {platform.libc_ver()[1]}")


def open_index(node: Node) -> CodeArtifact:
    """Wait a moment, as all nodes of a cluster start at once, and then get a token."""
    time.sleep(random.uniform(0, node.limits["spread"]))  # noqa: S311  # jitter
    index = CodeArtifact(node.told["index"], node.limits["answer"], node.limits["attempts"])
    index.token()
    return index


def find(index: CodeArtifact, entry: Entry) -> str:
    """Give a wheel's address, or say what the index has in its place."""
    try:
        found = index.find(entry.name)
    except Unread as error:
        raise Failed("missing", f"{entry.name}: {error}") if error.code == "missing" else error from None
    if entry.wheel in found:
        return found[entry.wheel]
    if any(re.fullmatch(sdist_of(entry), each) for each in found):
        raise Failed("needs-compiling", f"{entry.name} {entry.version} is there as an sdist, and not {entry.wheel}")
    raise Failed("missing", f"the index has no {entry.wheel}, but {', '.join(sorted(found)[-3:]) or 'nothing'}")


def sdist_of(entry: Entry) -> str:
    """Give what an sdist of a wheel's version may be called."""
    return f"(?i){entry.name.replace('-', '[-_.]')}-{re.escape(entry.version)}\\.(?:tar\\.gz|zip)"


def read_blocks(path: str) -> Iterator[bytes]:
    """Read a wheel of the volume."""
    try:
        with Path(path).open("rb") as stream:
            yield from iter(lambda: stream.read(BLOCK), b"")
    except FileNotFoundError:
        raise Failed("missing", f"the volume has no {path}") from None
    except OSError as error:
        raise Failed("volume", f"{path} can't be read: {error.strerror}") from None


def keep(entry: Entry, blocks: Iterator[bytes], folder: Path) -> None:
    """Write a wheel down where only root can, under its name once its bytes are the ones that were locked."""
    draft, digest = folder / f"{entry.wheel}.part", hashlib.sha256()
    with draft.open("wb") as stream:
        for block in blocks:
            digest.update(block)
            stream.write(block)
    if digest.hexdigest() != entry.sha256:
        raise Failed("wrong-hash", f"{entry.wheel} has SHA-256 {digest.hexdigest()}, and {entry.sha256} was locked")
    draft.rename(folder / entry.wheel)


def files_of(wheel: Path) -> dict[Path, str]:
    """Give where a wheel's files go, with their SHA-256; empty for those that installing writes anew."""
    files: dict[Path, str] = {}
    try:
        with ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith("/") or ".." in name.split("/"):
                    raise Failed("install", f"{wheel.name}: {name!a} leads out of the environment")
                place, is_made = destination_of(name)
                if place and not name.endswith("/"):
                    files[place] = "" if is_made else hashlib.sha256(archive.read(name)).hexdigest()
                if name.count("/") == 1 and name.endswith(".dist-info/entry_points.txt"):
                    files.update(dict.fromkeys(scripts_of(archive.read(name).decode()), ""))
    except (BadZipFile, NotImplementedError, ParsingError, UnicodeDecodeError, zlib.error) as error:
        raise Failed("install", f"{wheel.name} is no wheel: {error}") from None
    return files


def destination_of(name: str) -> tuple[Path | None, bool]:
    """Give where a file of a wheel goes, and whether installing writes it anew; nowhere for headers, which none has."""
    folder, _, rest = name.partition("/")
    if folder.endswith(".data"):
        kind, _, rest = rest.partition("/")
        return (PLACES[kind] / rest if kind in PLACES else None), kind == "scripts"
    return PLACES["purelib"] / name, folder.endswith(".dist-info") and rest in MADE


def scripts_of(entry_points: str) -> list[Path]:
    """Give the programs that pip makes of entry points."""
    parser = ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names are kept as they are written
    parser.read_string(entry_points)
    groups = [parser[each] for each in ("console_scripts", "gui_scripts") if each in parser]
    return [PLACES["scripts"] / name for group in groups for name in group]


def has_bytes(path: Path, digest: str) -> bool:
    """Whether a file is there, and of that SHA-256 where one is known."""
    return path.is_file() and digest in {"", verify.digest_of(path)}
