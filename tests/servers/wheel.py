"""Distributions made on the spot: a wheel or an sdist of a few files, with true metadata and RECORD."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_WHEEL = "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: {tag}\n"
_BACKEND = """
import os, pathlib, sys
sys.path.insert(0, os.path.dirname(__file__))
def build_wheel(folder, config_settings=None, metadata_directory=None):
    raise SystemExit("an sdist was built that nobody should build")
build_sdist = build_wheel
"""


def write_wheel(  # noqa: PLR0913  # each is a part of a wheel, and by name
    folder: Path,
    name: str,
    version: str,
    *,
    requires: Iterable[str] = (),
    files: Mapping[str, str | bytes] | None = None,
    metadata: Mapping[str, str] | None = None,
    tag: str = "py3-none-any",
) -> Path:
    """Write a wheel that imports; with the module of its name if no files are given."""
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    module = {f"{name.replace('-', '_')}/__init__.py": f"__version__ = {version!r}\n"}
    contents = {path: _bytes(content) for path, content in (module if files is None else files).items()}
    contents[f"{info}/METADATA"] = metadata_of(name, version, requires, metadata or {})
    contents[f"{info}/WHEEL"] = _WHEEL.format(tag=tag).encode()
    rows = [f"{path},sha256={_urlsafe(content)},{len(content)}\n" for path, content in contents.items()]
    contents[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"]).encode()
    return write_zip(folder / f"{stem}-{tag}.whl", contents)


def write_sdist(folder: Path, name: str, version: str, *, requires: Iterable[str] = ()) -> Path:
    """Write an sdist whose metadata can be trusted, and that no one can build."""
    stem = f"{name.replace('-', '_')}-{version}"
    project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    said = metadata_of(name, version, requires, {})
    return write_tar(
        folder / f"{stem}.tar.gz",
        {f"{stem}/PKG-INFO": said, f"{stem}/pyproject.toml": project.encode(), f"{stem}/backend.py": _BACKEND.encode()},
    )


def metadata_of(name: str, version: str, requires: Iterable[str], more: Mapping[str, str]) -> bytes:
    """Write core metadata 2.4, with a description in its body."""
    fields = {"Metadata-Version": "2.4", "Name": name, "Version": version, **more}
    lines = [f"{field}: {value}\n" for field, value in fields.items()]
    lines += [f"Requires-Dist: {each}\n" for each in requires]
    return "".join([*lines, f"\n# {name}\n\nA test made it.\n"]).encode()


def write_zip(path: Path, contents: Mapping[str, bytes]) -> Path:
    """Write a zip file, the same bytes each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, (2020, 2, 2, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return path


def write_tar(path: Path, contents: Mapping[str, bytes]) -> Path:
    """Write a gzipped tar file, the same bytes each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    inside = io.BytesIO()
    with tarfile.open(fileobj=inside, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    path.write_bytes(gzip.compress(inside.getvalue(), mtime=0))
    return path


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _urlsafe(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
