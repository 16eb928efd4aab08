"""What is published keeps its receipt and its evidence, whatever a later run comes to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.release.test_pipeline import receipt_of
from tests.servers.vulnerabilities import CANARY, Advisory
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from tests.release.scene import Scene
    from tests.servers.index import PackageIndex
    from tests.servers.vulnerabilities import Vulnerabilities

NAMES = ("alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz")


def failed_receipt(scene: Scene) -> Any:  # noqa: ANN401
    """Read what a failure left beside the receipt."""
    return json.loads((scene.repository.dist("alpha") / "alpha-0.1.0.failed.receipt.json").read_text())


@pytest.fixture
def leaky(scene: Scene, index: PackageIndex) -> Scene:
    """Give a scene in which alpha is released and one of its files is lost from the dev channel's page."""
    write_wheel(index.folders[-1], "leaky", "1.0")
    scene.add("alpha", requires=["leaky>=1"]).tagged("alpha/v0.1.0")
    scene.call().expect(0)
    (scene.repository.index("dev") / "alpha/index.html").unlink()
    return scene


def test_a_later_failure_is_told_beside_the_receipt_of_what_is_published(
    leaky: Scene, vulnerabilities: Vulnerabilities
) -> None:
    good = receipt_of(leaky)
    audit = leaky.repository.dist("alpha") / "alpha-0.1.0.audit.json"
    before = audit.read_bytes()
    vulnerabilities.add(Advisory(name="leaky", version="1.0", id="PYSEC-2026-1"))
    leaky.call().expect(12)
    assert receipt_of(leaky) == good
    assert audit.read_bytes() == before
    gates = {gate["name"]: gate["verdict"] for gate in failed_receipt(leaky)["gates"]}
    assert gates["audit"] == "refused"
    assert "PYSEC-2026-1" in audit.with_name("alpha-0.1.0.failed.audit.json").read_text()


def test_a_refusal_of_what_is_published_is_never_taken_for_its_release(
    leaky: Scene, vulnerabilities: Vulnerabilities
) -> None:
    (leaky.repository.index("dev") / "alpha").mkdir(exist_ok=True)
    for path in leaky.repository.dist("alpha").glob("*.receipt.json"):
        path.unlink()
    leaky.call().expect(0)
    receipt = leaky.repository.dist("alpha") / "alpha-0.1.0.receipt.json"
    receipt.unlink()
    vulnerabilities.add(Advisory(name="leaky", version="1.0", id="PYSEC-2026-1"))
    leaky.call().expect(12)
    assert {each["state"] for each in receipt_of(leaky)["publications"]} == {"identical"}
    leaky.call().expect(12)
    vulnerabilities.without_data()
    vulnerabilities.add(CANARY)
    leaky.call().expect(0)
    assert {gate["verdict"] for gate in receipt_of(leaky)["gates"]} == {"passed", "skipped"}  # it names no runtimes


def test_a_conflict_leaves_the_receipt_of_the_other_alone(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    folder = scene.repository.dist("alpha")
    (folder / NAMES[0]).write_bytes(b"something else")
    before = receipt_of(scene)
    (scene.repository.index() / "alpha" / NAMES[1]).unlink()
    ended = scene.call().expect(14)
    assert "holds other bytes than the tag gives" in ended.err
    assert receipt_of(scene) == before
    assert failed_receipt(scene)["tag"] == "alpha/v0.1.0"


@pytest.mark.parametrize("name", ["SHA256SUMS", "alpha-0.1.0.cdx.json", *NAMES])
def test_what_a_folder_lost_is_put_back(scene: Scene, name: str) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    lost = scene.repository.dist("alpha") / name
    before = lost.read_bytes()
    lost.unlink()
    assert "released" in scene.call().expect(0).out
    assert lost.read_bytes() == before
    assert "identical" in scene.call().expect(0).out


def test_evidence_that_was_changed_is_written_again(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    sbom = scene.repository.dist("alpha") / "alpha-0.1.0.cdx.json"
    before = sbom.read_bytes()
    sbom.write_bytes(b"{}\n")
    scene.call().expect(0)
    assert sbom.read_bytes() == before


@pytest.mark.parametrize("name", NAMES)
def test_an_artifact_that_was_changed_on_the_shelf_is_a_conflict(scene: Scene, name: str) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    (scene.repository.dist("alpha") / name).write_bytes(b"something else")
    ended = scene.call().expect(14)
    assert "holds other bytes than the tag gives" in ended.err
