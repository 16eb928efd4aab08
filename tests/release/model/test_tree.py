from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.model.tree import TreeFile


def oid_of(content: bytes) -> str:
    done = subprocess.run(["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.mark.parametrize("content", [b"", b"\0", b"text\n", b"caf\xc3\xa9\r\n", b"x" * 70_000])
def test_a_file_holds_what_git_says_it_holds(content: bytes) -> None:
    file = TreeFile(PurePosixPath("a"), "100644", oid_of(content))
    assert file.holds(content)
    assert not file.holds(content + b"\n")


def test_a_repository_with_sha256_names_files_by_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--object-format=sha256"], cwd=tmp_path, check=True)
    done = subprocess.run(["git", "hash-object", "--stdin"], cwd=tmp_path, input=b"x", capture_output=True, check=True)
    file = TreeFile(PurePosixPath("a"), "100644", done.stdout.decode().strip())
    assert len(file.oid) == 64
    assert file.holds(b"x")
    assert not file.holds(b"y")


@given(st.binary(), st.binary())
def test_other_bytes_are_never_taken_for_the_file(content: bytes, other: bytes) -> None:
    oid = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    assert TreeFile(PurePosixPath("a"), "100644", oid).holds(other) is (content == other)


@pytest.mark.parametrize(
    ("mode", "regular"), [("100644", True), ("100755", True), ("120000", False), ("160000", False)]
)
def test_links_and_submodules_are_no_files_of_their_own(mode: str, regular: bool) -> None:  # noqa: FBT001  # a parameter
    assert TreeFile(PurePosixPath("a"), mode, "0" * 40).is_regular is regular
