"""Where distributions came from, by their direct_url.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from env_drift import Kind, check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B = "a" * 64, "b" * 64
START = 'lock-version = "1.0"\ncreated-by = "a test"\n[[packages]]\nname = "foo"\n'
FROM_INDEX = f"foo==1.0 --hash=sha256:{A}\n"
FROM_REPOSITORY = START + '[packages.vcs]\ntype = "git"\nurl = "https://example.org/foo"\ncommit-id = "c0ffee"\n'
FROM_FOLDER = START + '[packages.directory]\npath = "."\n'
URL = "https://example.org/foo"
COMMIT = {"url": URL, "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}}
OTHER_COMMIT = {"url": URL, "vcs_info": {"vcs": "git", "commit_id": "decaf"}}
EDITABLE = {"url": "file:///src", "dir_info": {"editable": True}}
FOLDER = {"url": "file:///src", "dir_info": {}}
WHEEL = {"url": URL, "archive_info": {"hashes": {"sha256": A}}}
OTHER_WHEEL = {"url": URL, "archive_info": {"hashes": {"sha256": B}}}
UNKNOWN_WHEEL = {"url": URL, "archive_info": {}}


@pytest.mark.parametrize(
    ("lock", "record", "found"),
    [
        (FROM_INDEX, None, None),
        (FROM_INDEX, WHEEL, None),
        (FROM_INDEX, UNKNOWN_WHEEL, None),
        (FROM_INDEX, OTHER_WHEEL, f"{URL}, sha256:{B}"),
        (FROM_INDEX, EDITABLE, "file:///src, editable"),
        (FROM_INDEX, FOLDER, "file:///src"),
        (FROM_INDEX, COMMIT, f"{URL} at commit c0ffee"),
        ("foo==1.0\n", OTHER_WHEEL, None),
        ("foo==1.0\n", EDITABLE, "file:///src, editable"),
        (FROM_REPOSITORY, COMMIT, None),
        (FROM_REPOSITORY, OTHER_COMMIT, f"{URL} at commit decaf"),
        (FROM_REPOSITORY, None, "an index"),
        (FROM_REPOSITORY, WHEEL, URL),
        (FROM_FOLDER, EDITABLE, None),
        (FROM_FOLDER, FOLDER, None),
    ],
)
def test_an_origin_that_is_not_the_locks_is_named(
    lock: str,
    record: dict[str, object] | None,
    found: str | None,
    install: Callable[..., Path],
    write_lock: Callable[..., Path],
) -> None:
    folder = install("foo", "1.0")
    if record:
        (folder / "direct_url.json").write_text(json.dumps(record))
    report = check(write_lock(lock, "pylock.toml" if lock.startswith("lock-version") else "r.txt"), path=folder.parent)
    assert [(one.kind, one.found) for one in report.differences] == ([(Kind.ORIGIN, found)] if found else [])


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "1", '{"url": 1, "archive_info": {"hashes": [1]}}', '{"url": ""}', "[" * 100_000, '"\\ud800'],
)
def test_a_damaged_record_of_the_origin_is_named(
    text: str, install: Callable[..., Path], write_lock: Callable[..., Path], site: Path
) -> None:
    (install("foo", "1.0") / "direct_url.json").write_text(text)
    report = check(write_lock(FROM_INDEX), path=site)
    assert [(one.kind, one.found) for one in report.differences] == [(Kind.DAMAGED, "not as PEP 610 describes it")]


def test_an_unreadable_record_of_the_origin_is_named(
    install: Callable[..., Path], write_lock: Callable[..., Path], site: Path
) -> None:
    (install("foo", "1.0") / "direct_url.json").write_bytes(b" " * 1_100_000)
    report = check(write_lock(FROM_INDEX), path=site)
    assert [str(one.found) for one in report.differences] == ["unreadable: longer than 1048576 bytes"]


def test_a_pin_without_a_version_is_said_to_be_open(
    install: Callable[..., Path], write_lock: Callable[..., Path], site: Path
) -> None:
    install("foo", "1.0")
    report = check(write_lock(FROM_FOLDER, "pylock.toml"), path=site)
    assert report.notes == ("foo is locked without a version; only that it is there was looked at",)
    assert report.matches
