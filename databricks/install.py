"""Install on one node what the signed lock of its cluster says, exactly that, and nothing of the runtime replaced.

    python -E -s install.py SETTINGS.json

The init script writes this file, `verify.py`, `codeartifact.py` and `beacon.py` into a folder that only root can read,
and runs it with the runtime's own Python. The settings hold the pinned keys and no secret. What happens, in this order:

1. the driver's pointer, or the one in the volume, and the lock it points at are proven by those keys, and the lock is
   for this runtime;
2. every wheel of the lock is fetched and hashed: from the index, from the volume, or from there in its place;
3. nothing is there already that they would change, and what an earlier run left is taken back;
4. pip installs them without an index, and what is there now is compared with what was there before.

Whatever fails after 3 takes back what was installed. `installed.json` is removed first and written last: where it
stands, the node is as locked. One line goes to standard output and into `log`, what to do next to standard error.
"""

# ruff: noqa: INP001, T201  # it runs on a node, beside the others of its folder

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import random
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zlib
from configparser import ConfigParser, ParsingError
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timezone
from importlib import invalidate_caches
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from zipfile import BadZipFile, ZipFile

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from databricks.codeartifact import CodeArtifact, Unread

    from databricks import beacon, verify
else:
    import beacon
    import verify
    from codeartifact import CodeArtifact, Unread

DOCUMENT = "https://github.com/wheelyard/wheelyard/blob/main/tools/cluster/promise/v1.md"
LOCK_TYPE, POINTER_TYPE = f"{DOCUMENT}#lock", f"{DOCUMENT}#pointer"
OPTIONAL = {LOCK_TYPE: set(), POINTER_TYPE: {"rolled_back_from"}}

CODES = {  # the exit code of each, and what to do next
    "defect": (1, "report it, with what this node printed"),
    "settings": (20, "compare the cluster file with what AWS has, and render the script again"),
    "runtime": (21, "lock, render and push for the runtime that this cluster has"),
    "volume": (22, "let the cluster read the volume (USE CATALOG, USE SCHEMA, READ VOLUME), and push to it"),
    "untrusted": (23, "find out who wrote to the volume, then push again; render again if the keys have changed"),
    "replayed": (24, "somebody put back an old pointer: find out who, then push again"),
    "token": (25, "allow the node's role GetAuthorizationToken, sts:GetServiceBearerToken and reading the repository"),
    "unreachable": (26, "look at routes, endpoints of the VPC and quotas; a fallback to the volume helps meanwhile"),
    "missing": (27, "publish it there, or push the lock to the volume again"),
    "wrong-hash": (28, "don't install it: these are not the bytes that were locked; find out who changed them"),
    "needs-compiling": (29, "publish a wheel for this runtime, and lock again"),
    "other-bytes": (30, "another init script or library installs it too: leave it out there"),
    "replaces": (31, "leave it out of the cluster, or choose a version that leaves the runtime alone"),
    "disk": (32, "give the node a larger disk"),
    "install": (33, "read what pip said above"),
    "broken": (34, "lock again: what is there does not fit together"),
    "interrupted": (35, "start the node again; look for what ended it, or raise the limit"),
    "runtime-moved": (36, "capture the runtime's table and lock again; or leave it out of other init scripts"),
}
FALL_BACK = {"token", "unreachable"}
FULL = {errno.ENOSPC, errno.EDQUOT}
LARGEST = 4 * 1024 * 1024
BLOCK = 1 << 20

ROW = r"([a-z0-9-]+)==(\S+) \\\n    --hash=sha256:([0-9a-f]{64})\n    # ([^\s/]+\.whl)(?:, ours)?: .+\n"
LAST_LINE = "--only-binary :all:\n"
FACT = re.compile(r"^# ([a-z0-9-]+): (.+)$", re.MULTILINE)
PLACES = {kind: Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib", "scripts", "data")}
MADE = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
PIP = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]


class Failed(Exception):
    """The node is not as locked; `code` is one of CODES."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Entry:
    """A wheel of the lock."""

    name: str
    version: str
    sha256: str
    wheel: str


@dataclass(frozen=True)
class Lock:
    """What is to be installed."""

    number: int
    sha256: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Pointer:
    """Which lock that is, and whose word it is: `volume`, `driver`, or `driver-silent` where that was asked in vain."""

    number: int
    sequence: int
    sha256: str
    origin: str


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


class Node:
    """This node: what it was told, where its state stands, and how it is called in the line that it prints."""

    def __init__(self, settings: Path) -> None:
        self.told: dict[str, Any] = json.loads(settings.read_bytes())
        self.work = settings.parent
        self.place = Path(self.told["place"])
        self.limits = self.told["limits"]
        self.trust = verify.read_trust(json.dumps(self.told["trust"]).encode())
        self.started = time.monotonic()
        self.said = {
            "cluster": self.told["cluster"],
            "node": os.environ.get("DB_CONTAINER_IP") or platform.node(),
            "role": "driver" if os.environ.get("DB_IS_DRIVER", "").upper() == "TRUE" else "executor",
            "runtime": os.environ.get("DATABRICKS_RUNTIME_VERSION") or self.told["runtime"],
        }

    @property
    def today(self) -> date:
        """The day, in UTC, by which keys are taken."""
        return datetime.now(timezone.utc).date()

    def read(self, name: str) -> dict[str, Any]:
        """Read a file of the state; one that is not there is empty."""
        path = self.place / name
        document: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {}
        return document

    def write(self, name: str, document: object) -> None:
        """Write a file of the state as JSON."""
        self.put(name, (json.dumps(document, indent=1, sort_keys=True) + "\n").encode())

    def put(self, name: str, content: bytes) -> None:
        """Write a file of the state: it is there wholly, or as it was."""
        draft = self.work / name
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(0o644)
        draft.replace(self.place / name)

    def print(self, verdict: str, said: dict[str, str]) -> None:
        """Print the line of this run, and keep it where there is room."""
        line = "wheelyard: " + verify.line_of(verdict, said)
        print(line, flush=True)
        log = self.place / "log"
        with suppress(OSError), log.open("a") as stream:
            stream.write(f"{datetime.now(timezone.utc).isoformat(timespec='seconds')} {line}\n")
            log.chmod(0o644)


def install(node: Node) -> dict[str, str]:
    """Make the node as locked, and say what was done; Failed leaves it as it was, but for what an older lock added."""
    pointer = read_pointer(node)
    lock = read_lock(node, pointer)
    wheels, source = fetch(node, lock)
    before, missing = compare(node, wheels)
    if missing:
        add(node, missing, before)
    moved = moved_rows(node, before)
    held = {each.entry.name: {"version": each.entry.version, "sha256": each.entry.sha256} for each in wheels}
    lock_said = {"lock": str(lock.number), "sequence": str(pointer.sequence), "pointer": pointer.origin}
    done = {"source": source["source"], "lock_sha256": lock.sha256, "wheels": held, "moved": moved}
    node.write("installed.json", {**node.said, **lock_said, **done})
    seconds = f"{time.monotonic() - node.started:.1f}"
    counts = {"added": str(len(missing)), "already": str(len(wheels) - len(missing)), "seconds": seconds}
    return {**lock_said, **source, **counts, "moved": str(len(moved) or "")}


def read_pointer(node: Node) -> Pointer:
    """Give the pointer that the cluster is to be made by, proven; a driver keeps it for the nodes that ask there."""
    if not Path(node.told["home"]).is_dir():
        raise Failed("volume", f"there is no {node.told['home']}, or this node may not read it")
    content, place, origin = choose_pointer(node)
    said, sha256 = prove(node, content, place, POINTER_TYPE, ("cluster", "number", "sequence"))
    number, sequence = verify.at(said, "number", int), verify.at(said, "sequence", int)
    if sequence < node.told["floor"]:
        raise Failed("replayed", f"{place} has the sequence {sequence}, and {node.told['floor']} was reached before")
    if node.said["role"] == "driver":
        node.put("pointer.intoto.jsonl", content)
    return Pointer(number, sequence, sha256, origin)


def choose_pointer(node: Node) -> tuple[bytes, str, str]:
    """Give the pointer's envelopes, where they are from, and whose word that is; only silence leads to the volume."""
    place, driver, port = node.told["pointer"], os.environ.get("DB_DRIVER_IP", ""), node.told["beacon"]
    if node.said["role"] == "driver" or not driver:
        return read(place), place, "volume"
    content = beacon.ask(driver, port, node.limits["driver"], LARGEST)
    if content is not None:
        return content, f"http://{driver}:{port}{beacon.PATH}", "driver"
    said = f"wheelyard: the driver {driver} gives no pointer on port {port}; the volume's is taken in its place"
    print(verify.plain(said), file=sys.stderr, flush=True)
    return read(place), place, "driver-silent"


def read_lock(node: Node, pointer: Pointer) -> Lock:
    """Read the lock that the pointer names, which is signed itself, for this cluster and this runtime."""
    place = f"{node.told['home']}/locks/{pointer.number}"
    content, bundle = read(f"{place}/lock.txt"), f"{place}/lock.intoto.jsonl"
    if hashlib.sha256(content).hexdigest() != pointer.sha256:
        raise Failed("untrusted", f"{place}/lock.txt is not the one that the pointer was signed for")
    said, signed = prove(node, read(bundle), bundle, LOCK_TYPE, ("cluster", "number", "runtime"))
    if (signed, said["number"]) != (pointer.sha256, pointer.number):
        raise Failed("untrusted", f"what was signed in {place} is another lock than {pointer.number}")
    head, found, body = content.decode().partition(LAST_LINE)
    if not found or not re.fullmatch(f"(?:{ROW})*", body):
        raise Failed("untrusted", f"{place}/lock.txt does not read as a lock does")
    require_runtime(node, said["runtime"], dict(FACT.findall(head)).get("python", ""))
    return Lock(pointer.number, pointer.sha256, tuple(Entry(*row) for row in re.findall(ROW, body)))


def prove(node: Node, bundle: bytes, place: str, kind: str, keys: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """Give what trusted keys have signed of this cluster's lock and its SHA-256, by the first line that shows it."""
    wrong: Exception = ValueError("it is empty")
    for line in bundle.splitlines():
        try:
            payload, payload_type, signatures = verify.read_envelope(line)
            verify.find_signers(payload, payload_type, signatures, node.trust, node.today)
            return judge(verify.parse_strictly(payload), kind, dict.fromkeys(keys) | {"cluster": node.told["cluster"]})
        except (verify.Unproven, ValueError) as error:
            wrong = error
    raise Failed("untrusted", f"{place} proves nothing: {wrong}")


def judge(statement: object, kind: str, wanted: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Give predicate and SHA-256 of a statement of this kind, cluster and shape; ValueError for any other."""
    types = (verify.at(statement, "_type", str), verify.at(statement, "predicateType", str))
    said: dict[str, Any] = verify.at(statement, "predicate", dict)
    subjects = verify.read_subjects(verify.at(statement, "subject", list))
    if types != (verify.STATEMENT_TYPE, kind) or set(subjects) != {"lock.txt"}:
        raise ValueError(f"it says {types[1]} of {', '.join(subjects)}, not {kind} of lock.txt")
    if set(said) - OPTIONAL[kind] != set(wanted) or said["cluster"] != wanted["cluster"]:
        raise ValueError(f"it is not of {wanted['cluster']}, or says other things than {', '.join(wanted)}")
    for name in {"number", *OPTIONAL[kind]} & set(said):
        verify.at(said, name, int)
    return said, subjects["lock.txt"]


def read(path: str) -> bytes:
    """Read a small file of the volume."""
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise Failed("volume", f"{path} can't be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise Failed("untrusted", f"{path} has more than {LARGEST} bytes")
    return content


def require_runtime(node: Node, runtime: str, python: str) -> None:
    """Refuse to install what was locked for another runtime than this one."""
    here = os.environ.get("DATABRICKS_RUNTIME_VERSION", "")
    table = re.match(r"\d+(?:\.\d+)?", node.told["runtime"])
    number = re.match(r"\d+\.\d+", here)
    if runtime != node.told["runtime"] or (number and table and not f"{number[0]}.".startswith(f"{table[0]}.")):
        raise Failed("runtime", f"the lock is for {runtime}, the script for {node.told['runtime']}, and here is {here}")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version != python:
        raise Failed("runtime", f"the lock is for Python {python}, and here is {version}")


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


def compare(node: Node, wheels: list[Wheel]) -> tuple[dict[str, str], list[Wheel]]:
    """Take back what earlier runs left and the lock does not have; give what is there then, and what is missing."""
    wanted = {each.entry.name: each for each in wheels}
    ours = node.read("ours.json")
    kept = {name: held for name, held in ours.items() if name in wanted and wanted[name].is_made_of(held)}
    shared = {path for held in kept.values() for path in held["files"]}
    for name in set(ours) - set(kept):
        remove([Path(each) for each in ours[name]["files"] if each not in shared])
    node.write("ours.json", kept)
    before = {name: each.version for name, each in list_installed().items()}
    for name, each in wanted.items():
        there = before.get(name, each.entry.version)
        if Version(there) != Version(each.entry.version):
            raise Failed("runtime-moved", f"{name} {there} is here, and {each.entry.version} was locked")
        if name in before and not each.is_whole():
            raise Failed("other-bytes", f"{name} {there} is here with other bytes than {each.entry.wheel}")
    missing = [each for each in wheels if each.entry.name not in before]
    require_room(missing)
    return before, missing


def require_room(wheels: list[Wheel]) -> None:
    """Refuse wheels that would write over what is here, or over each other; the same bytes twice are no harm."""
    taken: dict[Path, tuple[str, str]] = {}
    for each in wheels:
        for path, digest in each.files.items():
            owner, other = taken.setdefault(path, (each.entry.name, digest))
            if owner != each.entry.name and (not digest or other != digest):
                raise Failed("replaces", f"{owner} and {each.entry.name} both have {path}, with other bytes")
            if os.path.lexists(path) and not (digest and has_bytes(path, digest)):
                raise Failed("replaces", f"{each.entry.wheel} would write over {path}, which is here already")


def add(node: Node, missing: list[Wheel], before: dict[str, str]) -> None:
    """Install what is missing and prove that nothing else has changed, or take it back."""
    kept = node.read("ours.json")
    new = {each.entry.name: each.as_begun() for each in missing}
    unmet = find_unmet(list_installed())
    node.write("ours.json", {**kept, **new})  # before the first file of it: what a killed run leaves is known
    try:
        run_pip(node, missing)
        after = list_installed()
        require_same(before, after, missing)
        require_needs(find_unmet(after) - unmet, after, moved_rows(node, before))
    except BaseException:
        for held in new.values():
            remove([Path(each) for each in held["files"]])
        node.write("ours.json", kept)
        raise


def run_pip(node: Node, missing: list[Wheel]) -> None:
    """Install by the runtime's pip what is here, each wheel by its hash, whatever the machine says about indexes."""
    rows = [f"{each.entry.name}=={each.entry.version} --hash=sha256:{each.entry.sha256}\n" for each in missing]
    wanted = node.work / "missing.txt"
    wanted.write_text("".join(rows))
    words = ["--no-index", "--find-links", str(node.work / "wheels"), "--no-deps", "--require-hashes"]
    words += ["--only-binary=:all:", "--no-cache-dir", "--no-warn-script-location", "--root-user-action=ignore"]
    done = subprocess.run(
        [*PIP, "install", *words, "--requirement", str(wanted)],
        env={"HOME": str(node.work), "LC_ALL": "C.UTF-8", "PATH": os.defpath, "PIP_CONFIG_FILE": os.devnull},
        cwd=node.work,
        umask=0o022,  # sessions of other users read what it writes
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(verify.plain(done.stderr.strip()[-900:]), file=sys.stderr, flush=True)
        is_full = any(os.strerror(each) in done.stderr for each in FULL)
        raise Failed("disk" if is_full else "install", f"pip ended with {done.returncode}")


def require_same(before: dict[str, str], after: dict[str, Distribution], missing: list[Wheel]) -> None:
    """Require that all is there that was, and the new byte by byte."""
    there = {name: each.version for name, each in after.items()}
    if changed := sorted(name for name, version in before.items() if there.get(name) != version):
        said = ", ".join(f"{name} {before[name]} -> {there.get(name, 'gone')}" for name in changed)
        raise Failed("replaces", f"installing has changed {said}")
    for each in missing:
        if each.entry.name not in there or not each.is_whole():
            raise Failed("install", f"{each.entry.wheel} was installed, and is not here byte by byte")


def find_unmet(installed: dict[str, Distribution]) -> set[tuple[str, str]]:
    """Give who needs what that is not here, or not in that version, as `pip check` does; every runtime has some."""
    needs = [(name, line) for name, each in installed.items() for line in each.requires or ()]
    return {(name, need) for name, line in needs if (need := unmet_by(line, installed))}


def unmet_by(line: str, installed: dict[str, Distribution]) -> str:
    """Give the name in a requirement that what is installed does not meet; nothing where it does, or can't be read."""
    try:
        need = Requirement(line)
        there = installed.get(canonicalize_name(need.name))
        is_met = bool(there and need.specifier.contains(there.version, prereleases=True))
    except (InvalidRequirement, InvalidVersion):
        return ""
    is_asked = need.marker is None or need.marker.evaluate({"extra": ""})
    return canonicalize_name(need.name) if is_asked and not is_met else ""


def require_needs(new: set[tuple[str, str]], after: dict[str, Distribution], moved: dict[str, list[str]]) -> None:
    """Require that nobody lacks what it needs who did not before."""
    said = [
        f"{name} {after[name].version} does not work with {need} {after[need].version if need in after else 'absent'}"
        for name, need in sorted(new)
    ]
    if said:
        is_moved = bool({name for pair in new for name in pair} & set(moved))
        raise Failed("runtime-moved" if is_moved else "broken", "; ".join(said))


def moved_rows(node: Node, before: dict[str, str]) -> dict[str, list[str]]:
    """Give what the runtime has in other versions than its table said, or not any more."""
    table = dict(each.split("==") for each in node.told["shipped"])
    return {name: [was, before.get(name, "")] for name, was in table.items() if before.get(name) != was}


def list_installed() -> dict[str, Distribution]:
    """Give every distribution by its normalised name, as Python finds them now."""
    invalidate_caches()
    found: dict[str, Distribution] = {}
    for each in distributions():
        if each.metadata["Name"] and each.metadata["Version"]:
            found.setdefault(canonicalize_name(each.metadata["Name"]), each)
    return found


def remove(files: list[Path]) -> None:
    """Remove files that were put here, what Python has compiled of them, and folders that are then empty."""
    for path in files:
        path.unlink(missing_ok=True)
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc") if path.suffix == ".py" else ():
            compiled.unlink()
    for folder in sorted({each for path in files for each in path.parents}, reverse=True):
        if folder.suffix == ".dist-info":
            shutil.rmtree(folder, ignore_errors=True)  # pip writes more there, under names of its own
        for each in (folder / "__pycache__", folder):
            if each.is_dir() and each not in PLACES.values() and not any(each.iterdir()):
                each.rmdir()


def has_bytes(path: Path, digest: str) -> bool:
    """Whether a file is there, and of that SHA-256 where one is known."""
    return path.is_file() and digest in {"", verify.digest_of(path)}


def give_up(number: int, _: object) -> NoReturn:
    """End at a signal, taking back what was begun."""
    raise Failed("interrupted", "it took too long" if number == signal.SIGALRM else f"signal {number}")


def end(node: Node, code: str, message: str) -> int:
    """Say what is wrong and what to do next, and give the exit code."""
    status, hint = CODES[code]
    for name in ("installed.json", "pointer.intoto.jsonl"):
        (node.place / name).unlink(missing_ok=True)  # a signal may come at any time
    node.print("FAIL", {"code": code, **node.said, "what": verify.plain(message)})
    print(f"hint: {hint}", file=sys.stderr, flush=True)
    return status


def main(words: list[str]) -> int:
    """Make this node as locked; the exit code is 0, or one of CODES."""
    try:
        node = Node(Path(words[0]))
    except (IndexError, KeyError, OSError, ValueError, verify.Misused) as error:
        print(f"wheelyard: FAIL code=settings what={json.dumps(verify.plain(str(error)))}", flush=True)
        return 20
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(each, give_up)
    signal.setitimer(signal.ITIMER_REAL, node.limits["whole"])
    try:
        node.print("OK", {**node.said, **install(node)})
    except Failed as error:
        return end(node, error.code, str(error))
    except OSError as error:
        return end(node, "disk" if error.errno in FULL else "defect", str(error))
    except Exception as error:  # noqa: BLE001  # whatever happened, the node is not as locked
        return end(node, "defect", repr(error))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
