"""`tag`: the next version, after the checks a release makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.scene import Scene

ALL = ("0.1.0", "0.1.1", "0.2.0", "0.2.0rc1", "0.2.0rc2", "1.0.0", "1.2.3")


@pytest.mark.parametrize(
    ("before", "word", "made"),
    [
        ((), "patch", "0.0.1"),
        ((), "minor", "0.1.0"),
        ((), "major", "1.0.0"),
        (("0.1.0",), "patch", "0.1.1"),
        (("0.1.0",), "minor", "0.2.0"),
        (("0.1.0",), "major", "1.0.0"),
        (("0.1.0", "0.2.0rc1"), "rc", "0.2.0rc2"),
        (("0.1.0", "0.2.0rc1"), "final", "0.2.0"),
        (("0.1.0", "0.2.0rc1"), "patch", "0.1.1"),
        ((), "1.2.3", "1.2.3"),
    ],
)
def test_every_word_makes_the_annotated_tag_that_it_means(
    scene: Scene, before: tuple[str, ...], word: str, made: str
) -> None:
    scene.add("alpha", versions=[*ALL, "0.0.1"]).tagged(*(f"alpha/v{version}" for version in before))
    head = scene.repository.commit("Go on")
    ended = scene.call("tag", "alpha", word, "--json").expect(0)
    assert ended.document == {"tag": f"alpha/v{made}", "commit": head, "pushed": False}
    assert scene.repository.git("cat-file", "-t", f"alpha/v{made}") == "tag"
    assert scene.repository.git("rev-parse", f"alpha/v{made}^{{commit}}") == head
    assert scene.published == {}


def test_a_tag_says_what_comes_next_and_is_released(scene: Scene) -> None:
    scene.add("alpha").tagged()
    ended = scene.call("tag", "alpha", "minor").expect(0)
    assert "hatch run release run alpha/v0.1.0" in ended.out
    scene.call().expect(0)


def test_siblings_are_looked_for_where_they_are_said_to_be_released(scene: Scene) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged("alpha/v0.1.0")
    with World() as world:
        world.github.repository.tag("alpha/v0.1.0", scene.repository.git("rev-parse", "HEAD"))
        scene.release.more.update(world.environment)
        scene.call("run", "alpha/v0.1.0", "--to", "github").expect(0)
        scene.repository.commit("Go on")
        assert "or say by --to where it is released" in scene.call("tag", "beta", "minor").expect(10).err
        scene.call("tag", "beta", "minor", "--to", "github").expect(0)
    assert "beta/v0.1.0" in scene.repository.git("tag").splitlines()


def test_nobody_makes_no_tag(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.release.more["GIT_COMMITTER_NAME"] = ""
    ended = scene.call("tag", "alpha", "minor").expect(2)
    assert "git does not know who makes the tag" in ended.err
    assert "git config --global user.name" in ended.err
    assert not scene.repository.git("tag")


@pytest.mark.parametrize(
    ("words", "code", "says", "hint"),
    [
        (("alpha", "0.1.0"), 10, "alpha/v0.1.0 is there already", "choose another"),
        (("beta", "minor"), 2, "there is no package beta", "packages: alpha"),
        (("alpha", "huge"), 2, "'huge' is neither a version nor one of", ""),
        (("alpha", "final"), 2, "there is no candidate to make final", "say patch, minor, major"),
        (("alpha", "1.0.dev1"), 10, "development versions are never released", "snapshot"),
        (("alpha", "1.0+x"), 10, "local version", "write alpha/v1.0"),
        (("alpha", "9.9"), 10, "packages/alpha/CHANGELOG.md has no entry for it", "add a section `## [9.9]"),
        (("alpha", "$(id)"), 2, "is neither a version", ""),
    ],
)
def test_a_tag_that_could_not_be_released_is_not_made(
    scene: Scene, words: tuple[str, ...], code: int, says: str, hint: str
) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.refuse("tag", *words, code=code, says=(says,), hint=hint)


def test_a_dirty_tree_is_not_tagged(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.repository.write("packages/alpha/src/alpha/more.py", "")
    scene.refuse("tag", "alpha", "minor", code=10, says=("the work tree is not clean",), hint="commit, stash")


@pytest.fixture
def origin(scene: Scene, tmp_path: Path) -> Path:
    """Give a bare repository that the scene's pushes to."""
    scene.add("alpha", versions=["0.1.0", "0.2.0"]).tagged()
    scene.repository.git("clone", "--quiet", "--bare", str(scene.repository.root), str(tmp_path / "origin.git"))
    scene.repository.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    return tmp_path / "origin.git"


def test_a_tag_is_pushed_to_origin(scene: Scene, origin: Path) -> None:
    ended = scene.call("tag", "alpha", "minor", "--push", "--json").expect(0)
    assert ended.document["pushed"] is True
    there = scene.repository.git("ls-remote", str(origin), "refs/tags/alpha/v0.1.0")
    assert scene.repository.git("rev-parse", "alpha/v0.1.0") in there


def test_a_tag_that_origin_does_not_take_is_not_left_here(scene: Scene, origin: Path) -> None:
    refuse = origin / "hooks/update"
    refuse.write_text("#!/bin/sh\necho no tags today >&2\nexit 1\n")
    refuse.chmod(0o755)
    scene.refuse("tag", "alpha", "minor", "--push", code=15, says=("alpha/v0.1.0 could not be pushed", "no tags today"))
    refuse.unlink()
    scene.call("tag", "alpha", "minor", "--push").expect(0)


def test_a_push_whose_answer_was_lost_is_asked_about(scene: Scene, origin: Path, tmp_path: Path) -> None:
    receive = tmp_path / "receive"
    receive.write_text('#!/bin/sh\ngit-receive-pack "$@"\nexit 1\n')
    receive.chmod(0o755)
    scene.repository.git("config", "remote.origin.receivepack", str(receive))
    scene.call("tag", "alpha", "minor", "--push").expect(0)
    there = scene.repository.git("ls-remote", str(origin), "refs/tags/alpha/v0.1.0")
    assert scene.repository.git("rev-parse", "alpha/v0.1.0") in there


def test_what_an_origin_has_that_does_not_answer_is_unknown(scene: Scene, origin: Path) -> None:
    origin.rename(origin.with_name("gone.git"))
    says = ("alpha/v0.1.0 could not be pushed", "whether origin has it is unknown")
    scene.refuse(
        "tag", "alpha", "minor", "--push", code=15, says=says, hint="ask `git ls-remote origin refs/tags/alpha/v0.1.0`"
    )


def test_without_an_origin_a_push_is_refused_and_the_tag_not_made(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.refuse("tag", "alpha", "minor", "--push", code=15, says=("could not be pushed", "origin"), hint="mend that")
