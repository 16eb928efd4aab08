"""`audit`: what a person sees, what a program reads, and the code it ends with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema_rs

from release.model import reaudit as module
from tests.servers.vulnerabilities import Advisory, Fault
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from tests.release.scene import Scene
    from tests.servers.index import PackageIndex
    from tests.servers.vulnerabilities import Vulnerabilities

SCHEMA = json.loads(Path(module.__file__).with_name("reaudit.schema.json").read_text())
KNOWN = Advisory(name="idna", version="1.0", id="PYSEC-1", fixed="1.1")


def released(scene: Scene, index: PackageIndex) -> None:
    write_wheel(index.folders[-1], "idna", "1.0")
    scene.add("alpha", requires=["idna"]).tagged("alpha/v0.1.0")
    scene.call().expect(0)


def test_a_clean_release_says_what_was_audited(scene: Scene, index: PackageIndex) -> None:
    released(scene, index)
    with scene.untouched():
        ended = scene.call("audit").expect(0)
    assert ended.out == "1 release and 1 pin audited by osv and pypi: no new finding in what is offered\n"


def test_a_new_finding_is_told_with_what_to_do(
    scene: Scene, index: PackageIndex, vulnerabilities: Vulnerabilities
) -> None:
    released(scene, index)
    vulnerabilities.add(KNOWN)
    summary = scene.repository.root.parent / "summary.md"
    ended = scene.call("audit", GITHUB_STEP_SUMMARY=str(summary)).expect(12)
    _, row, last = ended.out.splitlines()
    cells = ["new", "PYSEC-1", "idna 1.0", "1.1", "alpha 0.1.0", "local: stable, preview, dev"]
    assert re.split(" {2,}", row) == cells
    assert last.endswith(
        "next: release alpha with idna>=1.1, then hatch run release yank alpha/v0.1.0 --reason PYSEC-1"
    )
    assert "| new | PYSEC-1 | idna 1.0 |" in summary.read_text()
    document = scene.call("audit", "--json").expect(12).document
    jsonschema_rs.validate(SCHEMA, document)
    (found,) = document["vulnerabilities"]
    assert found["releases"][0]["offers"] == [{"target": "local", "channels": ["stable", "preview", "dev"]}]


def test_a_service_that_cannot_be_asked_ends_it_with_13(
    scene: Scene, index: PackageIndex, vulnerabilities: Vulnerabilities
) -> None:
    released(scene, index)
    vulnerabilities.fail(Fault.UNKNOWN, "idna")
    scene.refuse("audit", code=13, says=("osv gives no answer about idna==1.0",))
    document = scene.call("audit", "--json").expect(13).document
    assert document["error"]["exit_code"] == 13


def test_a_release_whose_sbom_is_gone_is_unknown_and_told(scene: Scene, index: PackageIndex) -> None:
    released(scene, index)
    (scene.repository.dist("alpha") / "alpha-0.1.0.cdx.json").unlink()
    ended = scene.call("audit").expect(15)
    assert "unknown  alpha/v0.1.0  there is no alpha-0.1.0.cdx.json in dist" in ended.out
    assert "name the target that keeps evidence: --to s3, --to github" in ended.out.splitlines()[-1]


def test_nothing_on_offer_is_no_success(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.refuse("audit", code=2, says=("nothing was audited: local offers no release",), hint="name other targets")
    scene.refuse("audit", "alpha/v9.0.0", code=2, says=("there is no tag alpha/v9.0.0",), hint="git fetch --tags")


def test_the_help_has_examples_and_codes(scene: Scene) -> None:
    out = scene.call("audit", "--help").expect(0).out
    assert "hatch run release audit --to codeartifact --to s3 --json" in out
    assert "12 where" in out
