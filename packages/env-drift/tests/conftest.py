"""A site-packages that a test fills as installers do."""

from __future__ import annotations

import base64
import hashlib
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make an empty site-packages of the Python that runs the tests."""
    folder = tmp_path / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    folder.mkdir(parents=True)
    (tmp_path / "pyvenv.cfg").write_text(f"version = {'.'.join(map(str, sys.version_info[:3]))}\n", "utf-8")
    return folder


@pytest.fixture
def install(site: Path) -> Callable[..., Path]:
    """Install a distribution: `install(name, version, {file: content}, rows=[…])` gives its `.dist-info`."""

    def install_one(  # noqa: PLR0913  # a fixture's own words
        name: str,
        version: str,
        files: dict[str, bytes] | None = None,
        *,
        rows: tuple[str, ...] = (),
        metadata: str | None = None,
        into: Path = site,
    ) -> Path:
        folder = f"{name.replace('-', '_')}-{version}.dist-info"
        text = metadata if metadata is not None else f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        content = {f"{folder}/METADATA": text.encode(), **(files or {})}
        listed = [*rows, f"{folder}/RECORD,,"]
        for file, data in content.items():
            path = into / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            listed.append(f"{file},sha256={digest},{len(data)}")
        (into / folder / "RECORD").write_text("\n".join(listed) + "\n", "utf-8")
        return into / folder

    return install_one


@pytest.fixture
def write_lock(tmp_path: Path) -> Callable[..., Path]:
    """Write a lock: `write_lock(text)`, or `write_lock(text, "pylock.toml")`."""

    def write(text: str, name: str = "requirements.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return write
