"""Publishing a draft on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete, ReleaseError, UsageError
from release.model.ledger import Listing
from release.model.tag import parse_tag
from tests.release.adapters.github.desk import COMMIT, TAG, Desk, files_of
from tests.servers.faults import Call, Fault, Faults
from tests.servers.github import Asset
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from release.adapters.github.target import GitHubReleases
    from release.model.parcel import Parcel

WHEEL, SUMS = "alpha-0.1.0-py3-none-any.whl", "SHA256SUMS"
CANDIDATE = "alpha/v0.2.0rc1"
ANOTHER = "ba5eba11" + "0" * 32
CALLS = [
    *(Call("GitHub", "ListReleases page 1", number) for number in (1, 2)),
    *(Call("GitHub", f"GetRef {TAG}", number) for number in (1, 2)),
    Call("GitHub", f"CreateRelease {TAG}", 1),
    *(Call("GitHub", f"UploadAsset {TAG}/{name}", 1) for name in files_of(parse_tag(TAG))),
    *(Call("GitHub", f"GetRelease {TAG}", number) for number in (1, 2)),
    Call("GitHub", f"PublishRelease {TAG}", 1),
]
"""All of a release."""
TAKEN = Answer(b'{"message": "Validation Failed", "errors": [{"code": "already_exists", "field": "tag_name"}]}', 422)


def refusal_of(desk: Desk, kind: type[ReleaseError], says: str) -> ReleaseError:
    with pytest.raises(kind, match=says) as refused:
        desk.open(patience=0.5).show(desk.parcel())
    assert refused.value.hint
    assert all(each.draft for each in desk.releases)
    return refused.value


@pytest.mark.parametrize("is_immutable", [True, False])
def test_a_draft_with_everything_is_published(desk: Desk, is_immutable: bool) -> None:  # noqa: FBT001  # a parameter
    desk.repository.is_immutable = is_immutable
    parcel, target = desk.parcel(), desk.open()
    target.put(parcel)
    desk.github.forget()
    target.show(parcel)
    release = desk.require_published(parcel)
    assert release.immutable is is_immutable
    assert desk.repository.latest == release.id
    assert sorted(desk.github.calls()) == [f"GetRef {TAG}", f"GetRelease {TAG}", f"PublishRelease {TAG}"]


@pytest.mark.parametrize(
    ("tag", "is_highest", "is_latest"), [(TAG, True, True), (TAG, False, False), (CANDIDATE, True, False)]
)
def test_only_the_highest_final_version_is_shown_as_the_latest(
    desk: Desk, tag: str, is_highest: object, is_latest: object
) -> None:
    desk.repository.tag(tag, COMMIT)
    parcel, target = desk.parcel(tag, is_highest=bool(is_highest)), desk.open()
    target.put(parcel)
    target.show(parcel)
    release = desk.require_published(parcel)
    assert (desk.repository.latest == release.id) is is_latest
    assert release.prerelease is (tag == CANDIDATE)


def test_what_is_published_is_not_published_again(desk: Desk) -> None:
    desk.add_published(immutable=True)
    desk.open().show(desk.parcel())
    assert sorted(desk.github.calls()) == [f"GetRef {TAG}", f"GetReleaseByTag {TAG}"]


def test_what_a_release_says_is_brought_up_to_date_when_it_is_published(desk: Desk) -> None:
    parcel = desk.parcel()
    draft = desk.add_draft(parcel, *parcel.files)
    draft.body, draft.name, draft.prerelease = "of an earlier run", "draft", True
    desk.open().show(parcel)
    assert (draft.body, draft.name, draft.prerelease) == (parcel.notes, "alpha 0.1.0", False)


def test_a_tag_that_was_not_pushed_is_asked_for_and_none_is_made(desk: Desk) -> None:
    desk.add_draft(desk.parcel(), *desk.parcel().files)
    desk.repository.refs.clear()
    refused = refusal_of(desk, UsageError, "the tag alpha/v0.1.0 is not in wheelyard/wheelyard on GitHub")
    assert "git push origin alpha/v0.1.0" in refused.hint
    assert desk.repository.refs == {}


def test_a_tag_that_names_another_commit_is_a_conflict(desk: Desk) -> None:
    desk.add_draft(desk.parcel(), *desk.parcel().files)
    desk.repository.tag(TAG, ANOTHER)
    refusal_of(desk, Conflict, f"names {ANOTHER[:12]} in .* and {COMMIT[:12]} is what was built")


def test_a_tag_is_looked_at_before_anything_is_brought(desk: Desk) -> None:
    desk.repository.tag(TAG, ANOTHER)
    with pytest.raises(Conflict, match=r"names"):
        desk.open().put(desk.parcel())
    assert sorted(desk.github.calls()) == [f"GetRef {TAG}", "ListReleases page 1"]
    assert desk.releases == []


@pytest.mark.parametrize("annotations", [("a1" * 20,), ("a1" * 20, "a2" * 20)])
def test_an_annotated_tag_is_followed_to_its_commit(desk: Desk, annotations: tuple[str, ...]) -> None:
    desk.repository.tag(TAG, COMMIT, *annotations)
    parcel, target = desk.parcel(), desk.open()
    target.put(parcel)
    target.show(parcel)
    desk.require_published(parcel)


def test_an_annotated_tag_without_its_object_is_a_conflict(desk: Desk) -> None:
    desk.repository.tag(TAG, COMMIT, "a1" * 20)
    desk.repository.tag_objects.clear()
    refusal_of(desk, Conflict, "names no commit")


def test_a_tag_of_tags_without_end_is_a_conflict(desk: Desk) -> None:
    desk.repository.tag(TAG, COMMIT, *(f"a{number}" * 20 for number in range(6)))
    refusal_of(desk, Conflict, "names no commit")


def test_a_draft_that_is_gone_is_told(desk: Desk) -> None:
    refusal_of(desk, Incomplete, "there is no draft for alpha/v0.1.0 on GitHub any more")


def test_a_draft_that_lacks_a_file_is_not_published(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.add_draft(parcel, *list(parcel.files)[1:])
    refusal_of(desk, Incomplete, "does not hold what was brought of SHA256SUMS")


def test_a_draft_with_the_evidence_of_another_run_is_not_published(desk: Desk) -> None:
    parcel = desk.parcel(changed={"SHA256SUMS": b"of another run"})
    desk.add_draft(parcel, *parcel.files)
    refused = refusal_of(desk, Incomplete, "does not hold what was brought of SHA256SUMS")
    assert "goes on from what is there" in refused.hint


def test_a_draft_with_another_wheel_is_not_published(desk: Desk) -> None:
    parcel = desk.parcel(changed={".whl": b"other"})
    desk.add_draft(parcel, *parcel.files)
    refusal_of(desk, Conflict, f"the draft alpha/v0.1.0 on GitHub has other bytes as {WHEEL}")


def test_a_draft_that_somebody_added_a_wheel_to_is_not_published(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.add_draft(parcel, *parcel.files).assets.append(Asset(99, "beta-1-py3-none-any.whl", b"evil"))
    refusal_of(desk, Conflict, "somebody added beta-1-py3-none-any.whl")


def test_a_stranger_in_a_published_release_needs_the_next_version(desk: Desk) -> None:
    desk.add_published().assets.append(Asset(99, "beta-1-py3-none-any.whl", b"evil"))
    with pytest.raises(Conflict, match=r"somebody added beta-1-py3-none-any.whl to the release") as refused:
        desk.open().show(desk.parcel())
    assert "release a new version" in refused.value.hint


def test_a_release_that_another_run_published_from_its_own_draft_is_taken(desk: Desk) -> None:
    parcel, target = desk.parcel(), desk.open()
    target.put(parcel)
    other = desk.add_published()
    target.show(parcel)
    assert [each.draft for each in desk.releases] == [True, False]
    assert {each.listing for each in target.held(parcel.tag)} == {Listing.OFFERED}
    assert desk.repository.latest != other.id  # it was published by somebody else, as they wanted it


def test_a_release_that_another_run_published_otherwise_is_not_taken(desk: Desk) -> None:
    parcel, target = desk.parcel(), desk.open()
    target.put(parcel)
    desk.add_published(word=", otherwise")
    with pytest.raises(Conflict, match=r"has other bytes"):
        target.show(parcel)


def test_a_published_release_that_does_not_show_yet_is_waited_for(desk: Desk) -> None:
    parcel, target = desk.parcel(), desk.open()
    target.put(parcel)
    desk.github.wrong[f"PublishRelease {TAG}"] = [TAKEN]
    target.show(parcel)
    desk.require_published(parcel)


def test_a_tag_of_an_immutable_release_that_was_deleted_needs_the_next_version(desk: Desk) -> None:
    desk.add_draft(desk.parcel(), *desk.parcel().files)
    said = b'{"errors": [{"code": "custom", "message": "tag_name was used by an immutable release"}]}'
    desk.github.wrong[f"PublishRelease {TAG}"] = [Answer(said, 422)]
    refused = refusal_of(desk, Conflict, "an immutable release had that tag, and was deleted")
    assert "release the next version" in refused.hint


def test_what_github_finds_invalid_is_told_by_its_code_alone(desk: Desk) -> None:
    desk.add_draft(desk.parcel(), *desk.parcel().files)
    said = b'{"message": "the token is github-token-of-ada", "errors": [{"code": "invalid"}]}'
    desk.github.wrong[f"PublishRelease {TAG}"] = [Answer(said, 422)]
    refused = refusal_of(desk, Incomplete, r"GitHub found it not valid \(invalid\)")
    assert "ada" not in refused.message


@pytest.mark.parametrize("call", [f"PublishRelease {TAG}", f"GetRelease {TAG}", f"GetRef {TAG}"])
@pytest.mark.parametrize(
    "fault", [Fault.LOST, Fault.REFUSED, Fault.THROTTLED, Fault.BROKEN, Fault.UNAVAILABLE, Fault.STALE]
)
def test_what_happens_to_a_call_leaves_one_release_published_once(desk: Desk, call: str, fault: Fault) -> None:
    parcel, target = desk.parcel(), desk.open()
    target.put(parcel)
    desk.github.forget()
    desk.github.faults = faults = Faults(Call("GitHub", call, 1), fault)
    target.show(parcel)
    assert faults.is_spent
    assert desk.repository.latest == desk.require_published(parcel).id
    assert desk.github.calls().count(f"PublishRelease {TAG}") <= 2


def test_a_release_asks_for_nothing_else(desk: Desk) -> None:
    desk.github.faults = Faults()
    release(desk.parcel(), desk.open())
    assert set(desk.github.faults.calls) == set(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_a_run_that_stops_at_any_call_is_ended_by_the_next(desk: Desk, call: Call) -> None:
    parcel, target = desk.parcel(), desk.open()
    desk.github.faults = Faults(call, Fault.EXPIRED)
    with pytest.raises(Incomplete, match=r"GitHub does not accept the token: it is wrong or has ended"):
        release(parcel, target)
    release(parcel, desk.open())
    desk.require_published(parcel)


def release(parcel: Parcel, target: GitHubReleases) -> None:
    target.put(parcel)
    target.show(parcel)
