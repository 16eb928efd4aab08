"""Metadata that nobody wrote in good faith."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from hypothesis import example, given, settings
from hypothesis import strategies as st

from env_drift import LookError, check, installed

SITE = Path("lib") / "python3.11" / "site-packages"
patient = settings(deadline=None, database=None)
rows = st.lists(
    st.tuples(
        st.sampled_from(["foo.py", "../foo.py", "foo-1.0.dist-info/RECORD", "foo-1.0.dist-info/METADATA", "/", "", "."])
        | st.text(max_size=20),
        st.sampled_from(["", "md5=x", "sha256=", "sha256=x", "sha512=y", "shake_128=z"]) | st.text(max_size=20),
        st.sampled_from(["", "4", "-4", "٤"]) | st.text(max_size=5),
    ).map(",".join)
).map("\n".join)


def make(folder: str, record: bytes, metadata: bytes) -> Path:
    info = Path(folder) / SITE / "foo-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_bytes(record)
    (info / "METADATA").write_bytes(metadata)
    (info.parent / "foo.py").write_bytes(b"evil")
    (Path(folder) / "lock.txt").write_bytes(b"foo==1.0\n")
    return info.parent


@patient
@given(rows.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=200))
@example(b"foo.py,sha256=x,\n")
@example(b"foo.py,,\nfoo.py,,\n")
@example(b"foo-1.0.dist-info/../foo.py,,\n")
def test_no_record_hides_a_file_that_was_not_installed(record: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = check(Path(folder) / "lock.txt", path=make(folder, record, b"Name: foo\nVersion: 1.0\n"))
    assert any("foo.py" in str(one) for one in report.differences)


@patient
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"Name: foo\nVersion: 1.0\n")
@example(b"Name: foo\n\nVersion: 1.0\n")
def test_metadata_says_what_its_folder_says_or_nothing(metadata: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = make(folder, b"", metadata)
        try:
            (found,) = installed([site])
        except LookError as error:
            assert "foo-1.0.dist-info" in str(error)  # noqa: PT017  # either answer is sound
            return
    assert (found.name.lower(), found.version) == ("foo", "1.0")
