"""Files that no RECORD lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from env_drift import Kind, LookError, check
from env_drift.stray_file import find_unlisted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Look = Callable[..., list[tuple[str, str | None]]]


@pytest.fixture
def look(install: Callable[..., Path], write_lock: Callable[..., Path], site: Path) -> Look:
    """Install foo 1.0 and name what is unlisted, by its path in the site-packages."""
    install("foo", "1.0", {"foo/__init__.py": b"", "foo/deep/part.py": b""})
    lock = write_lock("foo==1.0\n")

    def name_unlisted(*allow: str) -> list[tuple[str, str | None]]:
        differences = check(lock, path=site, allow=allow).differences
        assert {one.kind for one in differences} <= {Kind.UNLISTED}
        return [(str(one.file).removeprefix(f"{site}/"), one.found) for one in differences]

    return name_unlisted


@pytest.mark.smoke
def test_a_pth_and_a_stray_module_are_named(look: Look, site: Path) -> None:
    for file in ("evil.pth", "foo/extra.py", "foo/deep/native.so"):
        (site / file).write_text("import os\n")
    assert look() == [("evil.pth", "file"), ("foo/deep/native.so", "file"), ("foo/extra.py", "file")]


def test_a_stray_folder_is_named_once_and_an_empty_one_is_not(look: Look, site: Path) -> None:
    (site / "stray" / "deep").mkdir(parents=True)
    (site / "empty" / "deep").mkdir(parents=True)
    for file in ("stray/a.py", "stray/deep/b.py"):
        (site / file).write_text("")
    assert look() == [("stray", "folder, files in it: 2")]


def test_a_folder_that_a_record_lists_hides_nothing(look: Look, install: Callable[..., Path], site: Path) -> None:
    install("bar", "1.0", rows=("stray,,", "foo/__pycache__,,"))
    for folder in ("stray", "foo/__pycache__"):
        (site / folder).mkdir()
        (site / folder / "a.py").write_text("")
    assert look() == [("foo/__pycache__/a.py", "file"), ("stray", "folder, files in it: 1")]


def test_links_are_named_and_not_followed(look: Look, site: Path, tmp_path: Path) -> None:
    (site / "folder").symlink_to(tmp_path)
    (site / "loop").symlink_to(site)
    (site / "file.py").symlink_to(tmp_path / "absent")
    (site / "itself").symlink_to("itself")
    assert look() == [
        ("file.py", "link"),
        ("folder", f"link to {tmp_path}"),
        ("itself", "link"),
        ("loop", f"link to {site}"),
    ]


def test_bytecode_of_a_source_is_expected_and_orphans_are_not(look: Look, site: Path) -> None:
    cache = site / "foo" / "__pycache__"
    cache.mkdir()
    for name in ("__init__.cpython-311.pyc", "__init__.cpython-311.opt-2.pyc", "__init__.cpython-313-pytest-9.2.0.pyc"):
        (cache / name).write_bytes(b"")
    assert look() == []
    for name in ("gone.cpython-311.pyc", "strange.txt"):
        (cache / name).write_bytes(b"")
    assert look() == [
        ("foo/__pycache__/gone.cpython-311.pyc", "bytecode without a source"),
        ("foo/__pycache__/strange.txt", "file"),
    ]


def test_what_installers_leave_in_their_own_folder_is_expected(look: Look, site: Path) -> None:
    folder = "foo-1.0.dist-info"
    (site / folder / "INSTALLER").write_text("pip\n")
    (site / folder / "REQUESTED").write_text("")
    (site / folder / "notes.txt").write_text("")
    (site / "foo" / "REQUESTED").write_text("")
    assert look() == [(f"{folder}/notes.txt", "file"), ("foo/REQUESTED", "file")]


def test_what_is_there_from_the_start_is_known_by_its_content(look: Look, site: Path) -> None:
    (site / "_virtualenv.pth").write_text("import _virtualenv")
    assert look() == []
    (site / "_virtualenv.pth").write_text("import evil")
    (site / "_virtualenv.py").write_bytes(b"#" * 70_000)
    assert look() == [("_virtualenv.pth", "file"), ("_virtualenv.py", "file")]


def test_an_egg_link_and_half_removed_files_are_named(look: Look, site: Path, install: Callable[..., Path]) -> None:
    (site / "bar.egg-link").write_text("/src/bar\n.")
    install("baz", "1.0").rename(site / "~az-1.0.dist-info")
    assert look() == [("bar.egg-link", "file"), ("~az-1.0.dist-info", "folder, files in it: 2")]


def test_an_expected_file_can_be_allowed(look: Look, site: Path) -> None:
    (site / "sitecustomize.py").write_text("")
    (site / "vendor").mkdir()
    (site / "vendor" / "a.py").write_text("")
    assert look("sitecustomize.py", "vend*") == []
    assert look("vendor") == [("sitecustomize.py", "file")]


def test_a_folder_that_cannot_be_listed_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(LookError, match="absent: cannot be looked at"):
        list(find_unlisted(str(tmp_path / "absent"), ()))
