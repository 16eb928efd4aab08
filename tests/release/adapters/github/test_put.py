"""Bringing the files of a release to GitHub."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from release.errors import Conflict, Incomplete, UsageError
from release.model.ledger import Listing
from release.model.tag import Tag
from tests.release.adapters.github.desk import COMMIT, NOTES, TAG
from tests.servers.github import Asset
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from tests.release.adapters.github.desk import Desk

WHEEL, SDIST = "alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"
SUMS = "SHA256SUMS"


def test_a_draft_is_made_and_filled_and_not_published(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.open().put(parcel)
    (draft,) = desk.releases
    assert draft.draft
    assert (draft.tag_name, draft.target_commitish, draft.name, draft.body) == (TAG, COMMIT, "alpha 0.1.0", NOTES)
    assert {each.name for each in draft.assets} == set(parcel.files)
    assert desk.repository.latest == 0


def test_only_the_list_is_asked_twice_to_fill_a_draft(desk: Desk) -> None:
    desk.open().put(desk.parcel())
    assert sorted(desk.github.calls()) == sorted(
        [
            f"GetRef {TAG}",
            "ListReleases page 1",
            f"CreateRelease {TAG}",
            "ListReleases page 1",
            *(f"UploadAsset {TAG}/{name}" for name in desk.parcel().files),
            f"GetRelease {TAG}",
        ]
    )


def test_the_drafts_of_many_packages_share_few_lists_of_what_is_old(desk: Desk) -> None:
    for number in range(250):
        desk.repository.add(f"old/v{number}.0.0")
    tags = [f"package-{number}/v0.1.0" for number in range(8)]
    for tag in tags:
        desk.repository.tag(tag, COMMIT)
    target, parcels = desk.open(), [desk.parcel(tag) for tag in tags]
    desk.github.delay = 0.05
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(target.put, parcels))
    assert len(desk.releases) == 258
    assert desk.github.calls().count("ListReleases page 2") <= 4


@pytest.mark.parametrize(("tag", "is_prerelease"), [(TAG, False), ("alpha/v0.2.0rc1", True)])
def test_a_candidate_is_marked_as_a_prerelease(desk: Desk, tag: str, is_prerelease: bool) -> None:  # noqa: FBT001
    desk.repository.tag(tag, COMMIT)
    desk.open().put(desk.parcel(tag))
    assert [each.prerelease for each in desk.releases] == [is_prerelease]


@pytest.mark.parametrize("number", range(7))
def test_a_draft_that_was_left_half_made_is_taken_up_again(desk: Desk, number: int) -> None:
    parcel = desk.parcel()
    draft = desk.add_draft(parcel, *list(parcel.files)[:number])
    before = list(draft.assets)
    desk.open().put(parcel)
    assert desk.releases == [draft]
    assert {each.name for each in draft.assets} == set(parcel.files)
    assert draft.assets[:number] == before
    uploads = [call for call in desk.github.calls() if call.startswith("UploadAsset")]
    assert len(uploads) == 6 - number


def test_what_a_broken_upload_left_behind_is_uploaded_again(desk: Desk) -> None:
    parcel = desk.parcel()
    draft = desk.add_draft(parcel, SUMS)
    draft.assets.append(Asset(99, WHEEL, b"", state="starter"))
    held = desk.open().held(parcel.tag)
    assert [each.name for each in held] == [SUMS]
    desk.open().put(parcel)
    assert [each.state for each in draft.assets] == ["uploaded"] * 6
    assert f"DeleteAsset {TAG}/{WHEEL}" in desk.github.calls()


def test_evidence_of_an_earlier_run_is_replaced_in_a_draft(desk: Desk) -> None:
    draft = desk.add_draft(desk.parcel(changed={"SHA256SUMS": b"earlier"}), SUMS, WHEEL)
    parcel = desk.parcel()
    desk.open().put(parcel)
    assert desk.releases == [draft]
    assert {each.name: each.content for each in draft.assets} == {
        name: each.path.read_bytes() for name, each in parcel.files.items()
    }


@pytest.mark.parametrize("end", [".whl", ".tar.gz"])
def test_an_artifact_of_other_bytes_in_a_draft_is_a_conflict(desk: Desk, end: str) -> None:
    draft = desk.add_draft(desk.parcel(changed={end: b"other"}), WHEEL, SDIST)
    before = list(draft.assets)
    with pytest.raises(Conflict, match=r"the draft alpha/v0.1.0 on GitHub has other bytes as alpha-0.1.0") as refused:
        desk.open().put(desk.parcel())
    assert "delete it" in refused.value.hint
    assert draft.assets == before


def test_a_wheel_that_somebody_added_is_a_conflict(desk: Desk) -> None:
    parcel = desk.parcel()
    draft = desk.add_draft(parcel, SUMS)
    draft.assets.append(Asset(99, "alpha-0.1.0-cp311-cp311-linux_x86_64.whl", b"evil"))
    with pytest.raises(Conflict, match=r"somebody added alpha-0.1.0-cp311-cp311-linux_x86_64.whl to the draft"):
        desk.open().put(parcel)
    assert len(draft.assets) == 2


def test_a_published_release_with_everything_is_left_alone(desk: Desk) -> None:
    desk.add_published(immutable=True)
    desk.open().put(desk.parcel())
    assert sorted(desk.github.calls()) == [f"GetRef {TAG}", "ListReleases page 1"]


def test_an_immutable_release_without_its_files_is_explained(desk: Desk) -> None:
    desk.repository.add(TAG, immutable=True)
    with pytest.raises(Conflict, match=r"is published without SHA256SUMS, .*, and is immutable") as refused:
        desk.open().put(desk.parcel())
    assert "can't be repaired: release the next version" in refused.value.hint
    assert not [call for call in desk.github.calls() if call.startswith(("Upload", "Delete", "Create"))]


def test_a_release_that_turns_immutable_in_the_middle_is_explained(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.add_draft(parcel, SUMS)
    said = b'{"message": "Cannot upload assets to an immutable release."}'
    desk.github.wrong[f"UploadAsset {TAG}/{WHEEL}"] = [Answer(said, 422)]
    with pytest.raises(Conflict, match=rf"is published without {WHEEL}, and is immutable"):
        desk.open().put(parcel)


def test_a_published_release_that_can_be_changed_gets_its_evidence_first(desk: Desk) -> None:
    release = desk.repository.add(TAG)
    parcel = desk.parcel()
    desk.open().put(parcel)
    names = [each.name for each in release.assets]
    assert set(names[-2:]) == {WHEEL, SDIST}
    assert len(names) == 6


@pytest.mark.parametrize("end", ["SHA256SUMS", ".whl"])
def test_nothing_is_replaced_in_a_published_release(desk: Desk, end: str) -> None:
    release = desk.add_published(word=", the first")
    before = list(release.assets)
    with pytest.raises(Conflict, match=r"the release alpha/v0.1.0 on GitHub has other bytes as"):
        desk.open().put(desk.parcel(changed={end: b"other"}))
    assert release.assets == before


def test_the_older_of_two_drafts_is_taken(desk: Desk) -> None:
    parcel = desk.parcel()
    older, newer = desk.add_draft(parcel), desk.add_draft(parcel, SUMS)
    target = desk.open()
    target.put(parcel)
    target.show(parcel)
    assert (older.draft, len(older.assets)) == (False, 6)
    assert (newer.draft, len(newer.assets)) == (True, 1)
    assert {each.listing for each in target.held(parcel.tag)} == {Listing.OFFERED}


def test_a_further_draft_is_named_where_files_do_not_arrive(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.add_draft(parcel, *parcel.files)
    desk.add_draft(parcel)
    desk.releases[0].assets.pop()
    gone = Answer(b'{"errors": [{"code": "already_exists"}]}', 422)
    desk.github.wrong[f"UploadAsset {TAG}/{SDIST}"] = [gone] * 9
    with pytest.raises(Incomplete, match=rf"{SDIST} did not arrive in the draft") as refused:
        desk.open(patience=0.1).put(parcel)
    assert "there are 1 more drafts of it, which can be deleted" in refused.value.hint
    assert len(desk.releases) == 2


def test_a_file_that_another_run_brought_meanwhile_is_compared(desk: Desk) -> None:
    parcel = desk.parcel()
    draft = desk.add_draft(parcel)
    taken = Answer(b'{"message": "Validation Failed", "errors": [{"code": "already_exists", "field": "name"}]}', 422)
    desk.github.wrong[f"UploadAsset {TAG}/{WHEEL}"] = [taken]
    desk.open().put(parcel)
    assert len(draft.assets) == 6


def test_an_upload_that_is_found_invalid_is_told_with_github_s_code(desk: Desk) -> None:
    parcel = desk.parcel(changed={"SHA256SUMS": b""})
    with pytest.raises(Incomplete, match=r"could not upload SHA256SUMS .* not valid \(custom\)"):
        desk.open().put(parcel)


def test_a_name_that_github_changes_is_refused_before_anything_is_sent(desk: Desk) -> None:
    parcel = desk.parcel()
    odd = replace(parcel, files={"a b": parcel.files[SUMS]})
    with pytest.raises(UsageError, match=r"GitHub would change the names a b"):
        desk.open().put(odd)
    assert desk.releases == []


def test_a_file_that_github_kept_under_another_name_is_taken_out_again(desk: Desk) -> None:
    desk.repository.renamed[WHEEL] = "alpha.whl"
    with pytest.raises(Conflict, match=rf"GitHub keeps {WHEEL} of alpha/v0.1.0 as alpha.whl"):
        desk.open().put(desk.parcel())
    assert f"DeleteAsset {TAG}/alpha.whl" in desk.github.calls()
    assert desk.releases[0].asset("alpha.whl") is None


def test_a_development_version_is_not_brought(desk: Desk) -> None:
    parcel = replace(desk.parcel(), tag=Tag("alpha", Version("0.2.0.dev3")))
    target = desk.open()
    target.put(parcel)
    target.show(parcel)
    assert target.held(parcel.tag) == ()
    assert target.places(parcel.tag, WHEEL) == ()
    assert desk.github.requests == ()


def test_a_draft_that_goes_away_is_made_again(desk: Desk) -> None:
    parcel = desk.parcel()
    draft = desk.add_draft(parcel, SUMS)
    gone = f"GetRelease {TAG}"
    desk.github.wrong[gone] = [Answer(b'{"message": "Not Found"}', 404)] * 2
    desk.open().put(parcel)
    assert len(draft.assets) == 6
