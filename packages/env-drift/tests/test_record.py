"""What RECORD says, what it cannot say, and what it says in bad faith."""

from __future__ import annotations

import os
import resource
from typing import TYPE_CHECKING

import pytest

from env_drift import Difference, Kind, LookError, check
from env_drift.digest import find_modified
from env_drift.record import Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Look = Callable[[], tuple[Difference, ...]]


@pytest.fixture
def look(write_lock: Callable[..., Path], site: Path) -> Look:
    """Compare the site-packages with a lock of foo 1.0."""
    lock = write_lock("foo==1.0\n")
    return lambda: check(lock, path=site).differences


@pytest.mark.smoke
def test_files_that_are_as_listed_match(install: Callable[..., Path], look: Look) -> None:
    install("foo", "1.0", {"foo/__init__.py": b"", "foo/data.bin": b"\x00" * 3_000_000, "../../../bin/foo": b"#!"})
    assert look() == ()


@pytest.mark.smoke
def test_a_changed_file_is_named(install: Callable[..., Path], site: Path, look: Look) -> None:
    install("foo", "1.0", {"foo.py": b"good"})
    (site / "foo.py").write_bytes(b"evil")
    (found,) = look()
    assert (found.kind, found.name, found.file) == (Kind.MODIFIED, "foo", str(site / "foo.py"))
    assert str(found.expected).startswith("sha256=")
    assert found.expected != found.found


def test_a_longer_file_is_named_without_reading_it(install: Callable[..., Path], site: Path, look: Look) -> None:
    install("foo", "1.0", {"foo.py": b"good"})
    (site / "foo.py").write_bytes(b"not so good")
    assert [(one.expected, one.found) for one in look()] == [("4 bytes long", "11")]


def test_a_file_that_is_gone_is_named(install: Callable[..., Path], site: Path, look: Look) -> None:
    install("foo", "1.0", {"foo.py": b"good", "bar/foo.py": b"good"})
    (site / "foo.py").unlink()
    (site / "bar" / "foo.py").unlink()
    (site / "bar").rmdir()
    (site / "bar").write_text("")
    kinds = [(one.kind, one.found) for one in look()]
    assert kinds == [(Kind.UNLISTED, "file"), (Kind.MODIFIED, "gone"), (Kind.MODIFIED, "gone")]


def test_a_pipe_a_folder_and_a_loop_in_place_of_a_file_are_named(
    install: Callable[..., Path], site: Path, look: Look
) -> None:
    install("foo", "1.0", {"foo/a.py": b"1", "foo/b.py": b"2", "foo/c.py": b"3"})
    for name in "abc":
        (site / "foo" / f"{name}.py").unlink()
    os.mkfifo(site / "foo" / "a.py")
    (site / "foo" / "b.py").mkdir()
    (site / "foo" / "c.py").symlink_to("c.py")
    assert [one.found for one in look()] == ["not a regular file", "not a regular file", "a link to itself"]


def test_a_file_behind_a_link_is_read(install: Callable[..., Path], site: Path, tmp_path: Path, look: Look) -> None:
    install("foo", "1.0", {"foo.py": b"good"})
    (site / "foo.py").rename(tmp_path / "cached.py")
    (site / "foo.py").symlink_to(tmp_path / "cached.py")
    assert look() == ()
    (tmp_path / "cached.py").write_bytes(b"evil")
    assert [one.kind for one in look()] == [Kind.MODIFIED]


@pytest.mark.parametrize(
    ("row", "kind", "reason"),
    [
        ("foo.py,,", Kind.UNVERIFIABLE, "RECORD has no digest of it"),
        (
            "foo.py,md5=1B2M2Y8AsgTpgAmY7PhCfg,0",
            Kind.UNVERIFIABLE,
            "its digest in RECORD is `md5=1B2M2Y8AsgTpgAmY7PhCfg`",
        ),
        ("foo.py,sha256=,0", Kind.UNVERIFIABLE, "its digest in RECORD is `sha256=`"),
        ("foo.py,nonsense,0", Kind.UNVERIFIABLE, "its digest in RECORD is `nonsense`"),
        ("foo.py,sha256=AAAA,many", Kind.UNVERIFIABLE, "its digest in RECORD is `sha256=AAAA`"),
        (f"foo.py,sha256=AAAA,{'9' * 5_000}", Kind.UNVERIFIABLE, "its digest in RECORD is `sha256=AAAA`"),
        ("foo.py,sha256=AAAA,", Kind.MODIFIED, "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"),
        (f"{'n' * 300},sha256=AAAA,", Kind.MODIFIED, "not a possible name"),
    ],
)
def test_a_row_without_a_sound_digest_is_named(
    row: str, kind: Kind, reason: str, install: Callable[..., Path], look: Look
) -> None:
    folder = install("foo", "1.0", rows=(row,))
    if row.startswith("foo.py"):
        (folder.parent / "foo.py").write_bytes(b"")
    assert [(one.kind, one.found) for one in look()] == [(kind, reason)]


@pytest.mark.parametrize(
    "entry", ["../../../../secret", "/etc/passwd", "foo/../../../../../secret", "..\\..\\x/../../../../../y"]
)
def test_a_row_outside_the_environment_is_named_and_not_read(
    entry: str, install: Callable[..., Path], look: Look
) -> None:
    install("foo", "1.0", rows=(f"{entry},sha256=AAAA,1",))
    assert [(one.kind, one.file) for one in look()] == [(Kind.OUTSIDE, entry)]


def test_a_row_by_its_absolute_path_inside_the_environment_is_read(
    install: Callable[..., Path], site: Path, look: Look
) -> None:
    (site / "foo.py").write_bytes(b"")
    empty = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    install("foo", "1.0", rows=(f"{site}/foo.py,sha256={empty},0", f"./foo//../foo.py,sha256={empty},0"))
    assert look() == ()


def test_a_folder_that_says_no_prefix_is_the_environment_itself(
    install: Callable[..., Path], tmp_path: Path, write_lock: Callable[..., Path]
) -> None:
    target = tmp_path / "target"
    install("foo", "1.0", {"foo.py": b""}, rows=("../bin/foo,,",), into=target)
    report = check(write_lock("foo==1.0\n"), path=target)
    assert [(one.kind, one.file) for one in report.differences] == [(Kind.OUTSIDE, "../bin/foo")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "absent or unreadable"),
        (b"", "not a list"),
        (b"\n\n", "not a list"),
        (b"foo.py\n", "not a list"),
        (b"a,b,c,d\n", "not a list"),
        (b"a\x00b,,\n", ""),
        (b'"foo.py,,\n', "cannot be read"),
        (b"\xff\xfe,,\n", "cannot be read"),
        (b'"' + b"a" * 200_000 + b'",,\n', "cannot be read"),
    ],
)
def test_a_record_that_cannot_be_read_verifies_nothing(
    content: bytes | None, reason: str, install: Callable[..., Path], look: Look
) -> None:
    record = install("foo", "1.0") / "RECORD"
    record.unlink()
    if content is not None:
        record.write_bytes(content)
    found = look()
    assert [one.kind for one in found] == [Kind.UNLISTED, Kind.UNVERIFIABLE]
    assert reason in str(found[1])


def test_bytecode_may_lack_a_digest_and_may_be_gone(install: Callable[..., Path], look: Look) -> None:
    install("foo", "1.0", {"foo.py": b""}, rows=("__pycache__/foo.cpython-311.pyc,,",))
    assert look() == ()


def test_bytecode_beside_its_source_needs_a_digest(install: Callable[..., Path], site: Path, look: Look) -> None:
    install("foo", "1.0", rows=("foo.pyc,,",))
    (site / "foo.pyc").write_bytes(b"")
    assert [one.kind for one in look()] == [Kind.UNVERIFIABLE]


def test_a_distribution_that_is_not_locked_is_not_verified(
    install: Callable[..., Path], site: Path, look: Look
) -> None:
    install("foo", "1.0")
    install("bar", "1.0", {"bar.py": b"good"})
    (site / "bar.py").write_bytes(b"other")
    assert look() == ()


def test_a_file_that_cannot_be_read_is_no_answer(install: Callable[..., Path], site: Path, look: Look) -> None:
    install("foo", "1.0", rows=("foo.py,sha256=AAAA,",))
    (site / "foo.py").symlink_to("/proc/self/mem")
    with pytest.raises(LookError, match=r"foo\.py: cannot be read: Input/output error"):
        look()


def test_a_file_that_cannot_be_opened_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "foo.py").write_bytes(b"")
    row = Row("foo", str(tmp_path / "foo.py"), "sha256", "AAAA", None)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
    try:
        with pytest.raises(LookError, match=r"foo\.py: cannot be read: Too many open files"):
            find_modified([row])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
