"""Environments that pip and uv made of small wheels."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from env_drift import Kind, check, installed

if TYPE_CHECKING:
    from collections.abc import Callable


def make_wheel(folder: Path, name: str, version: str) -> Path:
    """Write a wheel with a module, a script, data and a console entry point."""
    stem = f"{name}-{version}"
    files = {
        f"{name}/__init__.py": b"def main(): return 0\n",
        f"{name}/part.py": f"version = '{version}'\n".encode(),
        f"{stem}.data/scripts/{name}-script": b"#!python\nprint('script')\n",
        f"{stem}.data/data/share/{name}.txt": b"shared\n",
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{stem}.dist-info/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n".encode(),
    }
    rows = [
        f"{file},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')},{len(data)}\n"
        for file, data in files.items()
    ]
    files[f"{stem}.dist-info/RECORD"] = "".join([*rows, f"{stem}.dist-info/RECORD,,\n"]).encode()
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, data in files.items():
            archive.writestr(file, data)
    return path


def find_uv() -> str | None:
    """Find uv beside the Python that runs, or on the PATH."""
    return shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


@pytest.fixture(scope="module", params=["pip", "uv", "uv with links"])
def first_environment(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment of two wheels, installed by their hashes from a lock beside it."""
    tmp_path = tmp_path_factory.mktemp("made")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    lock = tmp_path / "requirements.txt"
    made = [make_wheel(wheels, name, version) for name, version in (("one", "1.0"), ("two", "2.0.post1"))]
    lock.write_text(
        "".join(
            f"{path.name.split('-')[0]}=={path.name.split('-')[1]} \\\n"
            f"    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
            for path in made
        )
    )
    folder, from_wheels = (
        tmp_path / "venv",
        ["--no-index", "--find-links", str(wheels), "--require-hashes", "-r", str(lock)],
    )
    if request.param == "pip":
        run(sys.executable, "-m", "venv", str(folder))
        run(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *from_wheels)
    else:
        uv = find_uv()
        if uv is None:
            pytest.skip("uv is not installed")
        cache = ["--no-config", "--cache-dir", str(tmp_path / "cache")]
        run(uv, "venv", "--quiet", *cache, "--python", sys.executable, str(folder))
        links = ["--link-mode", "symlink" if request.param == "uv with links" else "copy"]
        run(uv, "pip", "install", "--quiet", *cache, *links, "--python", str(folder / "bin" / "python"), *from_wheels)
    return tmp_path


@pytest.fixture
def environment(first_environment: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Copy the environment for a test to change; give its site-packages and its lock."""
    shutil.copytree(first_environment / "venv", tmp_path / "venv", symlinks=True)
    return next((tmp_path / "venv" / "lib").glob("python*/site-packages")), first_environment / "requirements.txt"


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""})


def test_what_an_installer_made_of_a_lock_matches_it(environment: tuple[Path, Path]) -> None:
    site, lock = environment
    report = check(lock, path=site)
    assert report.differences == ()
    assert (report.pins, report.notes) == (2, ())
    assert report.files >= 14
    assert {("one", "1.0"), ("two", "2.0.post1")} <= {(one.name, one.version) for one in installed([site])}


def test_it_still_matches_when_its_modules_have_been_imported(environment: tuple[Path, Path]) -> None:
    site, lock = environment
    run(str(site.parents[2] / "bin" / "python"), "-c", "import one.part, two.part")
    run(str(site.parents[2] / "bin" / "python"), "-OO", "-c", "import one.part, two.part")
    assert list(site.glob("one/__pycache__/part*.pyc"))
    assert check(lock, path=site).differences == ()


def test_every_file_that_is_changed_is_named(environment: tuple[Path, Path]) -> None:
    site, lock = environment
    prefix = site.parents[2]
    changed = [
        site / "one" / "part.py",
        prefix / "bin" / "one",
        prefix / "bin" / "two-script",
        prefix / "share" / "two.txt",
    ]
    for file in changed:
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content + b"\n")
    found = check(lock, path=site).differences
    assert {one.kind for one in found} == {Kind.MODIFIED}
    assert {one.file for one in found} == {str(file) for file in changed}


def test_another_version_and_one_that_is_missing_are_named(
    environment: tuple[Path, Path], write_lock: Callable[..., Path]
) -> None:
    site, _ = environment
    lock = write_lock("one==1.1\ntwo==2.0.post1\nthree==3\n", "other.txt")
    assert [(one.name, one.kind) for one in check(lock, path=site).differences] == [
        ("one", Kind.VERSION),
        ("three", Kind.MISSING),
    ]
