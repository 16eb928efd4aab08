"""Repositories to release from: a few packages that pass every gate, or a thousand with twenty thousand tags."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[2]
_DATE = "1790000000 +0000"
_AT_HEAD = 20
_CHANGED = 50
_PATCHES = 7
_WHO = "The benchmarks <benchmarks@example.org>"
_PROJECT = """[build-system]
requires = ["hatchling>=1.27", "hatch-vcs>=0.5"]
build-backend = "hatchling.build"

[project]
name = "{name}"
dynamic = ["version"]
description = "One of many packages that do next to nothing"
readme = "README.md"
requires-python = ">=3.10"
license = "MIT"
license-files = ["LICENSE"]
authors = [{{ name = "The benchmarks" }}]
classifiers = ["Programming Language :: Python :: 3 :: Only"]
dependencies = [{needs}]

[project.urls]
Source = "https://example.org/{name}"

[tool.hatch.version]
source = "vcs"
tag-pattern = '^{name}/v(?P<version>[^/]+)$'

[tool.hatch.version.raw-options]
root = "../.."
dist_name = "{name}"

[tool.hatch.version.raw-options.scm.git]
describe_command = ["git", "describe", "--dirty", "--tags", "--long", "--match", "{name}/v[0-9]*"]
pre_parse = "fail_on_shallow"

[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]
"""
_CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-09-21\n\n### Added\n\n- Everything.\n"


def make_packages(folder: Path, count: int, *, needing_first: int = 0) -> tuple[str, ...]:
    """Make a repository of this project's tools and trivial packages that are tagged at HEAD; give their names.

    Some of them need the first, the last ones.
    """
    shutil.copytree(_ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("hatch.toml", "pyproject.toml", ".gitignore"):
        shutil.copy(_ROOT / name, folder / name)
    names = tuple(f"part-{number:02}" for number in range(1, count + 1))
    for number, name in enumerate(names, 1):
        needs = f'"{names[0]}>=0.1"' if number > count - needing_first else ""
        for path, content in _files(name, needs).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content, "utf-8")
    commands = [["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "--message=All"]]
    for words in [*commands, *(["tag", f"{name}/v0.1.0"] for name in names)]:
        subprocess.run(["git", *_identity(), *words], cwd=folder, check=True)
    return names


def make_history(folder: Path, packages: int, rounds: int) -> tuple[str, ...]:
    """Make a history: a commit and a tag for each package in each round, then one commit that some tags name."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)
    names = tuple(f"part-{number:04}" for number in range(packages))
    script = "".join(_history(names, rounds)).encode()
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=script, check=True)
    for words in (["pack-refs", "--all"], ["reset", "--quiet", "--hard"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return names


def _identity() -> tuple[str, ...]:
    return ("-c", "user.name=The benchmarks", "-c", "user.email=benchmarks@example.org", "-c", "tag.gpgSign=false")


def _files(name: str, needs: str = "") -> dict[str, str]:
    """Give what a package that passes every gate is made of, by path from the repository's root."""
    module = name.replace("-", "_")
    home = f"packages/{name}"
    return {
        f"{home}/pyproject.toml": _PROJECT.format(name=name, module=module, needs=needs),
        f"{home}/README.md": f"# {name}\n\nDoes next to nothing.\n",
        f"{home}/LICENSE": (_ROOT / "LICENSE").read_text("utf-8"),
        f"{home}/CHANGELOG.md": _CHANGELOG,
        f"{home}/src/{module}/__init__.py": f'"""Next to nothing."""\n\nNAME = "{name}"\n',
    }


def _history(names: tuple[str, ...], rounds: int) -> Iterator[str]:
    """Give the words of `git fast-import`; every tenth package stands alone, the others need the one before."""
    every: dict[str, str] = {}
    for number, name in enumerate(names):
        every |= _files(name, f'"{names[number - 1]}>=0.1"' if number % 10 else "")
    yield _commit("All", every)
    for number in range(1, rounds + 1):
        for place, name in enumerate(names):
            yield _commit(f"Change {name}", {_module(name): f'"""Round {number}."""\n'})
            yield _tag(f"{name}/v0.{number}.{place % _PATCHES}")
    yield _commit("Change many", {f"packages/{name}/README.md": "# Changed\n" for name in names[:_CHANGED]})
    yield from (_tag(f"{name}/v1.{rounds}.0") for name in names[:_AT_HEAD])


def _module(name: str) -> str:
    return f"packages/{name}/src/{name.replace('-', '_')}/__init__.py"


def _tag(name: str) -> str:
    return f"tag {name}\nfrom refs/heads/main\ntagger {_WHO} {_DATE}\ndata {len(name)}\n{name}\n"


def _commit(message: str, files: dict[str, str]) -> str:
    rows = [f"commit refs/heads/main\ncommitter {_WHO} {_DATE}\ndata {len(message)}\n{message}\n"]
    rows += [f"M 100644 inline {path}\ndata {len(content.encode())}\n{content}\n" for path, content in files.items()]
    return "".join(rows)
