"""A parcel is what stands on the shelf: evidence before what it proves, and notes for whoever comes by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from release.model.artifact import digest_of
from release.model.changelog import read_changelog
from release.model.evidence import Evidence, Judged
from release.steps.attest import Attest
from release.steps.pack import pack
from tests.release.doors import make_artifacts, open_doors
from tests.release.repository import Repository
from tests.release.steps.dock import STARTED

if TYPE_CHECKING:
    from pathlib import Path

    from release.context import Context
    from release.model.parcel import Parcel

WHEEL, SDIST = "alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"


@pytest.fixture
def source(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "repository")
    repository.commit()
    return repository


@pytest.fixture
def context(source: Repository) -> Context:
    return open_doors(source.root, {})


def packed(context: Context, tag: str = "alpha/v0.1.0", changelog: str = "") -> Parcel:
    """Attest a release, keep it on the shelf, and pack it."""
    artifacts = make_artifacts(context.scratch / tag, tag)
    plan = artifacts.release.plan
    plan = replace(plan, package=replace(plan.package, changelog=read_changelog(changelog) if changelog else None))
    artifacts = replace(artifacts, release=replace(artifacts.release, plan=plan))
    evidence = Evidence({"SHA256SUMS": b"sums\n", f"{plan.tag.stem}.cdx.json": b"{}\n"})
    judged = Judged(artifacts, {}, evidence, STARTED)
    judged = judged.attested(Attest().run(judged, context))
    context.shelf.keep(judged)
    return pack(judged, context)


def test_the_evidence_comes_first_and_every_file_is_the_one_on_the_shelf(context: Context) -> None:
    parcel = packed(context)
    assert list(parcel.files) == ["SHA256SUMS", "alpha-0.1.0.cdx.json", "alpha-0.1.0.intoto.jsonl", WHEEL, SDIST]
    assert [each.name for each in parcel.artifacts] == [WHEEL, SDIST]
    for name, file in parcel.files.items():
        assert (file.path, file.name) == (context.dist.folder(parcel.tag) / name, name)
        assert (file.sha256, file.size) == (digest_of(file.path), file.path.stat().st_size)
    assert parcel.digests == {name: digest_of(each.path) for name, each in parcel.files.items()}


def test_it_says_which_commit_and_which_pythons_it_is_for(context: Context) -> None:
    parcel = packed(context)
    assert (parcel.commit, parcel.requires_python) == ("0123456789abcdef0123456789abcdef01234567", ">=3.10")


def test_its_notes_name_every_file_with_its_digest_and_whether_it_is_signed(context: Context) -> None:
    signed, unsigned = packed(context), packed(replace(context, signer=None), "beta/v0.1.0")
    for parcel in (signed, unsigned):
        assert all(f"| `{name}` | `{sha256}` |" in parcel.notes for name, sha256 in parcel.digests.items())
    assert "is signed: this proves" in signed.notes
    assert "This release is not signed" in unsigned.notes


ENTRY = "# Changelog\n\n## [Unreleased]\n\n- Not yet.\n\n## [0.1.0] - 2026-01-02\n\n- Now.\n"


@pytest.mark.parametrize(
    ("name", "changelog", "says"),
    [
        ("alpha/v0.1.0", ENTRY, "> - Now."),
        ("alpha/v0.2.0rc1", ENTRY, "> - Not yet."),
        ("alpha/v0.2.0rc1", "", "The changelog has no entry for this version."),
        ("alpha/v0.2.0rc1", "# Changelog\n\n## [Unreleased]\n", "The changelog has no entry for this version."),
    ],
)
def test_its_notes_quote_the_version_or_for_a_candidate_what_is_unreleased(
    context: Context, name: str, changelog: str, says: str
) -> None:
    changes = packed(context, name, changelog).notes.partition("## What changed\n\n")[2].partition("\n\n## ")[0]
    assert changes == says


@pytest.mark.parametrize(
    ("tags", "is_highest"),
    [
        ((), True),
        (("alpha/v0.1.0", "alpha/v0.0.9"), True),
        (("alpha/v0.1.0", "alpha/v0.10.0"), False),
        (("alpha/v0.1.0", "alpha/v0.2.0rc1", "beta/v9.0.0", "v9.0.0", "alpha/9.0.0"), True),
        (("alpha/v0.1.0", "alpha/v0.1.0.post1"), False),
    ],
)
def test_it_is_the_highest_where_no_final_version_of_its_package_is_higher(
    source: Repository, context: Context, tags: tuple[str, ...], *, is_highest: bool
) -> None:
    source.tag(*tags)
    assert packed(context).is_highest is is_highest
