"""Gates, evidence and several packages in one run, as `release run` has them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from release.model.receipt import Receipt
from tests.servers.stand_in import closed_address
from tests.servers.vulnerabilities import Advisory
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.scene import Scene
    from tests.servers.index import PackageIndex
    from tests.servers.vulnerabilities import Vulnerabilities


def receipt_of(scene: Scene, package: str = "alpha", version: str = "0.1.0") -> Any:  # noqa: ANN401
    """Read a receipt, after the model has seen that it is one."""
    text = (scene.repository.dist(package, version) / f"{package}-{version}.receipt.json").read_text()
    Receipt.model_validate_json(text)
    return json.loads(text)


def shelf(index: PackageIndex) -> Path:
    """Give the folder of the index that is this test's own."""
    return index.folders[-1]


def test_a_release_leaves_every_file_and_a_receipt_that_names_all(scene: Scene) -> None:
    scene.repository.add("alpha", smoke=True, scripts={"alpha": "alpha:main"}, files={"src/alpha/__init__.py": _SCRIPT})
    scene.tagged("alpha/v0.1.0")
    ended = scene.call().expect(0)
    folder = scene.repository.dist("alpha")
    wheel, sdist = "alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"
    files = ("cdx.json", "audit.json", "intoto.jsonl", "receipt.json")
    evidence = {"SHA256SUMS", *(f"alpha-0.1.0.{each}" for each in files)}
    assert {path.name for path in folder.iterdir()} == {wheel, sdist, *evidence}
    receipt = receipt_of(scene)
    assert receipt["commit"] == scene.repository.git("rev-parse", "HEAD")
    verdicts = {gate["name"]: gate["verdict"] for gate in receipt["gates"]}
    assert verdicts == {"check": "passed", "smoke": "passed", "audit": "passed", "runtimes": "skipped"}
    smoke = next(gate["detail"] for gate in receipt["gates"] if gate["name"] == "smoke")
    assert "1 modules import, alpha --help answers, 1 passed" in smoke
    assert {each["name"]: each["state"] for each in receipt["publications"]} == dict.fromkeys(
        (wheel, sdist), "identical"
    )
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert "pip install --no-deps --index-url file://" in ended.err
    assert scene.versions("alpha") == [wheel, sdist]
    assert scene.repository.git("status", "--porcelain", "--untracked-files=all") == ""


_SCRIPT = """NAME = "alpha"


def main() -> None:
    print("usage: alpha")
"""


@pytest.mark.parametrize(
    ("more", "says", "hint"),
    [
        ({"files": {"src/alpha/deep.py": "import no_such_module\n"}}, "No module named 'no_such_module'", "--keep"),
        ({"files": {"src/alpha/__init__.py": "1/0\n"}}, "ZeroDivisionError", "--keep"),
        ({"files": {"src/alpha/__init__.py": "import packaging\n"}}, "No module named 'packaging'", "--keep"),
        (
            {"files": {"src/alpha/__init__.py": "print('bye')\nraise SystemExit(0)\n"}},
            "import alpha: SystemExit",
            "--keep",
        ),
        ({"files": {"src/alpha/bare/deep.py": "1/0\n"}}, "import alpha.bare.deep: ZeroDivisionError", "--keep"),
        ({"files": {"src/alpha/__init__.py": "import os; os._exit(0)\n"}}, "it ended before it was asked", "--keep"),
        ({"scripts": {"tool": "alpha:missing"}}, "entry point tool: AttributeError", "--keep"),
        (
            {"project": "[project.entry-points.plugins]\nmine = 'alpha.nowhere:nothing'"},
            "entry point mine: ModuleNotFoundError",
            "--keep",
        ),
        (
            {"scripts": {"tool": "alpha:main"}, "files": {"src/alpha/__init__.py": "def main(): pass\n"}},
            "`tool --help` answers 0",
            "--keep",
        ),
        ({"scripts": {"tool": "os:abort"}}, "`tool --help` answers", "--keep"),
        (
            {"files": {"tests/test_alpha.py": "import pytest\n@pytest.mark.smoke\ndef test_it(): assert 0\n"}},
            "its own tests fail against the installed wheel",
            "--keep",
        ),
        ({"files": {"README.md": ""}}, "the long description is empty", "packages/alpha/pyproject.toml"),
    ],
)
def test_a_gate_that_refuses_is_named_recorded_and_nothing_is_published(
    scene: Scene, more: dict[str, Any], says: str, hint: str
) -> None:
    scene.add("alpha", **more).tagged("alpha/v0.1.0")
    ended = scene.call().expect(12)
    assert says in ended.err
    assert f"{hint}\n" in ended.err
    assert "refused" in {gate["verdict"] for gate in receipt_of(scene)["gates"]}
    assert receipt_of(scene)["publications"] == []
    assert not (scene.repository.root / "dist/index").exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('description = "The package alpha"\n', "Summary is missing (project.description)"),
        ('license = "MIT"\n', "License-Expression is missing"),
        ('license-files = ["LICENSE"]\n', "License-File is missing"),
        ('[project.urls]\nSource = "https://example.com/alpha"\n', "Project-URL is missing"),
        (
            'classifiers = ["Programming Language :: Python :: 3 :: Only", "Typing :: Typed"]\n',
            "Classifier is missing",
        ),
    ],
)
def test_metadata_that_is_missing_is_named_with_its_key(scene: Scene, line: str, says: str) -> None:
    scene.add("alpha")
    if line.startswith("license-files"):
        (scene.repository.root / "packages/alpha/LICENSE").unlink()
    scene.repository.edit("packages/alpha/pyproject.toml", line, "")
    scene.tagged("alpha/v0.1.0")
    ended = scene.call().expect(12)
    assert f"alpha/v0.1.0: check refused: {says}" in ended.err
    assert not (scene.repository.root / "dist/index").exists()


def test_a_vulnerable_dependency_is_refused_and_recorded(
    scene: Scene, index: PackageIndex, vulnerabilities: Vulnerabilities
) -> None:
    write_wheel(shelf(index), "leaky", "1.0")
    vulnerabilities.add(Advisory(name="leaky", version="1.0", id="PYSEC-2026-1", fixed="1.1"))
    scene.add("alpha", requires=["leaky>=1"]).add("solo").tagged("alpha/v0.1.0", "solo/v0.1.0")
    ended = scene.call().expect(12)
    assert "alpha/v0.1.0: audit refused: leaky==1.0: PYSEC-2026-1, mended in 1.1" in ended.err
    assert "hint: upgrade it, or accept it for a time" in ended.err
    assert {gate["name"]: gate["verdict"] for gate in receipt_of(scene)["gates"]}["audit"] == "refused"
    report = json.loads((scene.repository.dist("alpha") / "alpha-0.1.0.audit.json").read_text())
    assert [each["name"] for each in report["dependencies"]] == ["leaky"]
    assert scene.versions("alpha") == []
    assert len(scene.versions("solo")) == 2


_IGNORE = """
[[tool.release.audit.ignore]]
id = "PYSEC-2026-1"
reason = "not reached"
owner = "ada"
expires = {day}
"""


def test_an_acceptance_stays_visible_until_it_expires(
    scene: Scene, index: PackageIndex, vulnerabilities: Vulnerabilities
) -> None:
    write_wheel(shelf(index), "leaky", "1.0")
    vulnerabilities.add(Advisory(name="leaky", version="1.0", id="PYSEC-2026-1"))
    today = datetime.now(UTC).date()
    scene.repository.write("pyproject.toml", _IGNORE.format(day=today - timedelta(days=1)))
    scene.add("alpha", requires=["leaky>=1"], versions=["0.1.0", "0.1.1"]).tagged("alpha/v0.1.0")
    ended = scene.call().expect(12)
    assert f"the acceptance of PYSEC-2026-1 by ada expired on {today - timedelta(days=1)}" in ended.err
    assert scene.versions("alpha") == []
    scene.repository.write("pyproject.toml", _IGNORE.format(day=today + timedelta(days=2)))
    scene.tagged("alpha/v0.1.1")
    ended = scene.call().expect(0)
    assert "accepted: PYSEC-2026-1" in ended.err


def test_services_that_are_not_reached_leave_the_release_on_this_machine(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    nowhere = closed_address()
    ended = scene.call(RELEASE_OSV_URL=nowhere, RELEASE_PYPI_JSON_URL=nowhere).expect(0)
    assert "warning: alpha/v0.1.0: audit is UNAVAILABLE" in ended.err
    assert "audit unavailable" in ended.out
    assert {gate["name"]: gate["verdict"] for gate in receipt_of(scene)["gates"]}["audit"] == "unavailable"
    assert len(scene.versions("alpha")) == 2


def test_a_failure_holds_back_only_what_needs_it(scene: Scene) -> None:
    scene.add("base", files={"src/base/__init__.py": "1/0\n"}).add("middle", requires=["base>=0.1"])
    scene.add("top", requires=["middle>=0.1"]).add("left").add("right", requires=["left>=0.1"])
    scene.tagged(*(f"{name}/v0.1.0" for name in ("base", "middle", "top", "left", "right")))
    ended = scene.call("--json").expect(12)
    endings = {each["tag"]: (each["ending"], each["reason"]) for each in ended.document["outcomes"]}
    assert endings["base/v0.1.0"][0] == "failed"
    assert "smoke refused" in endings["base/v0.1.0"][1]
    assert endings["middle/v0.1.0"] == ("held back", "needs base/v0.1.0")
    assert endings["top/v0.1.0"][0] == "held back"
    assert endings["left/v0.1.0"][0] == endings["right/v0.1.0"][0] == "released"
    assert ended.document["exit_code"] == 12
    for name in ("left", "right"):
        assert all(each["state"] == "identical" for each in receipt_of(scene, name)["publications"])
        assert len(scene.versions(name)) == 2
    for name in ("base", "middle", "top"):
        assert scene.versions(name) == []


def test_what_was_held_back_by_a_tag_that_is_wrong_says_so(scene: Scene) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"])
    scene.repository.write("packages/alpha/CHANGELOG.md", "# Changelog\n")
    scene.tagged("alpha/v0.1.0", "beta/v0.1.0")
    ended = scene.call().expect(10)
    assert "held back  beta/v0.1.0   needs alpha/v0.1.0" in ended.out
    assert scene.published == {}
