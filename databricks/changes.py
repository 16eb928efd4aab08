"""What installing changes on a node: what is missing is added, everything else stays, or all of it is taken back."""

# ruff: noqa: INP001, T201  # it runs on a node, beside the others of its folder

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from importlib import invalidate_caches
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from databricks.wheels import PLACES, Wheel, has_bytes

    from databricks import verify
    from databricks.node import Failed, Node
else:
    import verify
    from node import Failed, Node
    from wheels import PLACES, Wheel, has_bytes

FULL = {errno.ENOSPC, errno.EDQUOT}
PIP = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]


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
