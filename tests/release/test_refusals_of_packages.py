"""Package folders and settings that are not in order: each is named, and none stops the package beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.scene import Scene

PROJECT = "packages/alpha/pyproject.toml"


def test_a_folder_without_a_project_file_is_refused(scene: Scene) -> None:
    scene.repository.write("packages/alpha/README.md", "# alpha\n")
    scene.tagged("alpha/v0.1.0")
    scene.refuse(code=2, says=(f"{PROJECT} is missing",), hint="commit it, or move packages/alpha elsewhere")


@pytest.mark.parametrize(
    ("content", "says", "hint"),
    [
        (b"[project\n", "is not valid TOML", f"mend {PROJECT}"),
        (b"\xff\xfe\x00", "is not valid TOML", f"mend {PROJECT}"),
        (b"", "project.name is missing", 'write name = "alpha"'),
        (b"project = 3\n", "project.name is missing", 'write name = "alpha"'),
        (b"[project]\nname = 3\n", "project.name is missing", 'write name = "alpha"'),
        (b'[project]\nname = "alpha"\ndependencies = "x"\n', "not a list", 'write ["name>=1.0"]'),
        (b'[project]\nname = "alpha"\ndependencies = ["x y"]\n', "is not a requirement", "hint: "),
        (b'[project]\nname = "alpha"\ndependencies = [3]\n', "is not a requirement", "hint: "),
        (b'[project]\nname = "alpha"\ndynamic = ["dependencies"]\n', "may not be dynamic", "list them"),
        (b'[project]\nname = "beta"\n', "called beta, its folder alpha", "rename the folder to beta"),
        (b'[project]\nname = "alpha"\n[tool.release]\nspark = 1\n', "tool.release.spark: unknown key", "smoke"),
        (b'[project]\nname = "alpha"\n[tool.release.smoke]\nspark = 4\n', "tool.release.smoke.spark", "hint: "),
        (b'[project]\nname = "alpha"\n[tool.release]\nsmoke = 4\n', "tool.release.smoke", "hint: "),
        (b'[project]\nname = "alpha"\n[tool]\nrelease = 4\n', "tool.release", "hint: "),
        (b'tool = 3\n[project]\nname = "alpha"\n', "alpha", "hint: "),
    ],
)
def test_a_broken_project_file_is_named_and_the_good_one_goes(
    scene: Scene, content: bytes, says: str, hint: str
) -> None:
    scene.add("alpha", "solo")
    scene.repository.write(PROJECT, content)
    scene.tagged("alpha/v0.1.0", "solo/v0.1.0")
    ended = scene.call("run", "alpha/v0.1.0").expect(2)
    assert says in ended.err
    assert hint in ended.err
    assert "packages/alpha" in ended.err
    assert scene.published == {}


def test_a_broken_package_beside_a_good_one_does_not_stop_it(scene: Scene) -> None:
    scene.add("alpha", "solo")
    scene.repository.write(PROJECT, "[project\n")
    scene.tagged("alpha/v0.1.0", "solo/v0.1.0")
    ended = scene.call().expect(2)
    assert f"{PROJECT} is not valid TOML" in ended.err
    assert "released" in ended.out
    assert len(scene.versions("solo")) == 2
    assert not (scene.repository.root / "dist/alpha").exists()


def test_two_packages_of_one_name_are_refused_with_both_places(scene: Scene) -> None:
    scene.repository.write("pyproject.toml", '[tool.release]\nmembers = ["packages/*", "libraries/*"]\n')
    scene.add("alpha", "solo")
    for name in ("pyproject.toml", "README.md"):
        scene.repository.write(
            f"libraries/alpha/{name}", (scene.repository.root / f"packages/alpha/{name}").read_bytes()
        )
    scene.tagged("alpha/v0.1.0")
    scene.refuse(code=2, says=("packages/alpha", "libraries/alpha"))
    scene.repository.tag("solo/v0.1.0")
    scene.call("run", "solo/v0.1.0").expect(0)


def test_two_folders_that_claim_one_name_are_refused_with_both_places(scene: Scene) -> None:
    scene.add("alpha", "solo")
    scene.repository.write("packages/alpha2/pyproject.toml", '[project]\nname = "Alpha"\n')
    scene.tagged("alpha/v0.1.0")
    scene.refuse(code=2, says=("packages/alpha", "packages/alpha2"))


def test_a_folder_whose_name_breaks_a_line_stops_nothing(scene: Scene) -> None:
    scene.add("solo")
    scene.repository.write("packages/al\npha/pyproject.toml", '[project]\nname = "alpha"\n')
    scene.repository.write("packages/b\u00e9ta/pyproject.toml", '[project]\nname = "beta"\n')
    scene.tagged("solo/v0.1.0")
    scene.call().expect(0)
    ended = scene.call("status").expect(0)
    assert r"packages/al\npha" in ended.err
    assert "solo" in ended.out


@pytest.mark.parametrize(
    ("content", "says", "hint"),
    [
        ("[tool.release]\nbranch = 'main'\n", "tool.release.branch: unknown key", "branches"),
        ("[tool.release.audit]\nservice = []\n", "tool.release.audit.service: unknown key", "hint: "),
        ("[tool.release.audit]\nservices = []\n", "tool.release.audit.services", "hint: "),
        ("[tool.release]\nmembers = []\n", "tool.release.members", "members"),
        ("[tool.release\n", "pyproject.toml is not valid TOML", "mend pyproject.toml"),
        ("[[tool.release.audit.ignore]]\nid = 'X'\n", "tool.release.audit.ignore.0", "hint: "),
    ],
)
def test_an_unknown_key_of_the_root_is_refused_by_every_command(
    scene: Scene, content: str, says: str, hint: str
) -> None:
    scene.repository.write("pyproject.toml", content)
    scene.add("alpha").tagged("alpha/v0.1.0")
    for words in (("run",), ("status",), ("plan",), ("rehearse",), ("snapshot",), ("tag", "alpha", "minor")):
        scene.refuse(*words, code=2, says=(says, "pyproject.toml"), hint=hint)


@pytest.mark.parametrize("wanted", ["hatchling>=99", "poetry-core"])
def test_a_toolchain_that_is_not_locked_is_refused(scene: Scene, wanted: str) -> None:
    scene.add("alpha")
    scene.repository.edit(PROJECT, 'requires = ["hatchling>=1.27"', f'requires = ["{wanted}"')
    scene.tagged("alpha/v0.1.0")
    scene.refuse(code=10, says=("alpha/v0.1.0: build-system.requires asks for", wanted), hint="hatch run lock")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"hatchling.build"', '"setuptools.build_meta"', "setuptools.build_meta"),
        ('"hatchling.build"', '"hatchling.build"\nbackend-path = ["src"]', "['src']"),
        ('build-backend = "hatchling.build"', "", "setuptools"),
    ],
)
def test_another_build_backend_is_refused(scene: Scene, old: str, new: str, says: str) -> None:
    scene.add("alpha")
    scene.repository.edit(PROJECT, old, new)
    scene.tagged("alpha/v0.1.0")
    scene.refuse(
        code=10,
        says=("alpha/v0.1.0: build-system.build-backend is", says),
        hint='write build-backend = "hatchling.build" in packages/alpha/pyproject.toml',
    )


@pytest.mark.parametrize(
    "more", ["dynamic = 3\n", "[tool.hatch.build.targets.wheel]\npackages = 3\n", "[build-system]\nrequires = []\n"]
)
def test_a_project_file_of_a_strange_shape_is_no_defect_of_the_tool(scene: Scene, more: str) -> None:
    scene.add("alpha")
    scene.repository.write(PROJECT, f'[project]\nname = "alpha"\n{more}')
    scene.tagged("alpha/v0.1.0")
    scene.refuse(code=10, says=("alpha/v0.1.0: build-system.build-backend is setuptools",))


@pytest.mark.parametrize("wanted", ["no-such-thing>=1", "packaging>=999"])
def test_a_dependency_that_does_not_exist_is_named_and_recorded(scene: Scene, wanted: str) -> None:
    scene.add("alpha", requires=[wanted]).tagged("alpha/v0.1.0")
    refused = scene.call().expect(12)
    assert "error: alpha/v0.1.0" in refused.err
    assert wanted.partition(">")[0] in refused.err
    assert "hint: mend project.dependencies" in refused.err
    receipt = json.loads((scene.repository.dist("alpha") / "alpha-0.1.0.receipt.json").read_text())
    assert [(gate["name"], gate["verdict"]) for gate in receipt["gates"]] == [("resolve", "refused")]
    assert receipt["publications"] == []
    assert not scene.repository.index().exists()
