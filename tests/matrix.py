"""Run the packages' tests in every environment of the matrix whose interpreter is here, and name the others.

`hatch run matrix [PYTEST WORDS]` runs them all; `MATRIX=py3.12` in the environment picks those whose names hold that,
and `PACKAGE=env-drift` that package's tests, or those of several with a space between:
`PACKAGE=env-drift MATRIX=py3.12-4.0` is one job of a workflow.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

_NAME = re.compile(r"matrix\.py(?P<python>3\.\d+)-(?P<spark>[\d.]+)")


def list_environments() -> list[str]:
    """Give the names of the matrix's environments, as Hatch has them."""
    said = subprocess.run(["hatch", "env", "show", "--json"], check=True, capture_output=True, text=True)
    return [name for name in json.loads(said.stdout) if _NAME.fullmatch(name)]


def choose_environments(names: list[str], wanted: str) -> list[str]:
    """Give the environment of exactly that name, else all whose names hold it."""
    exact = [name for name in names if name == f"matrix.{wanted}"]
    return exact or [name for name in names if wanted in name]


def choose_folders(packages: str) -> list[str]:
    """Give the folders whose tests are run: those of the packages named, or that of them all."""
    known = sorted(path.parent.name for path in Path("packages").glob("*/pyproject.toml"))
    if unknown := [name for name in packages.split() if name not in known]:
        raise SystemExit(f"PACKAGE names no package: {unknown[0]!a}; packages: {', '.join(known) or 'none'}")
    return [f"packages/{name}" for name in packages.split()] or ["packages"]


def find_interpreter(python: str) -> Path | None:
    """Find the folder of an interpreter that runs: on the PATH, or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [*map(Path, os.get_exec_path()), *sorted(pyenv.glob(f"versions/{python}.*/bin"), reverse=True)]
    for folder in folders:
        program = folder / f"python{python}"
        if program.is_file() and subprocess.run([program, "-c", ""], check=False, capture_output=True).returncode == 0:
            return folder
    return None


def run_environment(name: str, words: list[str]) -> str:
    """Run tests in one environment, and say how it went."""
    match = _NAME.fullmatch(name)
    python = match["python"] if match else ""
    interpreter = find_interpreter(python)
    if interpreter is None:
        return f"skipped: there is no CPython {python} here"
    path = os.pathsep.join([str(interpreter), os.environ.get("PATH", os.defpath)])
    command = ["hatch", "--env", name, "run", "pytest", *words]
    done = subprocess.run(command, env={**os.environ, "PATH": path}, check=False)
    return "passed" if done.returncode == 0 else f"failed with {done.returncode}"


def main() -> int:
    """Run the matrix and sum it up; nothing that ran is not a success."""
    words = [*choose_folders(os.environ.get("PACKAGE", "")), *sys.argv[1:]]
    chosen = choose_environments(list_environments(), os.environ.get("MATRIX", ""))
    endings = {name: run_environment(name, words) for name in chosen}
    for name, ending in endings.items():
        print(f"{name:<20} {ending}")
    ran = [ending for ending in endings.values() if not ending.startswith("skipped")]
    return 0 if ran and all(ending == "passed" for ending in ran) else 1


if __name__ == "__main__":
    raise SystemExit(main())
