"""`cluster check`: packages beside runtimes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.index import Fault

if TYPE_CHECKING:
    from tests.cluster.locksmith import Locksmith

NEW = {"numpy==2.1.0": (), "pandas==2.2.0": ("numpy>=1.26",), "idna==3.10": ()}


@pytest.fixture
def yard(locksmith: Locksmith) -> Locksmith:
    """Give a repository with a second runtime, where beta needs alpha."""
    locksmith.ship("new", NEW, python="3.12")
    locksmith.repository.add("alpha", requires=["idna>=3"], policy='runtimes = ["tiny", "new"]')
    locksmith.repository.add("beta", requires=["alpha>=0.1", "birch"], policy='runtimes = ["new"]')
    locksmith.offer("birch", "14.0", ["alder"])
    locksmith.offer("alder", "2.0")
    return locksmith


def checked(yard: Locksmith, *words: str, code: int = 0) -> dict[tuple[str, str], dict[str, Any]]:
    document = yard.call("check", "--json", *words).expect(code).document
    return {(each["subject"], each["runtime"]): each for each in document["checks"]}


def test_the_matrix_has_a_row_for_each_package_and_a_column_for_each_runtime(yard: Locksmith) -> None:
    ended = yard.call("check").expect(0)
    assert [line.split() for line in ended.out.splitlines()] == [
        ["tiny", "new"],
        ["alpha", "ok", "ok"],
        ["beta", "-", "+3"],
    ]
    assert "+n: adds n" in ended.err
    assert "beta new" in ended.err


def test_a_sibling_is_expanded_from_the_work_tree_and_asked_of_no_index(yard: Locksmith) -> None:
    found = checked(yard, "beta")["beta", "new"]
    assert found["added"] == {"alpha": "", "alder": "2.0", "birch": "14.0"}
    assert found["satisfied"] == {"idna": "3.10"}
    assert not {"alpha", "beta"} & yard.index.asked()


def test_what_is_not_committed_counts(yard: Locksmith) -> None:
    yard.repository.add("alpha", requires=["numpy>=2"], policy='runtimes = ["tiny"]')
    yard.offer("numpy", "2.1.0")
    found = checked(yard, "alpha", code=12)["alpha", "tiny"]
    assert found["replaced"] == [{"name": "numpy", "from": "1.23.5", "to": "2.1.0", "allowed": ""}]
    assert not found["good"]


def test_a_replacement_is_refused_with_what_it_breaks_and_the_cure(yard: Locksmith) -> None:
    yard.ship("strict", {"numpy==1.23.5": (), "scipy==1.10": ("numpy<2",)})
    yard.offer("numpy", "2.1.0")
    ended = yard.call("check", "--requirement", "numpy>=2", "--runtime", "strict", "--runtime", "new").expect(12)
    assert [line.split() for line in ended.out.splitlines()] == [["new", "strict"], ["numpy>=2", "ok", "NO"]]
    assert "numpy>=2 on strict would replace numpy 1.23.5 → 2.1.0, which breaks scipy" in ended.err
    assert "hint: widen the range" in ended.err


def test_leave_with_a_reason_is_shown_as_such(yard: Locksmith) -> None:
    policy = 'runtimes = ["tiny"]\nreplaces = { numpy = "tested with it" }'
    yard.repository.add("alpha", requires=["numpy>=2"], policy=policy)
    yard.offer("numpy", "2.1.0")
    ended = yard.call("check", "alpha", "--details").expect(0)
    assert ended.out.splitlines()[1].split() == ["alpha", "~1"]
    assert "tested with it" in ended.out


def test_details_name_every_distribution(yard: Locksmith) -> None:
    lines = [line.split() for line in yard.call("check", "beta", "--details").expect(0).out.splitlines()]
    assert ["beta", "new", "added", "birch", "-", "14.0"] in lines
    assert ["beta", "new", "added", "alpha", "-", "ours"] in lines
    assert ["beta", "new", "satisfied", "idna", "3.10", "3.10"] in lines


def test_requirements_are_checked_on_all_that_packages_are_meant_for(yard: Locksmith) -> None:
    yard.ship("other", {})
    found = checked(yard, "--requirement", "idna", "--requirement", "birch")
    assert list(found) == [("idna, birch", "tiny"), ("idna, birch", "new")]


def test_pyspark_is_refused_without_talk_of_replacing(yard: Locksmith) -> None:
    ended = yard.call("check", "--requirement", "pyspark>=3", "--runtime", "tiny").expect(12)
    assert "pyspark>=3 on tiny can't have it: it asks for pyspark, which a cluster brings itself" in ended.err
    assert "widen the range" not in ended.err


def test_an_index_that_cannot_be_asked_ends_with_its_own_code(yard: Locksmith) -> None:
    yard.index.fail(Fault.ERROR, "birch")
    document = yard.call("check", "beta", "--json", UV_HTTP_RETRIES="0").expect(13).document
    assert "birch" in document["error"]["message"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gamma"], "there is no package gamma"),
        (["alpha", "--runtime", "15.5"], "there is no runtime '15.5'"),
        (["alpha", "--requirement", "idna"], "--requirement stands in place of packages"),
        (["--requirement", "idna=>3"], "'idna=>3' is not a requirement"),
    ],
)
def test_wrong_words_are_refused_and_nobody_is_asked(yard: Locksmith, words: list[str], says: str) -> None:
    yard.index.forget()
    ended = yard.call("check", *words).expect(2)
    assert says in ended.err
    assert "hint: " in ended.err
    assert not yard.index.asked()


def test_packages_that_name_no_runtime_are_no_check_at_all(locksmith: Locksmith) -> None:
    ended = locksmith.call("check").expect(2)
    assert "no package names a runtime" in ended.err


def test_a_package_that_is_broken_is_named(yard: Locksmith) -> None:
    yard.repository.write("packages/beta/pyproject.toml", "[project]\nname = 7\n")
    assert "packages/beta/pyproject.toml: project.name is missing" in yard.call("check").expect(2).err
    assert checked(yard, "alpha")["alpha", "tiny"]["good"]
