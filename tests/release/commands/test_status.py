"""`status` and `plan`: what there is, and what a run would do; nothing is built."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.release.scene import Scene


def test_the_status_says_what_changed_what_fits_and_who_follows(scene: Scene) -> None:
    scene.add("alpha", "solo").add("beta", requires=["alpha>=0.1"]).tagged("alpha/v0.1.0", "solo/v0.1.0")
    scene.repository.write("packages/alpha/CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- It.\n")
    scene.repository.commit()
    with scene.untouched():
        packages = {each["name"]: each for each in scene.call("status", "--json").expect(0).document["packages"]}
    assert packages["alpha"] == {
        "name": "alpha",
        "last": "0.1.0",
        "changed_files": 1,
        "next": "0.1.1",
        "followers": ["beta"],
        "error": None,
    }
    assert packages["solo"]["changed_files"] == 0
    assert packages["solo"]["next"] is None
    assert packages["beta"]["last"] is None
    assert packages["beta"]["next"] == "0.1.0"
    one = scene.call("status", "solo").expect(0)
    assert "nothing changed" in one.out
    assert "alpha" not in one.out


def test_the_status_of_a_broken_package_says_why_and_shows_the_others(scene: Scene) -> None:
    scene.add("solo")
    scene.repository.write("packages/alpha/pyproject.toml", "[project\n")
    scene.tagged()
    ended = scene.call("status").expect(0)
    assert "can't be read" in ended.out
    assert "warning: packages/alpha/pyproject.toml is not valid TOML" in ended.err
    assert "solo" in ended.out


def test_the_status_of_an_unknown_package_is_refused(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.refuse("status", "beta", code=2, says=("there is no package beta",), hint="packages: alpha")


def test_the_plan_goes_from_absent_to_identical_and_sees_a_conflict(scene: Scene) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged("alpha/v0.1.0", "beta/v0.1.0")
    with scene.untouched():
        ledger = scene.call("plan", "--json").expect(0).document["ledger"]
    assert [(each["wave"], each["tag"], each["state"]) for each in ledger] == [
        (1, "alpha/v0.1.0", "absent"),
        (1, "alpha/v0.1.0", "absent"),
        (2, "beta/v0.1.0", "absent"),
        (2, "beta/v0.1.0", "absent"),
    ]
    scene.call().expect(0)
    with scene.untouched():
        ledger = scene.call("plan", "alpha/v0.1.0", "--json").expect(0).document["ledger"]
    assert {each["state"] for each in ledger} == {"identical"}
    (scene.repository.index() / "alpha/alpha-0.1.0.tar.gz").write_bytes(b"other")
    assert "conflicting" in scene.call("plan", "alpha/v0.1.0").out
    shutil.rmtree(scene.repository.root / "dist/alpha")
    ended = scene.call("plan", "alpha/v0.1.0", "--json")
    assert {each["state"] for each in ended.document["ledger"]} == {"unknown"}


def test_the_plan_names_what_would_be_refused(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0", "alpha/v01.0")
    ended = scene.call("plan", "--json").expect(10)
    assert [each["tag"] for each in ended.document["refused"]] == ["alpha/v01.0"]
    assert "error: tag alpha/v01.0" in scene.call("plan").expect(10).err


def test_the_matrix_has_a_job_for_each_tag_and_says_what_it_leaves_out(scene: Scene) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged("alpha/v0.1.0", "beta/v0.1.0", "v1.0.0")
    ended = scene.call("plan", "--matrix").expect(10)
    assert json.loads(ended.out) == {
        "include": [
            {"tag": "alpha/v0.1.0", "package": "alpha", "version": "0.1.0", "wave": 1},
            {"tag": "beta/v0.1.0", "package": "beta", "version": "0.1.0", "wave": 2},
        ]
    }
    assert ended.out.count("\n") == 1
    assert "error: tag v1.0.0: it names no package" in ended.err


def test_the_plan_refuses_what_run_refuses(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.refuse("plan", code=2, says=("no package tag at HEAD",), hint="tag PACKAGE minor")
    scene.refuse("plan", "--to", "moon", code=2, says=("there is no target moon",), hint="targets: local")
