"""Renew every lock: `hatch run lock` takes the newest that fits, `hatch run lock --keep` changes as little as it can.

A lock is a requirements file with hashes, which names no index: whoever installs from it chooses where from.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import tomli
import uv
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
TOOLCHAIN = ROOT / "tools" / "release" / "toolchain"
ENVIRONMENTS = ROOT / "tools" / "locks" / "environments.txt"
COMPILE = ("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate")


def compile_lock(lock: Path, python: str, *words: str, keep: bool, stdin: str | None = None) -> None:
    """Write one lock; what it holds already is preferred where it is kept."""
    upgrade = () if keep else ("--upgrade",)
    command = [uv.find_uv_bin(), *COMPILE, "--python-version", python, *upgrade, *words, "--output-file", str(lock)]
    subprocess.run(command, check=True, cwd=ROOT, input=stdin, text=True, stdout=subprocess.DEVNULL)


def collect_requirements() -> str:
    """Collect what every Hatch environment and every member asks for, but for the members themselves."""
    environments = tomli.loads((ROOT / "hatch.toml").read_text())["envs"]
    paths = (ROOT / "tools/pyproject.toml", *sorted(ROOT.glob("packages/*/pyproject.toml")))
    members = [tomli.loads(path.read_text())["project"] for path in paths]
    names = {canonicalize_name(member["name"]) for member in members}
    lines = {line for each in (*environments.values(), *members) for line in each.get("dependencies", ())}
    return "\n".join(sorted(line for line in lines if canonicalize_name(Requirement(line).name) not in names))


def main() -> None:
    """Renew the toolchain's locks, then the environments', which agree with it."""
    keep = "--keep" in sys.argv[1:]
    for asked in sorted(TOOLCHAIN.glob("*.in")):
        compile_lock(asked.with_suffix(".txt"), "3.10", str(asked), keep=keep)
    constraint = ("--constraint", str(TOOLCHAIN / "build.in"))
    compile_lock(ENVIRONMENTS, "3.11", "-", *constraint, keep=keep, stdin=collect_requirements())


if __name__ == "__main__":
    main()
