"""A monorepo made on the spot: real git, real packages that pass every gate as they are."""

from __future__ import annotations

import os
import subprocess
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

TAGGED = "2026-01-02T03:04:05+00:00"
_PROJECT = """\
[build-system]
requires = ["hatchling>=1.27", "hatch-vcs>=0.5"]
build-backend = "hatchling.build"

[project]
name = "{name}"
dynamic = ["version"]
description = "The package {name}"
readme = "README.md"
requires-python = ">=3.10"
license = "MIT"
license-files = ["LICENSE"]
authors = [{{ name = "Ada Lovelace", email = "ada@example.com" }}]
classifiers = ["Programming Language :: Python :: 3 :: Only", "Typing :: Typed"]
dependencies = [{dependencies}]

[project.urls]
Source = "https://example.com/{name}"
{more}
[tool.hatch.version]
source = "vcs"
tag-pattern = '^{name}/v(?P<version>[^/]+)$'

[tool.hatch.version.raw-options]
root = "../.."
dist_name = "{name}"

[tool.hatch.version.raw-options.scm.git]
describe_command = ["git", "describe", "--dirty", "--tags", "--long", "--match", "{name}/v[0-9]*"]
pre_parse = "fail_on_shallow"

[tool.hatch.build.targets.sdist]
include = ["/src", "/tests", "/CHANGELOG.md"]

[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]

[tool.release]
{policy}"""
_TEST = """\
import pytest  # noqa: F401

import {module}


{mark}def test_it_says_its_name() -> None:
    assert {module}.NAME == "{name}"
"""


class Repository:
    """A work tree with git in it; paths are relative to its root."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True)
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")
        self.write(".gitignore", "/dist/\n__pycache__/\n")
        self.write("pyproject.toml", "[tool.release]\n")

    def git(self, *words: str, at: str = TAGGED) -> str:
        """Run git here, as if it were the time `at`, and give what it prints."""
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        done = subprocess.run(
            ["git", *words], cwd=self.root, env={**os.environ, **dates}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file and the folders it needs."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def edit(self, path: str, old: str, new: str) -> None:
        """Put one text in place of another, which must be there."""
        text = (self.root / path).read_text()
        assert old in text, f"{path} does not hold {old!r}"
        self.write(path, text.replace(old, new))

    def add(  # noqa: PLR0913  # each is a part of a package, and by name
        self,
        name: str,
        *,
        requires: Iterable[str] = (),
        files: Mapping[str, str | bytes] | None = None,
        versions: Iterable[str] = ("0.1.0",),
        changelog: str | None = None,
        scripts: Mapping[str, str] | None = None,
        project: str = "",
        policy: str = "",
        smoke: bool = False,
    ) -> Repository:
        """Write a package: its changelog has an entry for each version, if it is not given whole.

        `scripts` go below [project.scripts], `project` is any TOML between [project.urls] and [tool.hatch], and
        `policy` what stands below [tool.release]. `files` are relative to the package's folder and written last.
        `smoke` marks its test, which costs a release the seconds that pytest takes to start.
        """
        module = name.replace("-", "_")
        called = "".join(f'{script} = "{place}"\n' for script, place in (scripts or {}).items())
        text = _PROJECT.format(
            name=name,
            module=module,
            dependencies=", ".join(f'"{each}"' for each in requires),
            more=f"\n[project.scripts]\n{called}{dedent(project)}" if called else f"\n{dedent(project)}",
            policy=dedent(policy),
        )
        entries = "".join(f"\n## [{version}] - 2026-01-02\n\n### Added\n\n- Something.\n" for version in versions)
        defaults: dict[str, str | bytes] = {
            "pyproject.toml": text,
            "README.md": f"# {name}\n\nA package.\n",
            "LICENSE": "MIT License\n",
            "CHANGELOG.md": f"# Changelog\n{entries}" if changelog is None else changelog,
            f"src/{module}/__init__.py": f'"""The package {name}."""\n\nNAME = "{name}"\n',
            f"src/{module}/py.typed": "",
            f"tests/test_{module}.py": _TEST.format(
                module=module, name=name, mark="@pytest.mark.smoke\n" if smoke else ""
            ),
        }
        for path, content in {**defaults, **(files or {})}.items():
            self.write(f"packages/{name}/{path}", content)
        return self

    def commit(self, message: str = "Change things", *, at: str = TAGGED) -> str:
        """Commit everything and give the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message, at=at)
        return self.git("rev-parse", "HEAD")

    def tag(self, *names: str, annotated: bool = True, commit: str = "HEAD") -> Repository:
        """Tag a commit; what is not yet committed stays so."""
        for name in names:
            kind = ("--annotate", "--message", f"Release {name}") if annotated else ()
            self.git("tag", *kind, "--", name, commit)
        return self

    def dist(self, package: str, version: str = "0.1.0") -> Path:
        """Give the folder that a release leaves its files in."""
        return self.root / "dist" / package / version

    def index(self, channel: str = "stable") -> Path:
        """Give the root of a channel's embedded index."""
        return self.root / "dist" / "index" / channel / "simple"
