"""The ledger as it is read of targets: one that can't be asked is none that holds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.adapters.index import open_target
from release.adapters.local import LocalIndex
from release.errors import Conflict, Incomplete
from release.model.dist import Dist
from release.model.ledger import Held, Listing, State
from release.model.tag import parse_tag
from release.settings import Settings
from release.steps.ledger import Holding, ask_targets, read_ledger, require_agreement
from tests.release.doors import altered, make_artifacts, publish
from tests.release.places import Place
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from pathlib import Path

    from release.model.artifact import Artifacts
    from release.ports import Target

TAG = parse_tag("alpha/v0.1.0")
OURS, OTHER = "a" * 64, "b" * 64
HOLDINGS = st.lists(
    st.builds(
        Held,
        st.just(TAG),
        st.just("there"),
        st.sampled_from([*TAG.files, "alpha-0.1.0.zip", "notes.txt"]),
        st.sampled_from(["", OURS, OTHER]),
        st.sampled_from(Listing),
    ),
    unique_by=lambda each: each.name,
)


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return make_artifacts(tmp_path / "made")


@pytest.fixture
def local(tmp_path: Path) -> LocalIndex:
    return LocalIndex(Dist(tmp_path / "dist"))


@pytest.fixture
def nobody() -> Target:
    """Give an index at which nobody listens."""
    said = {"TWINE_REPOSITORY_URL": f"{closed_address()}/legacy/", "TWINE_USERNAME": "ada", "TWINE_PASSWORD": "ada"}
    return open_target(Settings(said), 1)


def test_every_target_is_asked_and_answers_for_itself(artifacts: Artifacts, local: LocalIndex, nobody: Target) -> None:
    publish(local, artifacts)
    entries = read_ledger(TAG, artifacts.digests, (local, nobody))
    said = {target: {each.state for each in entries if each.target == target} for target in ("local", "index")}
    assert said == {"local": {State.IDENTICAL}, "index": {State.UNKNOWN}}


def test_of_a_target_that_cannot_be_asked_every_file_is_unknown_and_says_why(
    artifacts: Artifacts, nobody: Target
) -> None:
    [holding] = ask_targets(TAG, (nobody,))
    entries = holding.entries(artifacts.digests)
    assert [(each.name, each.state) for each in entries] == [(name, State.UNKNOWN) for name in TAG.files]
    assert holding.error
    assert {each.detail for each in entries} == {holding.error.message}
    assert holding.find(TAG.files[0]) is None
    with pytest.raises(Incomplete, match=r"^alpha/v0\.1\.0: index could not be asked: ") as incomplete:
        require_agreement(TAG, [holding], artifacts.digests)
    assert holding.error.message in incomplete.value.message
    assert incomplete.value.hint == holding.error.hint


def test_a_conflict_is_told_before_a_target_that_cannot_be_asked(
    artifacts: Artifacts, local: LocalIndex, nobody: Target, tmp_path: Path
) -> None:
    publish(local, altered(artifacts, tmp_path / "other"))
    with pytest.raises(Conflict, match="local holds other bytes"):
        require_agreement(TAG, ask_targets(TAG, (nobody, local)), artifacts.digests)


def test_a_target_that_does_not_say_what_bytes_it_holds_stops_a_run() -> None:
    silent = Holding(Place("s3"), TAG, (Held(TAG, "there", TAG.files[0], ""),))
    with pytest.raises(Incomplete, match="s3 says nothing of the bytes of alpha-0") as incomplete:
        require_agreement(TAG, [silent], dict.fromkeys(TAG.files, OURS))
    assert "reconcile" in incomplete.value.hint


def test_other_bytes_are_named_with_their_place(artifacts: Artifacts, local: LocalIndex, tmp_path: Path) -> None:
    publish(local, altered(artifacts, tmp_path / "other"))
    with pytest.raises(Conflict, match=r"local holds other bytes as alpha-0\.1\.0-py3-none-any\.whl \(") as conflict:
        require_agreement(TAG, ask_targets(TAG, (local,)), artifacts.digests)
    assert "release what you have as a new version" in conflict.value.hint


def test_what_somebody_added_is_said_with_what_is_wrong_with_it(artifacts: Artifacts, local: LocalIndex) -> None:
    publish(local, artifacts)
    with pytest.raises(Conflict, match=r"alpha-0\.1\.0\.tar\.gz .*: somebody added it to the release$"):
        require_agreement(TAG, ask_targets(TAG, (local,)), {artifacts.wheel.name: artifacts.wheel.sha256})


def test_a_file_is_found_by_its_name_whatever_its_bytes(
    artifacts: Artifacts, local: LocalIndex, tmp_path: Path
) -> None:
    other = altered(artifacts, tmp_path / "other")
    publish(local, other)
    [holding] = ask_targets(TAG, (local,))
    found = holding.find(artifacts.wheel.name)
    assert found
    assert found.sha256 == other.wheel.sha256
    assert holding.find("alpha-0.2.0.tar.gz") is None


@given(HOLDINGS)
def test_a_run_goes_on_only_where_everything_is_absent_or_identical(files: list[Held]) -> None:
    holding, digests = Holding(Place("s3"), TAG, tuple(files)), dict.fromkeys(TAG.files, OURS)
    states = {each.state for each in holding.entries(digests)}
    if states <= {State.ABSENT, State.IDENTICAL}:
        assert require_agreement(TAG, [holding], digests) == holding.entries(digests)
    else:
        with pytest.raises(Conflict if State.CONFLICTING in states else Incomplete, match=r"^alpha/v0\.1\.0: s3 "):
            require_agreement(TAG, [holding], digests)
