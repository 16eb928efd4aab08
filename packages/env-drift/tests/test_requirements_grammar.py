"""The grammar of requirements files, over many files that nobody wrote."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from hypothesis import example, given, settings
from hypothesis import strategies as st

from env_drift import Installed, LockError, Pin, compare, read_lock

patient = settings(deadline=None, database=None)
names = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?", fullmatch=True)
versions = st.from_regex(
    r"([1-9]!)?[1-9][0-9]?(\.[0-9]{1,2}){0,3}((a|b|rc)[0-9])?(\.post[0-9])?(\+[a-z0-9]{1,4})?", fullmatch=True
)
digests = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)
pins = st.builds(Pin, names, versions, st.lists(digests, min_size=1, max_size=3, unique=True).map(tuple))
locks = st.lists(pins, min_size=1, max_size=8, unique_by=lambda pin: pin.name)
layouts = st.sampled_from([" \\\n    ", " ", "  \\\r\n\t", " \\\n"])
comments = st.sampled_from(["", "  # via something", "\n# a line of its own", "\n\n", "\n    # via -r requirements.in"])


def read(text: str) -> tuple[Pin, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requirements.txt"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return read_lock(path).pins()


@patient
@given(locks, layouts, comments)
def test_what_was_written_is_what_is_read(lock: list[Pin], layout: str, comment: str) -> None:
    lines = [layout.join([f"{pin.name}=={pin.version}", *(f"--hash={one}" for one in pin.hashes)]) for pin in lock]
    assert read("\n".join(line + comment for line in lines)) == tuple(sorted(lock, key=lambda pin: pin.name))


@patient
@given(st.text(max_size=200))
@example("foo")
@example("\\\n\\\n")
@example("foo==1.0 ;")
def test_garbage_is_refused_or_wants_something(text: str) -> None:
    try:
        found = read(text)
    except LockError:
        return
    assert found


@patient
@given(locks, st.data())
def test_a_lock_cut_anywhere_never_loses_a_pin_silently(lock: list[Pin], data: st.DataObject) -> None:
    text = "".join(f"{pin.name}=={pin.version} \\\n    --hash={pin.hashes[0]}\n" for pin in lock)
    cut = data.draw(st.integers(0, len(text) - 1))
    try:
        found = read(text[:cut])
    except LockError:
        return
    assert len(found) == text[:cut].count("==")


@patient
@given(locks, st.data())
def test_any_other_version_is_drift(lock: list[Pin], data: st.DataObject) -> None:
    changed = data.draw(st.sampled_from(lock))
    installed = [Installed(pin.name, f"{pin.version}9" if pin is changed else str(pin.version)) for pin in lock]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requirements.txt"
        path.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in lock), "utf-8")
        read_back = read_lock(path)
    differences = compare(read_back, installed)
    assert [difference.name for difference in differences] == [changed.name]
