"""What a target holds, file by file and place by place: only what is surely absent may be brought."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.model.ledger import Held, Listing, State, compare, unknown
from release.model.tag import parse_tag

TAG = parse_tag("alpha/v0.1.0")
WHEEL, SDIST = TAG.files
SBOM = "alpha-0.1.0.cdx.json"
OURS, OTHER = "a" * 64, "b" * 64
DIGESTS = {SBOM: OURS, WHEEL: OURS, SDIST: OURS}
STRANGER = "alpha-0.1.0-1-py3-none-any.whl"
INSTALLABLE = (".whl", ".egg", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar.zst")


def places(name: str) -> tuple[str, ...]:
    """Give two places for artifacts, and one of them for evidence."""
    return ("stable", "dev") if name in TAG.files else ("stable",)


def held(
    name: str = WHEEL, sha256: str = OURS, listing: Listing = Listing.OFFERED, place: str = "stable", detail: str = ""
) -> Held:
    """Give a file that stands there."""
    return Held(TAG, place, name, sha256, listing, detail=detail)


def states(*holdings: Held, digest: str = OURS) -> dict[tuple[str, str], tuple[State, str]]:
    """Compare, and give state and detail by place and name."""
    entries = compare("s3", places, dict.fromkeys(DIGESTS, digest), holdings)
    assert {each.target for each in entries} == {"s3"}
    return {(each.location, each.name): (each.state, each.detail) for each in entries}


def test_what_is_not_there_is_absent_at_every_place_it_belongs() -> None:
    artifacts = [(place, name) for name in TAG.files for place in ("stable", "dev")]
    assert states() == dict.fromkeys([("stable", SBOM), *artifacts], (State.ABSENT, ""))


@pytest.mark.parametrize(("sha256", "state"), [(OURS, State.IDENTICAL), (OTHER, State.CONFLICTING)])
def test_bytes_are_judged_at_the_one_place_that_has_them(sha256: str, state: State) -> None:
    found = states(held(sha256=sha256, place="dev"))
    assert found.pop(("dev", WHEEL)) == (state, "")
    assert {each for each, _ in found.values()} == {State.ABSENT}


def test_a_file_of_which_the_target_does_not_say_the_bytes_is_unknown() -> None:
    state, detail = states(held(sha256=""))["stable", WHEEL]
    assert (state, "does not say what bytes" in detail) == (State.UNKNOWN, True)


def test_where_nobody_knows_what_the_bytes_should_be_a_file_is_unknown_if_it_is_there_and_absent_if_not() -> None:
    found = states(held(place="dev"), digest="")
    state, detail = found.pop(("dev", WHEEL))
    assert (state, "a run builds and compares" in detail) == (State.UNKNOWN, True)
    assert {each for each, _ in found.values()} == {State.ABSENT}


@pytest.mark.parametrize("ending", INSTALLABLE)
def test_a_stranger_that_an_installer_would_take_for_the_version_is_a_conflict(ending: str) -> None:
    found = states(held(f"alpha-0.1.0{ending.removeprefix('.tar.gz') or '.post0.tar.gz'}", OTHER))
    accused = [(state, detail) for state, detail in found.values() if state is not State.ABSENT]
    assert accused == [(State.CONFLICTING, "somebody added it to the release")]


@pytest.mark.parametrize("name", ["alpha-0.1.0.receipt.json", "listing.json", f"{WHEEL}.asc", f"{WHEEL}.metadata"])
def test_what_no_installer_takes_for_the_version_is_passed_over(name: str) -> None:
    assert states(held(name, OTHER)) == states()


def test_a_file_of_ours_where_it_does_not_belong_is_no_stranger() -> None:
    assert states(held(place="staging")) == states()


def test_evidence_in_a_draft_with_other_bytes_is_absent_because_a_stopped_run_left_it() -> None:
    state, detail = states(held(SBOM, OTHER, Listing.UNSEEN))["stable", SBOM]
    assert (state, detail) == (State.ABSENT, "a stopped run's evidence is there, unseen")


@pytest.mark.parametrize("listing", [Listing.OFFERED, Listing.UNLISTED, Listing.ARCHIVED])
def test_evidence_with_other_bytes_that_was_ever_shown_is_a_conflict(listing: Listing) -> None:
    assert states(held(SBOM, OTHER, listing))["stable", SBOM] == (State.CONFLICTING, "")


@pytest.mark.parametrize("name", TAG.files)
@pytest.mark.parametrize("listing", Listing)
def test_an_artifact_with_other_bytes_is_a_conflict_even_in_a_draft(name: str, listing: Listing) -> None:
    assert states(held(name, OTHER, listing))["stable", name] == (State.CONFLICTING, "")


def test_what_was_brought_and_is_not_offered_yet_is_absent_and_says_so() -> None:
    found = states(held(listing=Listing.UNSEEN), held(SBOM, listing=Listing.UNSEEN))
    assert found["stable", WHEEL] == found["stable", SBOM] == (State.ABSENT, "it is there, and not offered yet")


@pytest.mark.parametrize("listing", [Listing.UNLISTED, Listing.ARCHIVED])
def test_what_was_taken_off_offer_is_identical_and_says_so(listing: Listing) -> None:
    assert states(held(listing=listing, detail="unstaged"))["stable", WHEEL] == (State.IDENTICAL, listing.value)


def test_what_a_target_says_of_how_a_file_came_there_is_kept() -> None:
    assert states(held(detail="unstaged"))["stable", WHEEL] == (State.IDENTICAL, "unstaged")


def test_of_a_target_that_could_not_be_asked_everything_is_unknown() -> None:
    entries = unknown("s3", places, DIGESTS, "no answer")
    assert {(each.location, each.name) for each in entries} == states().keys()
    assert {(each.state, each.detail, each.sha256) for each in entries} == {(State.UNKNOWN, "no answer", OURS)}


HOLDINGS = st.lists(
    st.builds(
        held,
        st.sampled_from([*DIGESTS, STRANGER, "notes.txt"]),
        st.sampled_from(["", OURS, OTHER]),
        st.sampled_from(Listing),
        st.sampled_from(["stable", "dev", "staging"]),
    ),
    unique_by=lambda each: (each.location, each.name),
)


@given(HOLDINGS, st.fixed_dictionaries({name: st.sampled_from(["", OURS]) for name in DIGESTS}))
def test_nothing_is_identical_but_the_same_bytes_and_nothing_absent_that_anybody_could_see(
    holdings: list[Held], digests: dict[str, str]
) -> None:
    there = {(each.location, each.name): each for each in holdings}
    entries = compare("s3", places, digests, holdings)
    wanted = [(place, name) for name in digests for place in places(name)]
    assert [(each.location, each.name) for each in entries][: len(wanted)] == wanted
    assert {each.name for each in entries[len(wanted) :]} <= {STRANGER}
    for each in entries:
        found = there.get((each.location, each.name))
        if each.state is State.IDENTICAL:
            assert found
            assert found.sha256 == each.sha256 == OURS
            assert found.listing is not Listing.UNSEEN
        if each.state is State.ABSENT and found:
            assert found.listing is Listing.UNSEEN
            assert found.sha256 == OURS or (found.sha256 == OTHER and each.name == SBOM)
        if found and "" in {found.sha256, each.sha256}:
            assert each.state in {State.UNKNOWN, State.CONFLICTING}
            assert each.state is State.UNKNOWN or each.name == STRANGER
