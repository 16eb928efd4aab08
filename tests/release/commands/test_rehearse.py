"""`rehearse` and `snapshot`: the same pipeline for versions that have no tag yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.scene import Scene


@pytest.fixture
def three(scene: Scene) -> Scene:
    """Give three packages of which one needs another."""
    return scene.add("alpha", "solo").add("beta", requires=["alpha>=0.1"]).tagged()


def endings(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    """Give how each tag ended."""
    return {each["tag"]: each["ending"] for each in document["outcomes"]}


def test_every_package_is_rehearsed_and_installed_and_nothing_is_touched(three: Scene) -> None:
    with three.untouched():
        ended = three.call("rehearse", "--json").expect(0)
    assert endings(ended.document) == dict.fromkeys(("alpha/v0.1.0", "beta/v0.1.0", "solo/v0.1.0"), "released")
    assert all(each["receipt"]["rehearsal"] for each in ended.document["outcomes"])
    assert "installed from the index: alpha==0.1.0" in ended.err
    assert not (three.repository.root / "dist").exists()


def test_a_package_that_is_named_brings_the_siblings_it_needs(three: Scene) -> None:
    ended = three.call("rehearse", "beta", "--json").expect(0)
    assert list(endings(ended.document)) == ["alpha/v0.1.0", "beta/v0.1.0"]


def test_since_a_commit_only_what_changed_and_its_followers_are_rehearsed(three: Scene) -> None:
    before = three.repository.git("rev-parse", "HEAD")
    assert "nothing changed since HEAD" in three.call("rehearse", "--since", "HEAD").expect(0).err
    three.repository.write("packages/alpha/src/alpha/more.py", "")
    three.repository.commit()
    ended = three.call("rehearse", "--since", before, "--json").expect(0)
    assert list(endings(ended.document)) == ["alpha/v0.1.0", "beta/v0.1.0"]
    three.refuse("rehearse", "--since", "no-such-ref", code=2, says=("names no commit",), hint="git fetch origin")


def test_a_dirty_tree_is_rehearsed_without_what_is_not_committed(three: Scene) -> None:
    three.repository.write("packages/solo/src/solo/__init__.py", "1/0\n")
    with three.untouched():
        ended = three.call("rehearse", "solo").expect(0)
    assert "warning: 1 changes are not committed, and not rehearsed" in ended.err


def test_a_rehearsal_that_is_kept_can_be_looked_at(three: Scene) -> None:
    ended = three.release("rehearse", "solo", "--keep").expect(0)
    kept = Path(next(line for line in ended.err.splitlines() if line.startswith("kept: ")).removeprefix("kept: "))
    assert (kept / "dist/solo/0.1.0/solo-0.1.0.receipt.json").is_file()
    assert (kept / "dist/index/stable/simple/solo/index.html").is_file()


def test_a_package_that_fails_its_rehearsal_does_not_stop_the_others(three: Scene) -> None:
    three.repository.write("packages/alpha/src/alpha/__init__.py", "1/0\n")
    three.repository.commit()
    with three.untouched():
        ended = three.call("rehearse", "--json").expect(12)
    assert endings(ended.document) == {
        "alpha/v0.1.0": "failed",
        "beta/v0.1.0": "held back",
        "solo/v0.1.0": "released",
    }


def test_a_snapshot_is_offered_in_dev_alone_with_its_siblings(three: Scene) -> None:
    three.repository.tag("alpha/v0.1.0")
    three.call().expect(0)
    stable = {name: digest for name, digest in three.published.items() if "stable" in name or "preview" in name}
    three.repository.commit("Go on")
    before = three.repository.git("for-each-ref")
    ended = three.call("snapshot", "beta", "--json").expect(0)
    assert list(endings(ended.document)) == ["alpha/v0.1.1.dev2", "beta/v0.1.0.dev2"]
    assert three.versions("beta", "dev") == ["beta-0.1.0.dev2-py3-none-any.whl", "beta-0.1.0.dev2.tar.gz"]
    assert len(three.versions("alpha", "dev")) == 4
    assert {n: d for n, d in three.published.items() if "stable" in n or "preview" in n} == stable
    assert three.repository.git("for-each-ref") == before
    again = three.call("snapshot", "beta", "--json").expect(0)
    assert set(endings(again.document).values()) == {"identical"}
