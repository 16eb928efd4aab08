from __future__ import annotations

import base64
import hashlib
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


def tamper(artifacts: Artifacts, changes: Mapping[str, bytes]) -> Artifacts:
    """Change files of the wheel, and leave its RECORD as it is if that is not among them."""
    with zipfile.ZipFile(artifacts.wheel.path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()} | dict(changes)
    path = write_zip(artifacts.wheel.path, contents)
    wheel = replace(artifacts.wheel, sha256=digest_of(path), size=path.stat().st_size)
    return replace(artifacts, wheel=wheel, metadata=contents[f"{INFO}/METADATA"])


def rewrite(artifacts: Artifacts, changes: Mapping[str, bytes]) -> Artifacts:
    """Change files of the wheel, and its RECORD with them."""
    with zipfile.ZipFile(artifacts.wheel.path) as archive:
        rows = archive.read(f"{INFO}/RECORD").splitlines(keepends=True)
    kept = [row for row in rows if row.partition(b",")[0].decode() not in changes]
    made = [b"%s,sha256=%s,%d\n" % (name.encode(), digest_in_record(each), len(each)) for name, each in changes.items()]
    return tamper(artifacts, {**changes, f"{INFO}/RECORD": b"".join([*made, *kept])})


def digest_in_record(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")


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
    ],
)
def test_a_wheel_that_is_not_pure_is_refused(tmp_path: Path, wheel: bytes) -> None:
    judgement = judge(tmp_path, rewrite(make_artifacts(tmp_path), {f"{INFO}/WHEEL": wheel}))
    assert "WHEEL does not say that it is pure Python" in judgement.detail


def test_an_ill_formed_wheel_is_refused_beside_what_else_is_wrong(tmp_path: Path) -> None:
    judgement = judge(tmp_path, make_artifacts(tmp_path, metadata={}))
    assert "RECORD" not in judgement.detail
    altered = tamper(make_artifacts(tmp_path, metadata={}), {"alpha/__init__.py": b"evil = True\n"})
    judgement = judge(tmp_path, altered)
    assert judgement.verdict is Verdict.REFUSED
    assert "RECORD has another digest for alpha/__init__.py" in judgement.detail
    assert judgement.detail.count(" is missing (project.") == 7


def test_what_twine_objects_to_is_said(tmp_path: Path) -> None:
    broken = METADATA | {"Description-Content-Type": "text/x-rst"}
    artifacts = make_artifacts(tmp_path, metadata=broken)
    said = artifacts.metadata + b"\n.. nonsense:: [\n\n`\n"
    judgement = judge(tmp_path, rewrite(artifacts, {f"{INFO}/METADATA": said}))
    assert "twine check: " in judgement.detail
