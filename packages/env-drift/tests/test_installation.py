from __future__ import annotations

import os
from importlib.metadata import distributions
from typing import TYPE_CHECKING

import pytest

from env_drift import Installed, LookError, installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.smoke
def test_names_and_versions_are_found(install: Callable[..., Path], site: Path) -> None:
    install("foo-bar", "1.0")
    install("Baz", "2.0+cpu", metadata="Metadata-Version: 2.1\r\nName: Baz\r\nVersion: 2.0+cpu\r\n\r\nVersion: 9\r\n")
    assert installed([site]) == (
        Installed("Baz", "2.0+cpu", str(site)),
        Installed("foo-bar", "1.0", str(site)),
    )


@pytest.mark.smoke
def test_the_running_environment_is_as_importlib_says() -> None:
    first: dict[str, str] = {}
    for one in distributions():
        first.setdefault(one.metadata["Name"], one.version)
    found: dict[str, str] = {}
    for each in installed():
        found.setdefault(each.name, each.version)
    assert found == first


def test_metadata_of_setuptools_and_distutils_is_read(site: Path) -> None:
    (site / "old.egg-info").write_text("Name: old\nVersion: 0.1\n", "utf-8")
    (site / "older-1.0-py3.11.egg-info").mkdir()
    (site / "older-1.0-py3.11.egg-info" / "PKG-INFO").write_text("Name: older\nVersion: 1.0\n", "utf-8")
    assert [(one.name, one.version) for one in installed([site])] == [("old", "0.1"), ("older", "1.0")]


def test_a_path_given_twice_is_looked_at_once(install: Callable[..., Path], site: Path, tmp_path: Path) -> None:
    install("foo", "1.0")
    (tmp_path / "link").symlink_to(site)
    assert len(installed([site, tmp_path / "link", str(site)])) == 1


def test_what_pip_left_half_removed_is_not_installed(install: Callable[..., Path], site: Path) -> None:
    install("foo", "1.0").rename(site / "~oo-1.0.dist-info")
    assert installed([site]) == ()


def test_headers_longer_than_one_read_are_read(install: Callable[..., Path], site: Path) -> None:
    install("foo", "1.0", metadata="Classifier: é\n" * 5_000 + "Keywords: a\n Name: b\nName: foo\nVersion: 1.0\n\n")
    assert installed([site]) == (Installed("foo", "1.0", str(site)),)


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ("", "has no name"),
        ("Name: foo\n", "has no version"),
        ("Summary: x\n\nName: foo\nVersion: 1.0\n", "has no name"),
        ("Name: bar\nVersion: 1.0\n", r"says bar 1.0, its folder foo 1.0"),
        ("Name: foo\nVersion: 2.0\n", r"says foo 2.0, its folder foo 1.0"),
    ],
)
def test_damaged_metadata_is_no_answer(metadata: str, reason: str, install: Callable[..., Path], site: Path) -> None:
    install("foo", "1.0", metadata=metadata)
    with pytest.raises(LookError, match=reason):
        installed([site])


def test_metadata_that_is_absent_a_folder_or_a_pipe_is_no_answer(install: Callable[..., Path], site: Path) -> None:
    metadata = install("foo", "1.0") / "METADATA"
    metadata.unlink()
    with pytest.raises(LookError, match=r"METADATA: No such file.*\nhint: install foo again"):
        installed([site])
    metadata.mkdir()
    with pytest.raises(LookError, match="METADATA: not a regular file"):
        installed([site])
    metadata.rmdir()
    os.mkfifo(metadata)
    with pytest.raises(LookError, match="METADATA: not a regular file"):
        installed([site])


def test_an_absent_path_and_no_path_are_no_answer(tmp_path: Path) -> None:
    with pytest.raises(LookError, match="absent: cannot be looked at: No such file"):
        installed([tmp_path / "absent"])
    with pytest.raises(LookError, match="there is no folder to look at"):
        installed([])
