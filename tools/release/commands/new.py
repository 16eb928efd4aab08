"""`new`: a package that passes every gate as it is."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from release.adapters.machine import Machine
from release.commands.tables import renew_tables
from release.errors import Incomplete, UsageError
from release.model.new_name import require_usable_name
from release.session import Session, json_option
from release.steps.read import read_packages
from release.template import render_package
from release.toolchain import TOOLCHAIN
from release.wiring import find_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from release.model.policy import RootPolicy
    from release.ports import Source

FIRST = "0.1.0"
LICENCE = "LICENSE"
_PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==", re.MULTILINE)
_LICENCES = {
    "MIT License": "MIT",
    "Apache License Version 2.0": "Apache-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "Mozilla Public License Version 2.0": "MPL-2.0",
}
"""Licences by their first words; what begins otherwise is a company's own."""
_HOME = "https://github.com/wheelyard/wheelyard"


@click.command()
@click.argument("package")
@json_option
@click.pass_obj
def command(session: Session, package: str) -> int:
    """Make a PACKAGE with everything that a release asks for: it can be committed, rehearsed and tagged as it is.

    \b
    Examples:
      hatch run release new table-history
      hatch run release new table-history --json
    """
    source = find_source(session.settings)
    policy = session.settings.policy(source.read)
    require_usable_name(package, _names_in_use(source, policy.members))
    folder = _folder_of(package, policy.members)
    _require_absent(source.root / folder)
    home = Machine(session.settings.for_tools, source.root).web_address("origin") or _home_of(policy)
    own = _own_licence(source.root)
    files = {**render_package(_values(package, folder, home, _licence_of(own))), **own}
    _make(source.root / folder, files)
    documents = renew_tables(source.root, policy.members)
    steps = _next_steps(package, folder, documents)
    if session.as_json:
        session.answer(
            {
                "package": package,
                "folder": str(folder),
                "files": sorted(map(str, files)),
                "documents": sorted(map(str, documents)),
                "next": steps,
            }
        )
        return 0
    rows = f", and a row in {', '.join(map(str, documents))}" if documents else ""
    session.terminal.say(f"{folder} is made: {len(files)} files{rows}. Next:")
    for step in steps:
        session.terminal.answer(step)
    return 0


def _names_in_use(source: Source, members: Sequence[str]) -> dict[str, str]:
    """Give every name that is taken, and by whom: packages that are or were here, and what environments install."""
    locks = [*TOOLCHAIN.glob("*.txt"), source.root / "tools" / "locks" / "environments.txt"]
    pins = {pin["name"] for lock in locks if lock.is_file() for pin in _PIN.finditer(lock.read_text(encoding="utf-8"))}
    released = {ref.name.partition("/")[0]: f"the tag {ref.name}" for ref in source.tags if "/v" in ref.name}
    head = source.commit("HEAD")
    packages = read_packages(source, head.sha, members).names if head else ()
    return {
        **dict.fromkeys(pins, "a distribution that the environments install"),
        **released,
        **dict.fromkeys(packages, "a package of this repository"),
    }


def _folder_of(package: str, members: Sequence[str]) -> PurePosixPath:
    for member in members:
        if PurePosixPath(member).name == "*" and "*" not in str(PurePosixPath(member).parent):
            return PurePosixPath(member).parent / package
    raise UsageError(
        f"[tool.release] members ({', '.join(members)}) leave no place for a new package",
        hint='name a folder whose every folder is a package: members = ["packages/*"]',
    )


def _require_absent(folder: Path) -> None:
    twin = next((each for each in folder.parent.glob("*") if each.name.lower() == folder.name), None)
    if twin or folder.is_symlink():
        raise UsageError(f"{twin or folder} is there already", hint="choose another name, or move it elsewhere")


def _home_of(policy: RootPolicy) -> str:
    return policy.repository.rstrip("/") if policy.repository.startswith("https://") else _HOME


def _values(package: str, folder: PurePosixPath, home: str, licence: str) -> dict[str, str]:
    today = datetime.now(UTC).date()
    return {
        "name": package,
        "module": package.replace("-", "_"),
        "folder": str(folder),
        "up": "/".join([".."] * len(folder.parts)),
        "home": home,
        "licence": licence,
        "today": today.isoformat(),
        "year": str(today.year),
    }


def _own_licence(root: Path) -> dict[PurePosixPath, str]:
    """Give the repository's licence, whichever it is: a package has no other than the repository that it stands in."""
    path = root / LICENCE
    return {PurePosixPath(LICENCE): path.read_text(encoding="utf-8")} if path.is_file() else {}


def _licence_of(own: Mapping[PurePosixPath, str]) -> str:
    """Name the licence as SPDX does; one of a company's own is none of SPDX's, and has the name that SPDX leaves it."""
    text = " ".join(own.get(PurePosixPath(LICENCE), "MIT License").split())
    return next((name for start, name in _LICENCES.items() if text.startswith(start)), "LicenseRef-Proprietary")


def _make(folder: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Write everything beside the folder, then give it its name: it is there whole or not at all."""
    made = folder.parent / f".new-{uuid4().hex}"
    try:
        made.mkdir(parents=True)
        for path, text in files.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_text(text, encoding="utf-8", newline="\n")
        made.rename(folder)
    except OSError as error:
        raise Incomplete(
            f"{folder} can't be made: {error.strerror} ({error.filename})",
            hint="mend that (space, permissions), and run the same command again",
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _next_steps(package: str, folder: PurePosixPath, documents: Sequence[PurePosixPath]) -> list[str]:
    paths = " ".join(map(str, (folder, *documents)))
    return [
        f'git add {paths} && git commit -m "Add {package}" -- {paths}',
        f"hatch run release rehearse {package}",
        f"hatch run release tag {package} {FIRST}",
    ]
