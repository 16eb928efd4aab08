from __future__ import annotations

import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from release.model.artifact import Artifacts, digest_of
from release.model.gate import Judgement, Verdict
from release.steps.check import Check
from tests.release.doors import METADATA, make_artifacts, open_doors
from tests.servers.wheel import write_zip

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INFO = "alpha-0.1.0.dist-info"


def judge(folder: Path, artifacts: Artifacts) -> Judgement:
    return Check().run(artifacts, open_doors(folder, {}))


def rewrite(artifacts: Artifacts, changes: Mapping[str, bytes | None]) -> Artifacts:
    """Change or take away files of the wheel, and leave its RECORD as it is."""
    with zipfile.ZipFile(artifacts.wheel.path) as archive:
        contents: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    contents.update(changes)
    left = {name: content for name, content in contents.items() if content is not None}
    path = write_zip(artifacts.wheel.path, left)
    wheel = replace(artifacts.wheel, sha256=digest_of(path), size=path.stat().st_size)
    return replace(artifacts, wheel=wheel, metadata=left.get(f"{INFO}/METADATA", b""))


def record_of(artifacts: Artifacts) -> bytes:
    with zipfile.ZipFile(artifacts.wheel.path) as archive:
        return archive.read(f"{INFO}/RECORD")


def test_complete_metadata_and_a_true_record_pass(tmp_path: Path) -> None:
    judgement = judge(tmp_path, make_artifacts(tmp_path))
    assert (judgement.verdict, judgement.detail) == (
        Verdict.PASSED,
        "metadata complete, RECORD true, twine check --strict",
    )


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("Summary", "project.description"),
        ("Requires-Python", "project.requires-python"),
        ("License-Expression", "project.license"),
        ("License-File", "project.license-files"),
        ("Classifier", "project.classifiers"),
        ("Project-URL", "project.urls"),
    ],
)
def test_a_missing_field_is_named_with_the_key_that_gives_it(tmp_path: Path, field: str, key: str) -> None:
    less = {name: value for name, value in METADATA.items() if name != field}
    judgement = judge(tmp_path, make_artifacts(tmp_path, metadata=less))
    assert judgement.verdict is Verdict.REFUSED
    assert f"{field} is missing ({key}" in judgement.detail
    assert judgement.hint == "mend packages/alpha/pyproject.toml"


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    detail = judge(tmp_path, make_artifacts(tmp_path, metadata={})).detail
    assert detail.count(" is missing (project.") == 7


def test_an_empty_description_is_refused(tmp_path: Path) -> None:
    artifacts = make_artifacts(tmp_path)
    bare = artifacts.metadata.partition(b"\n\n")[0] + b"\n\n"
    assert "the long description is empty" in judge(tmp_path, rewrite(artifacts, {f"{INFO}/METADATA": bare})).detail


def test_a_licence_classifier_beside_an_expression_is_refused(tmp_path: Path) -> None:
    said = METADATA | {"Classifier": "License :: OSI Approved :: MIT License"}
    assert "PEP 639 forbids" in judge(tmp_path, make_artifacts(tmp_path, metadata=said)).detail


@pytest.mark.parametrize(
    "wheel",
    [
        b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
        b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: cp311-cp311-linux_x86_64\n",
        b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n",
        None,
    ],
)
def test_a_wheel_that_is_not_pure_is_refused(tmp_path: Path, wheel: bytes | None) -> None:
    judgement = judge(tmp_path, rewrite(make_artifacts(tmp_path), {f"{INFO}/WHEEL": wheel}))
    assert "WHEEL does not say that it is pure Python" in judgement.detail


def test_a_file_that_record_does_not_list_is_named(tmp_path: Path) -> None:
    judgement = judge(tmp_path, rewrite(make_artifacts(tmp_path), {"alpha/more.py": b""}))
    assert judgement.detail == "RECORD does not list alpha/more.py"


def test_a_file_that_record_alone_has_is_named(tmp_path: Path) -> None:
    judgement = judge(tmp_path, rewrite(make_artifacts(tmp_path), {"alpha/__init__.py": None}))
    assert judgement.detail == "RECORD lists 'alpha/__init__.py', which is not there"


def test_a_digest_that_is_not_the_files_is_named(tmp_path: Path) -> None:
    judgement = judge(tmp_path, rewrite(make_artifacts(tmp_path), {"alpha/__init__.py": b"evil = True\n"}))
    assert judgement.detail == "RECORD has another digest for alpha/__init__.py"


@pytest.mark.parametrize("algorithm", [b"md5=", b"", b"sha256="])
def test_a_weak_digest_or_none_is_none(tmp_path: Path, algorithm: bytes) -> None:
    artifacts = make_artifacts(tmp_path)
    record = b"".join(
        b"alpha/__init__.py," + algorithm + b",1\n" if line.startswith(b"alpha/") else line
        for line in record_of(artifacts).splitlines(keepends=True)
    )
    assert (
        "another digest for alpha/__init__.py" in judge(tmp_path, rewrite(artifacts, {f"{INFO}/RECORD": record})).detail
    )


@pytest.mark.parametrize("record", [b"", b"\xff\xfe\x00", None])
def test_a_record_that_says_nothing_is_refused(tmp_path: Path, record: bytes | None) -> None:
    judgement = judge(tmp_path, rewrite(make_artifacts(tmp_path), {f"{INFO}/RECORD": record}))
    assert "RECORD does not list alpha/__init__.py" in judgement.detail


def test_what_twine_objects_to_is_said(tmp_path: Path) -> None:
    broken = METADATA | {"Description-Content-Type": "text/x-rst"}
    artifacts = make_artifacts(tmp_path, metadata=broken)
    said = artifacts.metadata + b"\n.. nonsense:: [\n\n`\n"
    judgement = judge(tmp_path, rewrite(artifacts, {f"{INFO}/METADATA": said}))
    assert "twine check: " in judgement.detail
