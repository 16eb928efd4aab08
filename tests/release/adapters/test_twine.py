from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from release.adapters.twine import Twine
from tests.release.doors import METADATA, make_artifacts

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_good_metadata_meets_no_objection(tmp_path: Path) -> None:
    assert Twine().objections(each.path for each in make_artifacts(tmp_path)) == ""


def test_metadata_that_no_index_takes_is_named(tmp_path: Path) -> None:
    artifacts = make_artifacts(tmp_path, metadata=METADATA | {"License-Expression": "not an SPDX expression"})
    assert "license" in Twine().objections([artifacts.wheel.path]).lower()


def test_a_file_that_is_no_distribution_is_named(tmp_path: Path) -> None:
    stray = tmp_path / "alpha-0.1.0.txt"
    stray.write_bytes(b"no distribution")
    assert stray.name in Twine().objections([stray])


def test_a_missing_content_type_is_an_objection(tmp_path: Path) -> None:
    less = {name: value for name, value in METADATA.items() if name != "Description-Content-Type"}
    assert "long_description_content_type" in Twine().objections([make_artifacts(tmp_path, metadata=less).wheel.path])


def test_nothing_is_printed_and_nothing_listens_afterwards(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Twine().objections(each.path for each in make_artifacts(tmp_path))
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("twine").handlers == []


def test_each_of_many_at_once_hears_its_own(tmp_path: Path) -> None:
    less = {name: value for name, value in METADATA.items() if name != "Description-Content-Type"}
    kinds = [METADATA if number % 2 else less for number in range(8)]
    wheels = [make_artifacts(tmp_path / str(n), metadata=kind).wheel.path for n, kind in enumerate(kinds)]
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda wheel: Twine().objections([wheel]), wheels))
    assert [bool(each) for each in said] == [kind is less for kind in kinds]
