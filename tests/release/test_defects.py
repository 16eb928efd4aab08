"""One thing that nobody expected ends one release, with a message, and no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from release.errors import Incomplete, Refused, ReleaseError
from release.step import named
from tests.release.test_pipeline import receipt_of
from tests.servers.index import Fault, PackageIndex

if TYPE_CHECKING:
    from tests.release.scene import Scene


@pytest.mark.parametrize(
    ("stray", "says"),
    [
        ("alpha-0.1.0 (copy).whl", "does not belong in the index: Invalid wheel filename"),
        ("alpha-latest.tar.gz", "does not belong in the index: Invalid sdist filename"),
        ("other-0.1.0.tar.gz", "does not belong in the index: it is no file of alpha"),
    ],
)
def test_a_stray_file_in_the_index_is_named_before_anything_is_added(scene: Scene, stray: str, says: str) -> None:
    scene.add("alpha").add("solo").tagged("alpha/v0.1.0", "solo/v0.1.0")
    scene.repository.write(f"dist/index/stable/simple/alpha/{stray}", "stray")
    scene.repository.write("dist/.gitignore", "*\n")
    ended = scene.call("--json").expect(15)
    assert f"{stray} {says}" in ended.err
    assert "hint: move it away" in ended.err
    assert {each["tag"]: each["ending"] for each in ended.document["outcomes"]} == {
        "alpha/v0.1.0": "failed",
        "solo/v0.1.0": "released",
    }
    assert [path.name for path in (scene.repository.index() / "alpha").iterdir()] == [stray]


def test_a_broken_wheel_of_another_version_is_named_before_anything_is_added(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    page = scene.repository.index() / "alpha"
    for name in ("alpha-0.0.9-py3-none-any.whl", "alpha-0.0.9.tar.gz"):
        scene.repository.write(f"dist/index/stable/simple/alpha/{name}", "junk")
    scene.repository.write("dist/.gitignore", "*\n")
    ended = scene.call().expect(14)
    assert "alpha-0.0.9-py3-none-any.whl is no wheel any more" in ended.err
    assert sorted(path.name for path in page.iterdir()) == ["alpha-0.0.9-py3-none-any.whl", "alpha-0.0.9.tar.gz"]


def test_a_file_that_actions_named_and_nobody_can_write_is_said_after_the_document(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    ended = scene.call("--json", GITHUB_OUTPUT="/nonexistent/x").expect(15)
    assert [each["ending"] for each in ended.document["outcomes"]] == ["released"]
    assert "/nonexistent/x" in ended.err
    assert len(scene.versions("alpha")) == 2


def test_a_defect_names_the_release_the_step_and_the_line() -> None:
    says = r"^alpha/v0.1.0: build: a defect of the tool: ValueError at .*\.py:\d+"
    with pytest.raises(ReleaseError) as it, named("alpha/v0.1.0", "build"):
        int("no number")
    assert re.match(says, it.value.message)
    assert it.value.exit_code == 1
    assert "report it" in it.value.hint


@pytest.mark.parametrize(("error", "kind"), [(Refused("no"), Refused), (OSError(28, "No space"), Incomplete)])
def test_what_was_expected_is_no_defect(error: Exception, kind: type[ReleaseError]) -> None:
    with pytest.raises(kind), named("alpha/v0.1.0", "build"):
        raise error


def test_dependencies_that_fit_nowhere_are_refused_and_recorded(scene: Scene) -> None:
    scene.add("alpha", requires=["packaging>=9999"]).tagged("alpha/v0.1.0")
    scene.call().expect(12)
    (gate,) = receipt_of(scene)["gates"]
    assert (gate["name"], gate["verdict"]) == ("resolve", "refused")
    assert "packaging" in gate["detail"]
    assert [each["kind"] for each in receipt_of(scene)["artifacts"]] == ["wheel", "sdist"]
    assert receipt_of(scene)["publications"] == []


def test_an_index_that_cannot_be_asked_is_recorded_too(scene: Scene, index: PackageIndex) -> None:
    index.fail(Fault.ERROR, "packaging")
    scene.add("alpha", requires=["packaging>=24"]).tagged("alpha/v0.1.0")
    ended = scene.call().expect(13)
    assert "without what it needs there is no SBOM" in ended.err
    (gate,) = receipt_of(scene)["gates"]
    assert (gate["name"], gate["verdict"]) == ("resolve", "unavailable")


def test_the_document_that_was_asked_for_comes_whatever_happens(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    ended = scene.call("rehearse", "--json", "--since", "HEAD\0")
    assert ended.code in {1, 2}
    assert ended.document["error"]["exit_code"] == ended.code
    assert ended.document["error"]["hint"]
