"""Tags that name no release: refused before anything is built, with what is wrong and what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.scene import Scene


@pytest.mark.parametrize(
    ("tag", "says", "hint"),
    [
        ("v1.0.0", "tag v1.0.0: it names no package", "<package>/v<version>"),
        ("alpha/v1.0.0-rc.1", "not in the canonical form", "write alpha/v1.0.0rc1"),
        ("alpha/1.0", "does not begin with v", "write alpha/v1.0"),
        ("alpha/v01.0", "not in the canonical form", "write alpha/v1.0"),
        ("alpha/v1.0.0+x", "local version", "write alpha/v1.0.0"),
        ("alpha/v1.0.dev3", "development versions are never released from a tag", "snapshot"),
        ("alpha/V1.0.0", "does not begin with v", "write alpha/v1.0.0"),
        ("Alpha/v1.0.0", "Alpha is not a normalised project name", "write alpha/v<version>"),
        ("al_pha/v1.0.0", "al_pha is not a normalised project name", "write al-pha/v<version>"),
        ("alpha/v1.0.0;id", "1.0.0;id is not a version", "<package>/v<version>"),
        ("alpha/v1'\"", "is not a version", "<package>/v<version>"),
        ("alpha/v1|id&", "is not a version", "<package>/v<version>"),
        ("аlpha/v1.0.0", r"\u0430lpha", "<package>/v<version>"),  # noqa: RUF001  # the look-alike is the point
        ("alpha/v1.0.0\u200b", "not plain ASCII", "<package>/v<version>"),
    ],
)
def test_a_tag_at_head_that_is_no_release_tag_is_refused(scene: Scene, tag: str, says: str, hint: str) -> None:
    scene.add("alpha").tagged(tag)
    scene.refuse(code=10, says=(says,), hint=hint)
    assert not (scene.repository.root / "pwned").exists()


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("alpha/v$(touch${IFS}pwned)", "$(touch${IFS}pwned) is not a version"),
        ("alpha/v`id`", "`id` is not a version"),
        ("alpha/v１.0.0", "not plain ASCII"),  # noqa: RUF001  # a digit of full width
        ("beta/alpha/v1.0.0", "does not begin with v"),
    ],
)
def test_a_tag_that_no_one_can_have_meant_is_refused_when_it_is_named(scene: Scene, tag: str, says: str) -> None:
    scene.add("alpha").tagged(tag)
    scene.refuse("run", tag, code=10, says=(says,), hint="<package>/v<version>")
    scene.refuse(code=2, says=("no package tag at HEAD", "other tags there: "))
    assert not (scene.repository.root / "pwned").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("alpha/v1\n.0", r"tag 'alpha/v1\n.0': the version holds characters"),
        ("alpha\n/v1.0", r"'alpha\n' is not a normalised"),
        ("alpha/v\x1b[31m1.0", r"tag 'alpha/v\x1b[31m1.0'"),
        ("--upload-pack=id/v1.0", "--upload-pack=id is not a normalised"),
        ("../alpha/v1.0", ".. is not a normalised"),
        ("", "it names no package"),
    ],
)
def test_a_name_that_no_tag_could_have_is_refused_and_shown_without_its_power(
    scene: Scene, name: str, says: str
) -> None:
    scene.add("alpha").tagged()
    ended = scene.refuse("run", "--", name, code=10, says=(says,))
    assert "\x1b" not in ended.err + ended.out


def test_without_a_tag_at_head_the_way_to_make_one_is_said(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.commit("Go on")
    scene.refuse(code=2, says=("no package tag at HEAD",), hint="hatch run release tag PACKAGE minor")


def test_tags_at_head_that_mean_no_release_are_named_and_left_alone(scene: Scene) -> None:
    scene.add("alpha").tagged("nightly", "blessed/by-ada")
    scene.refuse(
        code=2, says=("no package tag at HEAD", "other tags there: blessed/by-ada, nightly"), hint="tag PACKAGE"
    )


def test_a_repository_without_a_commit_is_refused(scene: Scene) -> None:
    for words in ((), ("status",), ("rehearse",), ("tag", "alpha", "minor"), ("snapshot",), ("plan",)):
        ended = scene.call(*words).expect(2)
        assert "the repository has no commit yet" in ended.err
    assert scene.published == {}


def test_an_unknown_package_is_refused_with_those_that_are_known(scene: Scene) -> None:
    scene.add("alpha", "gamma").tagged("beta/v0.1.0")
    scene.refuse(code=2, says=("there is no package beta",), hint="packages: alpha, gamma")


def test_a_missing_tag_is_refused_with_those_that_are_there(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.refuse("run", "alpha/v0.2.0", code=2, says=("no tag alpha/v0.2.0",), hint="alpha/v0.1.0; git fetch --tags")


def test_a_tag_that_names_a_file_in_place_of_a_commit_is_refused(scene: Scene) -> None:
    scene.add("alpha").tagged()
    blob = scene.repository.git("rev-parse", "HEAD:packages/alpha/README.md")
    scene.repository.git("tag", "alpha/v0.1.0", blob)
    scene.refuse("run", "alpha/v0.1.0", code=10, says=("alpha/v0.1.0 names no commit",), hint="git tag")


def test_a_tag_of_a_tag_releases_the_commit_behind_both(scene: Scene) -> None:
    scene.add("alpha").tagged("inner")
    scene.repository.tag("alpha/v0.1.0", commit="inner")
    scene.call("run", "alpha/v0.1.0").expect(0)
    assert scene.versions("alpha") == ["alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"]


def test_the_words_of_run_are_in_their_places(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.refuse("run", "--to", "moon", code=2, says=("there is no target moon",), hint="targets: local")
    scene.refuse("alpha/v0.1.0", code=2, says=("No such command 'alpha/v0.1.0'",))
    scene.refuse("run", "--nonsense", code=2, says=("No such option '--nonsense'",), hint="--help")
    scene.refuse("tag", "alpha", code=2, says=("Missing argument",), hint="--help")
    scene.refuse("rehearse", "alpha/v0.1.0", code=2, says=("there is no package alpha/v0.1.0",), hint="packages: alpha")
    scene.refuse("status", "alpha/v0.1.0", code=2, says=("there is no package alpha/v0.1.0",), hint="packages: alpha")
    scene.refuse("run", "alpha", code=10, says=("tag alpha: it names no package",), hint="<package>/v<version>")


@pytest.mark.parametrize("asked", ["alpha/v1.0", "alpha/v1.0.0"])
def test_one_version_in_two_spellings_is_refused(scene: Scene, asked: str) -> None:
    scene.add("alpha", versions=["1.0"]).tagged("alpha/v1.0", "alpha/v1.0.0")
    scene.refuse("run", asked, code=10, says=("one version in two spellings",), hint=f"git tag -d {asked}")
