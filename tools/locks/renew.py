"""Renew every lock: `hatch run lock` takes the newest that fits, `hatch run lock --keep` changes as little as it can.

A lock is a requirements file with hashes, which names no index: whoever installs from it chooses where from.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import tomli
import uv
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.model.toolchain import ToolFile, write_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
TOOLCHAIN = ROOT / "tools" / "release" / "toolchain"
LOCKS = ROOT / "tools" / "locks"
BINDING = ("UV_CONSTRAINT", "UV_BUILD_CONSTRAINT")
"""What binds an environment to the locks as they are: a new one would be the old one again."""


def compile_pins(python: str, *words: str, stdin: str | None = None) -> str:
    """Resolve requirements for every platform, bound by nothing but what the words name."""
    command = [uv.find_uv_bin(), "pip", "compile", "--quiet", "--universal", "--no-header", "--no-annotate"]
    free = {name: value for name, value in os.environ.items() if name not in BINDING}
    command += ["--python-version", python, *words]
    return subprocess.run(
        command, check=True, cwd=ROOT, env=free, input=stdin, text=True, stdout=subprocess.PIPE
    ).stdout


def compile_lock(lock: Path, python: str, *words: str, keep: bool, stdin: str | None = None) -> None:
    """Write one lock; what it holds already is preferred where it is kept."""
    upgrade = () if keep else ("--upgrade",)
    compile_pins(python, "--generate-hashes", *upgrade, *words, "--output-file", str(lock), stdin=stdin)


def name_files(lock: Path) -> None:
    """Rewrite a lock so that each pin has one file: the wheel for every platform, so that what was used is known."""
    names, pins = str(lock.with_suffix(".in")), str(lock)
    document = compile_pins("3.10", "--format", "pylock.toml", names, "--constraint", pins)
    lock.write_text(write_requirements(_tool_of(each) for each in tomli.loads(document)["packages"]))


def _tool_of(package: dict[str, Any]) -> ToolFile:
    digests = {_name_of(wheel): wheel["hashes"]["sha256"] for wheel in package.get("wheels", ())}
    pure = [name for name in digests if name.endswith("-py3-none-any.whl")]
    if len(pure) != 1:
        raise SystemExit(f"{package['name']} {package['version']}: {len(pure)} wheels are for every platform, not one")
    return ToolFile(package["name"], package["version"], pure[0], digests[pure[0]], package.get("marker", ""))


def _name_of(wheel: dict[str, Any]) -> str:
    name: str = wheel.get("name") or PurePosixPath(unquote(urlsplit(wheel["url"]).path)).name
    return name


def collect_requirements(environments: Iterable[dict[str, Any]], members: Iterable[Path]) -> str:
    """Collect what environments and members ask for, but for the members themselves."""
    projects = [tomli.loads(path.read_text())["project"] for path in members]
    names = {canonicalize_name(project["name"]) for project in projects}
    lines = {line for each in (*environments, *projects) for line in each.get("dependencies", ())}
    return "\n".join(sorted(line for line in lines if canonicalize_name(Requirement(line).name) not in names))


def main() -> None:
    """Renew the toolchain's locks, then the environments', which agree with it."""
    keep = "--keep" in sys.argv[1:]
    for names in sorted(TOOLCHAIN.glob("*.in")):
        compile_lock(names.with_suffix(".txt"), "3.10", str(names), keep=keep)
    name_files(TOOLCHAIN / "build.txt")
    environments = tomli.loads((ROOT / "hatch.toml").read_text())["envs"]
    compile_lock(LOCKS / "hatch.txt", "3.11", "-", keep=keep, stdin="\n".join(environments["default"]["dependencies"]))
    matrix = environments.pop("matrix")
    packages = sorted(ROOT.glob("packages/*/pyproject.toml"))
    constraint = ("--constraint", str(TOOLCHAIN / "build.in"))
    asked = collect_requirements(environments.values(), [ROOT / "tools/pyproject.toml", *packages])
    compile_lock(LOCKS / "environments.txt", "3.11", "-", *constraint, keep=keep, stdin=asked)
    values = matrix["overrides"]["matrix"]["spark"]["dependencies"]
    for spark in sorted({spark for each in values for spark in each["if"]}):
        own = {"dependencies": [each["value"] for each in values if spark in each["if"]]}
        asked = collect_requirements([matrix, own], packages)
        compile_lock(LOCKS / f"spark-{spark}.txt", "3.10", "-", keep=keep, stdin=asked)


if __name__ == "__main__":
    main()
