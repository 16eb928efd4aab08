"""What the rows of runtime tables need, as an index knows it: asked of uv and pip, which install nothing."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import tomli
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

from release.adapters.process import run
from release.adapters.uv import Uv, require_answer
from release.errors import GateUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.tags import Tag

    from release.model.runtime import Runtime, Shipped

_PLATFORMS: Final = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(39, 4, -1)),
    *(f"manylinux{year}_x86_64" for year in ("2014", "2010", "1")),
    "linux_x86_64",
)
_NOWHERE = re.compile(r"(?:there is no version of |Because )(?P<name>[a-z0-9-]+)(?:==\S+| was not found)")
_SECONDS: Final = 1800.0


@dataclass(frozen=True)
class Describer:
    """The door to the index that uv and pip are set up for."""

    environment: Mapping[str, str]

    def describe(self, runtime: Runtime) -> dict[str, list[str]]:
        """Give the Requires-Dist of the runtime's rows that nobody described yet; none of rows without a wheel.

        Building an sdist would run its code here, so what has no wheel for this Python stays undescribed, unless
        another runtime with another Python ships the same version.
        """
        rows = {each.name: each for each in runtime.shipped if not each.is_described}
        with TemporaryDirectory(prefix="described-") as place:
            tags = frozenset(_tags(int(runtime.python.partition(".")[2])))
            wheels = self._find_wheels(rows, runtime.python, Path(place))
            fitting = [rows[name] for name, files in wheels.items() if tags & _tags_of(files)]
            return self._read_needs(fitting, runtime.python, Path(place)) if fitting else {}

    def _find_wheels(self, rows: Mapping[str, Shipped], python: str, folder: Path) -> dict[str, list[str]]:
        """Give the file names of each row's wheels; rows that no index has fall out."""
        asked, lock = folder / "rows.in", folder / "pylock.rows.toml"
        left = dict(rows)
        while left:
            asked.write_text("".join(f"{each}\n" for each in left.values()))
            words = [
                "pip",
                "compile",
                str(asked),
                "--no-deps",
                "--python-version",
                python,
                "--python-platform",
                "linux",
            ]
            done = Uv(self.environment).ask(*words, "--format", "pylock.toml", "-o", str(lock), cwd=folder)
            missing = _NOWHERE.search(done.output) if done.code else None
            if not missing or missing["name"] not in left:
                require_answer(done)
                break
            del left[missing["name"]]
        packages = tomli.loads(lock.read_text())["packages"] if left else []
        return {canonicalize_name(each["name"]): list(_wheels(each)) for each in packages}

    def _read_needs(self, rows: Iterable[Shipped], python: str, folder: Path) -> dict[str, list[str]]:
        """Read what pip's report says of rows that have a wheel for a Python."""
        asked, report = folder / "wheels.in", folder / "report.json"
        asked.write_text("".join(f"{each}\n" for each in rows))
        words = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--ignore-installed"]
        words += ["--only-binary", ":all:", "--python-version", python, "--target", str(folder / "nothing")]
        words += [word for each in _PLATFORMS for word in ("--platform", each)]
        words += ["--report", str(report), "--requirement", str(asked)]
        done = run(words, cwd=folder, environment=self.environment, seconds=_SECONDS)
        if done.code:
            raise GateUnavailable(done.last_lines, hint="is the package index reached? hatch run release doctor")
        said = (each["metadata"] for each in json.loads(report.read_text())["install"])
        return {f"{canonicalize_name(each['name'])}=={each['version']}": each.get("requires_dist", []) for each in said}


def _wheels(package: Mapping[str, object]) -> Iterator[str]:
    wheels = package.get("wheels", [])
    for each in wheels if isinstance(wheels, list) else []:
        yield str(each.get("name") or each["url"].rpartition("/")[2])


def _tags_of(wheels: Iterable[str]) -> frozenset[Tag]:
    return frozenset(tag for wheel in wheels for tag in parse_wheel_filename(wheel)[3])


def _tags(minor: int) -> Iterator[Tag]:
    yield from cpython_tags((3, minor), platforms=_PLATFORMS)
    yield from compatible_tags((3, minor), f"cp3{minor}", _PLATFORMS)
