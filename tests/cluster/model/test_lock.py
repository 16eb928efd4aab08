"""A lock as text: what is written is read back, and nothing else is taken for one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from cluster.model.lock import ClusterLock, Locked, parse_lock
from release.errors import UsageError
from release.model.artifact import digest_of
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.lists(st.text("abz09", min_size=1, max_size=4), min_size=1, max_size=3).map("-".join)
NUMBERS = st.lists(st.integers(0, 99).map(str), min_size=1, max_size=3).map(".".join)
VERSIONS = st.tuples(
    st.sampled_from(["", "1!"]), NUMBERS, st.sampled_from(["", "a1", "rc3", ".post4", ".dev5", "+local.6"])
)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
WORDS = st.text("aZ0_.<>=!,-[]", min_size=1, max_size=12)
WHY = st.lists(NAMES, max_size=2).map(lambda names: f"needed by {', '.join(names)}" if names else "asked for")


@st.composite
def rows(draw: st.DrawFn) -> Locked:
    name, version = draw(NAMES), Version("".join(draw(VERSIONS)))
    wheel = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    return Locked(name, version, wheel, draw(DIGESTS), draw(WHY), draw(st.booleans()))


@st.composite
def locks(draw: st.DrawFn) -> ClusterLock:
    wheels = draw(st.lists(rows(), max_size=4, unique_by=lambda each: each.name))
    return ClusterLock(
        cluster=draw(NAMES),
        number=draw(st.integers(1, 10**6)),
        runtime=draw(WORDS),
        runtime_sha256=draw(DIGESTS),
        python="3.11",
        architecture="x86_64",
        channel="stable",
        as_of="2026-01-02T03:04:05Z",
        wanted=tuple(draw(st.lists(WORDS, max_size=3))),
        wheels=tuple(sorted(wheels)),
    )


LOCK = ClusterLock(
    "etl", 3, "15.4", "a" * 64, "3.11", "x86_64", "stable", "2026-01-02T03:04:05Z", ("rich>=1",),
    (Locked("rich", Version("1.0"), "rich-1.0-py3-none-any.whl", "b" * 64, "asked for", first_party=True),),
)  # fmt: skip
TEXT = LOCK.as_text()


@settings(max_examples=60)
@given(locks())
def test_a_lock_is_read_back_as_it_was_written(lock: ClusterLock) -> None:
    assert parse_lock(lock.as_text(), "there") == lock
    assert parse_lock(lock.as_text(), "there").sha256 == lock.sha256


@settings(max_examples=60)
@given(locks(), st.data())
def test_a_text_is_read_as_no_lock_but_the_one_that_writes_it(lock: ClusterLock, data: st.DataObject) -> None:
    text = lock.as_text()
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 3))
    edited = text[:at] + data.draw(st.text(st.characters(codec="utf-8"), max_size=3)) + text[at + cut :]
    try:
        read = parse_lock(edited, "there")
    except UsageError as error:
        said, hint = error.message, error.hint
    else:
        said, hint = "there is no lock", "cluster lock"
        assert read.as_text() == edited
    assert "there is no lock" in said
    assert "cluster lock" in hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# number: 3", "# number: three"),
        ("# number: 3", "# number: ٣"),
        ("# number: 3", "# number: 03"),
        ("# number: 3", "# number: " + "9" * 5000),
        ("rich==1.0", "rich==" + "9" * 5000),
        ("# number: 3\n", "# number: 3\n# number: 4\n"),
        ("# channel: stable\n", ""),
        ("# cluster: etl\n# number: 3\n", "# number: 3\n# cluster: etl\n"),
        ("--only-binary :all:\n", ""),
        ("--only-binary :all:\n", "--only-binary :all:\n--index-url http://127.0.0.1/\n"),
        ("rich==1.0", "rich==one"),
        ("rich==1.0", "Rich==1.0"),
        ("    --hash=sha256:" + "b" * 64 + "\n", ""),
        (
            "    --hash=sha256:" + "b" * 64 + "\n",
            "    --hash=sha256:" + "b" * 64 + " \\\n    --hash=sha256:" + "c" * 64 + "\n",
        ),
        (": asked for\n", ""),
        ("rich-1.0-py3-none-any.whl", "rich-1.0-py3-none-any./../../rich.whl"),
        ("rich-1.0-py3-none-any.whl", "../rich-1.0-py3-none-any.whl"),
        ("rich-1.0-py3-none-any.whl", "rich-1.0-py3-none-any\x1b[2J.whl"),
        ("rich-1.0-py3-none-any.whl", "typer-1.0-py3-none-any.whl"),
        ("rich-1.0-py3-none-any.whl", "rich-2.0-py3-none-any.whl"),
        ("rich-1.0-py3-none-any.whl", "rich-1.0.whl"),
        ("\n", "\r\n"),
    ],
)
def test_a_text_of_another_shape_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(UsageError, match="there is no lock"):
        parse_lock(TEXT.replace(old, new), "there")


@pytest.mark.parametrize(("sha256", "code"), [("", 0), ("c" * 64, 1)])
def test_pip_takes_it_as_it_is(tmp_path: Path, sha256: str, code: int) -> None:
    wheel = write_wheel(tmp_path, "rich", "1.0")
    row = Locked("rich", Version("1.0"), wheel.name, sha256 or digest_of(wheel), "asked for")
    (tmp_path / "lock.txt").write_text(replace(LOCK, wheels=(row,)).as_text())
    words = ["install", "--no-deps", "--require-hashes", "--no-index", "--find-links", ".", "--target", "there", "-r"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words, "lock.txt"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, (tmp_path / "there" / "rich").is_dir()) == (code, code == 0), done.stderr
