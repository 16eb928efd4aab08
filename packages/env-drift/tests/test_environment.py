from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

import pytest

from env_drift import LookError, check, marker_environment
from env_drift.environment import describe_python, find_python

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARKED = "foo==1.0 ; python_version == '3.9'\nbar==1.0 ; python_version != '3.9'\n"


@pytest.mark.parametrize(
    ("folder", "configuration", "version"),
    [
        ("lib/python3.9/site-packages", None, "3.9"),
        ("lib64/python3.13t/site-packages", None, "3.13"),
        ("lib/pypy3.10/dist-packages", None, "3.10"),
        ("lib/python3.9/site-packages", "home = /usr\nversion_info = 3.9.18.final.0\n", "3.9.18"),
        ("Lib/site-packages", "version = 3.12.4\n", "3.12.4"),
        ("lib/python3.9/site-packages", "home = /usr\n", "3.9"),
        ("target", None, None),
    ],
)
def test_a_path_tells_its_python(folder: str, configuration: str | None, version: str | None, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True)
    if configuration is not None:
        (tmp_path / "pyvenv.cfg").write_text(configuration)
    assert find_python(str(tmp_path / folder)) == version


def test_paths_of_two_pythons_are_no_answer(tmp_path: Path) -> None:
    paths = [str(tmp_path / "lib" / python / "site-packages") for python in ("python3.9", "python3.10")]
    with pytest.raises(LookError, match=r"Pythons 3\.10 and 3\.9"):
        describe_python(paths)


def test_markers_are_decided_for_the_python_of_the_path(
    install: Callable[..., Path], write_lock: Callable[..., Path], tmp_path: Path
) -> None:
    other = tmp_path / "other" / "lib" / "python3.9" / "site-packages"
    install("foo", "1.0", into=other)
    report = check(write_lock(MARKED), path=other)
    assert (report.matches, report.python, report.notes) == (True, "3.9", ())


def test_a_path_that_does_not_tell_is_said_to_be_guessed(
    install: Callable[..., Path], write_lock: Callable[..., Path], tmp_path: Path
) -> None:
    install("bar", "1.0", into=tmp_path / "target")
    report = check(write_lock(MARKED), path=tmp_path / "target")
    assert report.matches
    assert report.notes == (
        (
            f"{tmp_path / 'target'} does not say which Python it belongs to; "
            f"markers are evaluated for {platform.python_version()}"
        ),
    )


def test_a_python_that_is_named_counts_above_the_path(
    install: Callable[..., Path], write_lock: Callable[..., Path], site: Path
) -> None:
    install("foo", "1.0")
    assert check(write_lock(MARKED), path=site, environment={"python_version": "3.9"}).matches
    assert [one.name for one in check(write_lock(MARKED), path=site).differences] == ["bar"]


def test_a_path_of_the_running_python_has_all_of_its_values(write_lock: Callable[..., Path]) -> None:
    folder = next(path for path in sys.path if path.endswith("site-packages"))
    lock = write_lock(f"pytest=={pytest.__version__} ; python_full_version == '{platform.python_version()}'\n")
    assert check(lock, path=folder, files=False).matches


def test_the_names_of_the_values_are_those_of_pep_508() -> None:
    assert len(marker_environment()) == 11
