"""What a release brings with it: all of it is seen by the gates, and none of it comes from somewhere else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.servers.index import Fault
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from tests.release.scene import Scene
    from tests.servers.index import PackageIndex


def components(scene: Scene, package: str) -> set[str]:
    """Give the components of a release's SBOM."""
    sbom = scene.repository.dist(package) / f"{package}-0.1.0.cdx.json"
    return {each["purl"] for each in json.loads(sbom.read_text()).get("components", [])}


def test_a_marker_that_only_holds_the_letters_of_extra_hides_nothing(scene: Scene, index: PackageIndex) -> None:
    write_wheel(index.folders[-1], "idna", "1.0")
    scene.add("alpha", requires=["idna; platform_release != 'extra'"]).tagged("alpha/v0.1.0")
    scene.call().expect(0)
    assert components(scene, "alpha") == {"pkg:pypi/idna@1.0"}


def test_what_an_extra_brings_is_audited_too(scene: Scene, index: PackageIndex) -> None:
    write_wheel(index.folders[-1], "jinja2", "2.4.1")  # the canary: every service knows that it is bad
    extra = "[project.optional-dependencies]\nweb = ['jinja2==2.4.1']\n"
    scene.add("alpha", project=extra).tagged("alpha/v0.1.0")
    refused = scene.call().expect(12)
    assert "audit refused: jinja2==2.4.1" in refused.err


def test_an_extra_that_nobody_can_install_is_refused(scene: Scene) -> None:
    extra = "[project.optional-dependencies]\nweb = ['no-such-distribution>=9']\n"
    scene.add("alpha", project=extra).tagged("alpha/v0.1.0")
    assert "no-such-distribution" in scene.call().expect(12).err


@pytest.mark.parametrize("variable", ["UV_FIND_LINKS", "UV_EXTRA_INDEX_URL"])
def test_a_foreign_file_under_one_of_our_names_is_not_taken(scene: Scene, index: PackageIndex, variable: str) -> None:
    write_wheel(index.folders[-1], "alpha", "9.9")
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged("alpha/v0.1.0", "beta/v0.1.0")
    place = str(index.folders[-1]) if variable == "UV_FIND_LINKS" else index.url
    scene.release.more.update({"UV_INDEX_STRATEGY": "unsafe-best-match", variable: place})
    scene.call().expect(0)
    assert components(scene, "beta") == {"pkg:pypi/alpha@0.1.0"}


def test_a_wheel_that_needs_more_than_its_project_says_is_refused(scene: Scene) -> None:
    hook = "[tool.hatch.build.targets.wheel.hooks.custom]\n"
    script = (
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class More(BuildHookInterface):\n"
        "    def initialize(self, version, build_data):\n"
        "        build_data['dependencies'].append('idna')\n"
    )
    scene.add("alpha", project=hook, files={"hatch_build.py": script}).tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("METADATA of the wheel and PKG-INFO of the sdist differ",), hint="build hook")


def test_names_that_are_not_plain_ascii_are_as_good_as_others(scene: Scene) -> None:
    scene.add("alpha")
    scene.repository.edit("packages/alpha/pyproject.toml", "Ada Lovelace", "José Núñez")
    scene.repository.edit("packages/alpha/pyproject.toml", 'Source = "', '"Página" = "https://example.com"\nSource = "')
    scene.tagged("alpha/v0.1.0")
    scene.call().expect(0)
    sbom = json.loads((scene.repository.dist("alpha") / "alpha-0.1.0.cdx.json").read_text())
    assert "José Núñez" in sbom["metadata"]["component"]["supplier"]["name"]


def test_files_that_differ_in_case_alone_are_refused(scene: Scene) -> None:
    scene.add("alpha", files={"src/alpha/data.py": "", "src/alpha/Data.py": ""}).tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("which some file systems take for one",), hint="rename one of them")


def test_a_closure_that_is_not_the_commits_is_called_todays(scene: Scene, index: PackageIndex) -> None:
    write_wheel(index.folders[-1], "idna", "1.0")
    index.fail(Fault.NO_UPLOAD_TIME)
    scene.add("alpha", requires=["idna"]).tagged("alpha/v0.1.0")
    assert "its closure is today's and not the commit's" in scene.call().expect(0).err
    receipt = json.loads((scene.repository.dist("alpha") / "alpha-0.1.0.receipt.json").read_text())
    details = {gate["name"]: gate["detail"] for gate in receipt["gates"]}
    assert details["audit"] == "1 audited by osv and pypi, as the index stands today"
