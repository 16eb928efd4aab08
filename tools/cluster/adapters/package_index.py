"""The wheels of others, found and read by uv: it knows the machine's index, its credentials and its cache."""

from __future__ import annotations

import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

import tomli
import tomlkit
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from cluster.adapters.downloads import INDEXES, Downloads
from cluster.model.found import Found
from cluster.model.need import Described
from release.adapters.uv import Uv, require_answer
from release.errors import Conflict, GateUnavailable, InstallFailed
from release.model.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cluster.model.lock import Locked
    from cluster.model.platform import Platform

Item = TypeVar("Item")
_REACH: Final = "does the index take these credentials? hatch run release doctor"
_OTHER_BYTES: Final = ("Hash mismatch", "Failed to extract archive")
_NOT_ASKED: Final = ("could not be queried", "401 Unauthorized", "403 Forbidden")
"""What uv says where an index lets nobody in; in its code that is as if the index had nothing."""


class UvIndex:
    """The door to an index, by uv; scratch folders are made below `scratch`, which is the caller's to remove."""

    def __init__(self, environment: Mapping[str, str], scratch: Path, index: str = "") -> None:
        self.address = index
        if index:  # by a variable: it may hold a password, and everybody sees a program's words
            rest = {name: value for name, value in environment.items() if name not in INDEXES}
            environment = {**rest, "UV_DEFAULT_INDEX": index, "UV_NO_CONFIG": "1"}
        self._uv = Uv(environment)
        self._scratch = scratch
        self._downloads = Downloads(environment)

    def find(self, wanted: Iterable[str], platform: Platform) -> Mapping[str, Found]:
        """Ask for the newest version that fits each requirement, as many in one question as have names of their own."""
        return self._compile(wanted, *self._for(platform))

    def unpack(self, offers: Iterable[Offer], platform: Platform) -> Mapping[str, Described]:
        """Lay wheels side by side, as links into uv's cache, and read what they say."""
        described: dict[str, Described] = {}
        for group in _without_twins(offers, lambda each: parse_wheel_filename(each.name)[0]):
            folder = self._folder()
            lock = folder / "pylock.toml"
            lock.write_text(tomlkit.dumps({"lock-version": "1.0", "created-by": "wheelyard", "packages": _rows(group)}))
            known = self._lay(folder, platform, "--requirements", lock.name)
            described |= {offer.name: known[name] for name, offer in group.items()}
        return described

    def recall(self, rows: Iterable[Locked], platform: Platform) -> Mapping[str, Described]:
        """Read what was locked, by digest; where the index has one no more, ask for each apart."""
        described: dict[str, Described] = {}
        for group in _without_twins(rows, lambda each: each.name):
            try:
                known = self._recall(group.values(), platform)
            except InstallFailed:
                known = {}
                for row in group.values():
                    try:
                        known |= self._recall([row], platform)
                    except InstallFailed:
                        continue  # it is gone, and is looked for anew: whoever asks sees that it is missing here
            described |= {row.wheel: known[name] for name, row in group.items() if name in known}
        return described

    def locate(self, rows: Iterable[Locked], platform: Platform) -> Mapping[str, Offer]:
        """Say where the very wheels are that were locked, by file name; those that are gone are left out."""
        asked = {f"{each}": each for each in rows}
        found = self._compile(asked, "--universal", *self._for(platform)[:4])
        offers = {offer.sha256: offer for each in found.values() for offer in each.wheels}
        return {row.wheel: offers[row.sha256] for row in asked.values() if row.sha256 in offers}

    def download(self, offer: Offer, folder: Path) -> Path:
        """Bring a wheel into a folder; Conflict where its bytes are others than were asked for."""
        return self._downloads.bring(offer, folder)

    def _compile(self, wanted: Iterable[str], *more: str) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for group in _without_twins(wanted):
            folder = self._folder()
            (folder / "requirements.in").write_text("".join(f"{each}\n" for each in group.values()))
            words = ["pip", "compile", "requirements.in", "--output-file", "pylock.toml", "--format", "pylock.toml"]
            require_answer(self._uv.ask(*words, "--no-deps", "--no-build", *more, cwd=folder))
            known = {each.name: each for each in _read(folder / "pylock.toml")}
            found |= {asked: known[name] for name, asked in group.items() if name in known}
        return found

    def _recall(self, rows: Iterable[Locked], platform: Platform) -> dict[str, Described]:
        folder = self._folder()
        lines = (f"{row} --hash=sha256:{row.sha256}\n" for row in rows)
        (folder / "lock.txt").write_text("".join(lines))
        return self._lay(folder, platform, "--require-hashes", "--requirements", "lock.txt")

    def _lay(self, folder: Path, platform: Platform, *words: str) -> dict[str, Described]:
        target = folder / "unpacked"
        fixed = ("--no-deps", "--no-build", "--link-mode", "symlink", "--target", str(target))
        try:
            self._uv.install_hashed("pip", "install", *fixed, *self._for(platform), *words, cwd=folder)
        except InstallFailed as error:
            if any(said in error.message for said in _OTHER_BYTES):
                raise Conflict(
                    f"the index gives other bytes than it says, or than were locked: {error.message}",
                    hint="tell whoever keeps the index; nothing was locked",
                ) from None
            if any(said in error.message for said in _NOT_ASKED):
                raise GateUnavailable(error.message, hint=_REACH) from None
            raise
        read = distributions(path=[str(target)])
        found = (Described(canonicalize_name(each.name), each.version, tuple(each.requires or ())) for each in read)
        return {each.name: each for each in found}

    def _folder(self) -> Path:
        self._scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="wheels-", dir=self._scratch))

    @staticmethod
    def _for(platform: Platform) -> tuple[str, ...]:
        words = ("--python", sys.executable)  # else every Python here is asked
        return (*words, "--python-version", platform.python, "--python-platform", platform.name)


def _without_twins(items: Iterable[Item], name_of: Callable[[Item], str] | None = None) -> Iterator[dict[str, Item]]:
    """Give groups in which no name stands twice: clusters may have two versions of one."""
    waiting = list(dict.fromkeys(items))
    named = name_of or (lambda each: canonicalize_name(Requirement(str(each)).name))
    while waiting:
        group: dict[str, Item] = {}
        for each in waiting:
            group.setdefault(named(each), each)
        yield group
        waiting = [each for each in waiting if group[named(each)] is not each]


def _rows(group: Mapping[str, Offer]) -> list[dict[str, Any]]:
    """Write what is wanted as a lock has it (PEP 751): each with one wheel."""
    return [
        {
            "name": name,
            "version": str(offer.version),
            "wheels": [{"name": offer.name, "url": offer.url, "hashes": {"sha256": offer.sha256}}],
        }
        for name, offer in group.items()
    ]


def _read(lock: Path) -> Iterator[Found]:
    """Read what uv found; a wheel without a digest is none that can be locked."""
    for package in tomli.loads(lock.read_text(encoding="utf-8")).get("packages", ()):
        version, files = Version(package["version"]), package.get("wheels", ())
        offers = tuple(
            Offer(version, _name(each), _address(each, lock), each["hashes"]["sha256"])
            for each in files
            if each.get("hashes", {}).get("sha256")
        )
        added = max((each["upload-time"] for each in files if "upload-time" in each), default=None)
        yield Found(canonicalize_name(package["name"]), version, offers, added)


def _address(file: Mapping[str, Any], lock: Path) -> str:
    return str(file["url"]) if "url" in file else (lock.parent / file["path"]).resolve().as_uri()


def _name(file: Mapping[str, Any]) -> str:
    """Give a wheel's name, which is left out where the address says it."""
    return str(file.get("name") or unquote(urlsplit(file.get("url") or file["path"]).path).rpartition("/")[2])
