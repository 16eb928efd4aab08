"""`reconcile`: what a person sees, what a program reads, and the code it ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema_rs

from release.model import reconciliation as module

if TYPE_CHECKING:
    from tests.release.scene import Scene

SCHEMA = json.loads(Path(module.__file__).with_name("reconciliation.schema.json").read_text())


def test_what_was_released_and_is_untouched_agrees(scene: Scene) -> None:
    scene.add("alpha", "beta").tagged("alpha/v0.1.0", "beta/v0.1.0")
    scene.call().expect(0)
    with scene.untouched():
        ended = scene.call("reconcile").expect(0)
    assert ended.out == "2 of 2 tags agree in local: nothing is wrong\n"
    assert "inventory" in ended.err


def test_a_tag_that_was_never_released_is_told_with_the_command_that_releases_it(scene: Scene) -> None:
    scene.add("alpha", "beta").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    scene.repository.tag("beta/v0.1.0")
    ended = scene.call("reconcile").expect(15)
    first, _row, last = ended.out.splitlines()
    assert first.split() == ["tag", "target", "next"]
    assert last == ("1 of 2 tags agree in local: 1 absent; next: hatch run release run beta/v0.1.0 --to local")
    scene.call("run", "beta/v0.1.0", "--to", "local").expect(0)
    scene.call("reconcile").expect(0)


def test_the_gravest_gives_the_code_and_stands_first(scene: Scene) -> None:
    scene.add("alpha", "beta").tagged("alpha/v0.1.0", "beta/v0.1.0")
    scene.call("run", "beta/v0.1.0").expect(0)
    (scene.repository.index() / "beta/beta-0.1.0.tar.gz").write_bytes(b"other")
    document = scene.call("reconcile", "--json").expect(14).document
    jsonschema_rs.validate(SCHEMA, document)
    told = [(each["code"], each["tag"]) for each in document["discrepancies"]]
    assert told == [("different", "beta/v0.1.0"), ("unseen", "beta/v0.1.0"), ("absent", "alpha/v0.1.0")]
    assert "the signed provenance says" in document["discrepancies"][0]["detail"]
    assert (document["exit_code"], document["agreeing"], document["tags"]) == (14, 0, 2)


def test_signatures_are_looked_at_unless_that_is_skipped_and_said(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    bundle = scene.repository.dist("alpha") / "alpha-0.1.0.intoto.jsonl"
    bundle.write_bytes(b"{}\n")
    ended = scene.call("reconcile").expect(16)
    assert "unverifiable" in ended.out
    quick = scene.call("reconcile", "--quick").expect(0)
    assert "signatures were not looked at (--quick)" in quick.out
    bundle.unlink()
    assert "unsigned" in scene.call("reconcile").expect(16).out


def test_no_tag_at_all_is_no_agreement(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.refuse("reconcile", code=2, says=("there is no release tag here",), hint="git fetch --tags origin")


def test_a_target_that_cannot_be_asked_is_unknown(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    (scene.repository.index() / "alpha/stray.whl").write_bytes(b"")
    document = scene.call("reconcile", "--json").expect(15).document
    assert [(each["code"], each["tag"], each["target"]) for each in document["discrepancies"]] == [
        ("unknown", "", "local")
    ]
    assert document["agreeing"] == 0


def test_the_summary_of_a_job_has_the_table(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    summary = scene.repository.root.parent / "summary.md"
    scene.call("reconcile", GITHUB_STEP_SUMMARY=str(summary)).expect(15)
    assert "| absent | alpha/v0.1.0 | local |" in summary.read_text()


def test_the_help_says_the_order_of_the_codes(scene: Scene) -> None:
    out = scene.call("reconcile", "--help").expect(0).out
    assert out.index("14 where") < out.index("16 where") < out.index("15 where")
    assert "hatch run release reconcile --to codeartifact" in out
