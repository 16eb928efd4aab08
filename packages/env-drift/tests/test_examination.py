from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from env_drift import Difference, Installed, Kind, LockError, LookError, check, read_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.smoke
def test_an_environment_that_matches_is_counted(
    install: Callable[..., Path], write_lock: Callable[..., Path], site: Path
) -> None:
    install("foo", "1.0", {"foo.py": b"", "foo_data/a": b"1"})
    install("bar", "1.0")
    report = check(read_lock(write_lock("foo==1.0\n")), path=[site])
    assert report.matches
    assert (report.pins, report.distributions, report.files) == (1, 2, 3)


def test_names_alone_read_no_file(install: Callable[..., Path], write_lock: Callable[..., Path], site: Path) -> None:
    install("foo", "1.0", {"foo.py": b"good"})
    (site / "foo.py").write_bytes(b"evil")
    (site / "evil.pth").write_bytes(b"")
    lock = write_lock("foo==1.0\n")
    assert check(lock, path=str(site), files=False).matches
    assert not check(lock, path=str(site)).matches


def test_the_first_path_wins_and_what_it_hides_is_named(
    install: Callable[..., Path], write_lock: Callable[..., Path], site: Path, tmp_path: Path
) -> None:
    first = tmp_path / "first" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    install("foo", "1.0", {"foo.py": b"good"}, into=first)
    install("foo", "0.9", {"foo.py": b"old"})
    lock = write_lock("foo==1.0\n")
    report = check(lock, path=[first, site])
    assert report.matches
    assert report.shadowed == (Installed("foo", "0.9", str(site)),)
    assert [one.found for one in check(lock, path=[site, first]).differences] == ["0.9"]


def test_two_of_a_name_in_one_path_are_named_and_not_shadowed(
    install: Callable[..., Path], write_lock: Callable[..., Path], site: Path
) -> None:
    install("foo", "1.0")
    install("foo", "1.1")
    report = check(write_lock("foo==1.0\n"), path=site)
    assert report.differences == (Difference(Kind.DUPLICATE, "foo", None, "1.0 and 1.1"),)
    assert report.shadowed == ()


def test_damaged_metadata_is_drift_even_where_it_is_not_locked(
    install: Callable[..., Path], write_lock: Callable[..., Path], site: Path
) -> None:
    install("foo", "1.0")
    damaged = install("bar", "1.0", metadata="nothing")
    report = check(write_lock("foo==1.0\n"), path=site)
    assert report.differences == (Difference(Kind.DAMAGED, "bar", None, "its metadata has no name", str(damaged)),)


def test_what_is_not_locked_is_named_on_request(
    install: Callable[..., Path], write_lock: Callable[..., Path], site: Path
) -> None:
    install("foo", "1.0")
    install("bar", "1.0")
    assert [str(one) for one in check(write_lock("foo==1.0\n"), path=site, extra=True).differences] == [
        "bar: 1.0 is installed, and it is not locked"
    ]


@pytest.mark.smoke
def test_the_environment_that_runs_is_looked_at_without_a_path(write_lock: Callable[..., Path]) -> None:
    report = check(write_lock(f"pytest=={pytest.__version__}\n"), files=False)
    assert report.matches
    assert any(path.endswith("-packages") for path in report.paths)


def test_files_of_the_running_environment_are_verified(write_lock: Callable[..., Path]) -> None:
    report = check(write_lock(f"pytest=={pytest.__version__}\n"), allow=["*"])
    assert report.files > 10
    assert not [one for one in report.differences if one.name == "pytest"]


def test_a_report_becomes_a_document(install: Callable[..., Path], write_lock: Callable[..., Path], site: Path) -> None:
    install("foo", "1.1")
    lock = write_lock("foo==1.0\n")
    report = check(lock, path=site)
    assert json.loads(json.dumps(report.as_json())) == {
        "schema": 1,
        "matches": False,
        "lock": str(lock),
        "paths": [str(site)],
        "python": ".".join(map(str, sys.version_info[:3])),
        "looked_at": {"pins": 1, "distributions": 1, "files": 1},
        "differences": [{"kind": "version", "name": "foo", "expected": "1.0", "found": "1.1", "file": None}],
        "shadowed": [],
        "notes": [],
    }


def test_no_answer_is_never_a_match(write_lock: Callable[..., Path], site: Path, tmp_path: Path) -> None:
    with pytest.raises(LockError):
        check(write_lock("# nothing\n"), path=site)
    with pytest.raises(LookError):
        check(write_lock("foo==1.0\n"), path=tmp_path / "absent")
    with pytest.raises(LookError):
        check(write_lock("foo==1.0\n"), path=write_lock("a file", "file"))
    with pytest.raises(LookError):
        check(write_lock("foo==1.0\n"), path=[])
