"""Siblings: what a package needs of its own repository goes out before it, or it does not go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.release.scene import Scene


def test_a_sibling_that_was_never_released_is_refused_by_name(scene: Scene) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged("beta/v0.1.0")
    scene.refuse(
        code=10,
        says=("beta/v0.1.0 needs alpha>=0.1, which local does not offer in stable (there: none)",),
        hint="hatch run release run alpha/v",
    )


def test_a_sibling_that_is_too_old_is_refused_with_what_is_there(scene: Scene) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.2"]).tagged("alpha/v0.1.0", "beta/v0.1.0")
    ended = scene.call().expect(10)
    assert "beta/v0.1.0 needs alpha>=0.2, which local does not offer in stable (there: 0.1.0)" in ended.err
    assert scene.versions("alpha")
    assert scene.versions("beta") == []


def test_a_sibling_that_was_released_before_is_enough(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    scene.add("beta", requires=["alpha>=0.1"]).tagged("beta/v0.1.0")
    scene.call().expect(0)
    assert len(scene.versions("beta")) == 2


def test_siblings_of_one_run_go_in_the_order_of_their_needs(scene: Scene) -> None:
    scene.add("zeta").add("beta", requires=["zeta>=0.1"]).add("alpha", requires=["beta>=0.1"])
    scene.tagged("alpha/v0.1.0", "beta/v0.1.0", "zeta/v0.1.0")
    ended = scene.call("--json").expect(0)
    assert [each["tag"] for each in ended.document["outcomes"]] == ["zeta/v0.1.0", "beta/v0.1.0", "alpha/v0.1.0"]
    published = [line.split()[0] for line in ended.err.splitlines() if " publish " in line]
    assert published == ["zeta/v0.1.0", "beta/v0.1.0", "alpha/v0.1.0"]


def test_a_final_release_is_not_built_on_a_candidate_of_the_same_run(scene: Scene) -> None:
    scene.add("alpha", versions=["0.1.0rc1"]).add("beta", requires=["alpha>=0.1.0rc1"])
    scene.tagged("alpha/v0.1.0rc1", "beta/v0.1.0")
    ended = scene.call().expect(10)
    assert "beta/v0.1.0 needs alpha>=0.1.0rc1, which local does not offer in stable" in ended.err
    assert len(scene.versions("alpha", "preview")) == 2
    assert scene.versions("beta") == []


def test_a_candidate_may_be_built_on_a_candidate_of_the_same_run(scene: Scene) -> None:
    scene.add("alpha", versions=["0.1.0rc1"]).add("beta", requires=["alpha>=0.1.0rc1"], versions=["0.1.0rc1"])
    scene.tagged("alpha/v0.1.0rc1", "beta/v0.1.0rc1")
    scene.call().expect(0)
    assert len(scene.versions("beta", "preview")) == 2
    assert scene.versions("beta", "stable") == []


def test_a_circle_is_named_and_does_not_stop_others(scene: Scene) -> None:
    scene.add("alpha", requires=["beta"]).add("beta", requires=["gamma"]).add("gamma", requires=["alpha"]).add("solo")
    scene.tagged("alpha/v0.1.0", "solo/v0.1.0")
    ended = scene.call().expect(10)
    assert "packages need each other in a circle: alpha → beta → gamma → alpha" in ended.err
    assert "hint: cut it in project.dependencies" in ended.err
    assert scene.versions("solo")
    assert scene.versions("alpha") == []


def test_a_package_that_needs_itself_is_refused(scene: Scene) -> None:
    scene.add("alpha", requires=["alpha>=0"]).tagged("alpha/v0.1.0")
    scene.refuse(code=10, says=("circle: alpha → alpha",), hint="cut it in project.dependencies")
