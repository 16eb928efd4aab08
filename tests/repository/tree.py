"""The repository itself, as the tests of this folder read it."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))


def tracked_files() -> list[Path]:
    """Give every file that git tracks, or that it would track."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in said.decode().split("\0") if name and (path := ROOT / name).is_file()]


def copy_repository(folder: Path) -> None:
    """Clone this repository on its release branch, with what is not yet committed."""
    subprocess.run(["git", "clone", "--quiet", "--no-tags", str(ROOT), str(folder)], check=True)
    for path in tracked_files():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    for words in (
        ["checkout", "--quiet", "-B", "main"],
        ["add", "--all"],
        ["commit", "--quiet", "--allow-empty", "--message", "Try it"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)


def imported_modules(path: Path) -> set[str]:
    """Give every module that a file imports, wherever in it; with what it takes from each, as that may be a module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return names
