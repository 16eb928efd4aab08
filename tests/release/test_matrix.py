"""One job of the packages' tests: the environment and the package that it names, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.matrix import choose_environments, choose_folders

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["matrix.py3.12-3.5", "matrix.py3.12-4.0", "matrix.py3.12-4.0.1"]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [("py3.12-4.0", NAMES[1:2]), ("py3.12-4", NAMES[1:]), ("", NAMES), ("py3.9", [])],
)
def test_an_exact_name_is_preferred_to_one_that_holds_it(wanted: str, chosen: list[str]) -> None:
    assert choose_environments(NAMES, wanted) == chosen


@pytest.mark.parametrize("name", ["beta", "../alpha", "alpha/../alpha", ".", "*"])
def test_a_package_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "packages/alpha").mkdir(parents=True)
    (tmp_path / "packages/alpha/pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"PACKAGE names no package: .*; packages: alpha"):
        choose_folders(name)
    assert choose_folders("alpha alpha") == ["packages/alpha", "packages/alpha"]
    assert choose_folders("") == ["packages"]
