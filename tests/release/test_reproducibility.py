"""The same tag gives the same bytes: wheel, sdist, SBOM and SHA256SUMS, wherever, whenever and by whomever."""

from __future__ import annotations

import os
import shutil
import stat
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.release.command import ReleaseCommand
from tests.release.repository import Repository
from tests.release.scene import Scene, digests

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.index import PackageIndex

HOSTILE = """
[core]
    autocrlf = true
    eol = crlf
    quotePath = true
    abbrev = 4
    attributesFile = {home}/attributes
    excludesFile = {home}/excludes
[tag]
    sort = -version:refname
[log]
    showSignature = true
    date = relative
[status]
    showUntrackedFiles = no
[url "https://nowhere.invalid/"]
    insteadOf = /
[format]
    pretty = oneline
"""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Give a repository that has a package with a dependency, data, a script and files of both modes."""
    repository = Repository(tmp_path_factory.mktemp("origin") / "repository")
    files: dict[str, str | bytes] = {
        "src/alpha/data/lines.txt": "one\ntwo\n",
        "src/alpha/data/näme.bin": bytes(range(256)),
        "src/alpha/tool.sh": "#!/bin/sh\n",
    }
    repository.add("alpha", requires=["packaging>=24"], files=files)
    (repository.root / "packages/alpha/src/alpha/tool.sh").chmod(0o755)
    repository.commit()
    repository.tag("alpha/v0.1.0")
    return repository


def build(folder: Path, outside: dict[str, str], **variables: str) -> dict[str, str]:
    """Release in a folder with a process of its own; give the digests of what carries no time."""
    release = ReleaseCommand(folder, outside)
    ended = release.apart("run", "alpha/v0.1.0", **variables).expect(0)
    assert "released  alpha/v0.1.0" in ended.out
    made = digests(folder / "dist/alpha/0.1.0")
    timed = (".receipt.json", ".audit.json", ".intoto.jsonl")
    return {name: digest for name, digest in made.items() if not name.endswith(timed)}


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, str]]:
    """Keep what the first build made, for all others to be compared with."""
    return {}


VARIATIONS = ("plain", "path", "umask", "zone", "locale", "times", "git", "bundle", "worktree")


@pytest.mark.parametrize("variation", VARIATIONS)
def test_every_variation_gives_the_same_bytes(
    origin: Repository, expected: dict[str, dict[str, str]], outside: dict[str, str], tmp_path: Path, variation: str
) -> None:
    folder = tmp_path / "repository"
    clone = partial(origin.git, "clone", "--quiet", origin.root.as_uri())
    variables: dict[str, str] = {}
    umask = os.umask(0o022)
    try:
        if variation == "path":
            folder = tmp_path / "a much longer path with [red]brackets[/] & 100% spaces #1" / ("ü" * 60) / "repository"
            folder.parent.mkdir(parents=True)
        elif variation == "umask":
            os.umask(0o077)
        elif variation == "zone":
            variables = {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": ""}
        elif variation == "locale":
            variables = {"LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONHASHSEED": "1"}
            variables |= {"HOME": str(tmp_path / "nobody"), "USER": "grace", "LOGNAME": "grace", "EMAIL": "g@h.i"}
        elif variation == "git":
            variables = _hostile(tmp_path)
        if variation == "bundle":
            origin.git("bundle", "create", "--quiet", str(tmp_path / "all.bundle"), "--all")
            origin.git("clone", "--quiet", str(tmp_path / "all.bundle"), str(folder))
        elif variation == "worktree":
            origin.git("worktree", "add", "--quiet", "--detach", str(folder), "alpha/v0.1.0")
        else:
            clone(str(folder))
        if variation == "times":
            for path in folder.rglob("packages/**/*"):
                os.utime(path, (1_000_000_000, 1_000_000_000))
                path.chmod(path.stat().st_mode | stat.S_IWGRP)
        made = build(folder, outside, **variables)
    finally:
        os.umask(umask)
    assert sorted(made) == ["SHA256SUMS", "alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.cdx.json", "alpha-0.1.0.tar.gz"]
    assert made == expected.setdefault("first", made)


def _hostile(tmp_path: Path) -> dict[str, str]:
    """Write a user's git configuration in which everything is another way."""
    home = tmp_path / "hostile"
    (home / ".config/git").mkdir(parents=True)
    (home / "attributes").write_text("* text eol=crlf\n")
    (home / ".config/git/attributes").write_text("* text eol=crlf ident\n")
    (home / "excludes").write_text("*.bin\n")
    (home / ".gitconfig").write_text(HOSTILE.format(home=home))
    template = home / "template"
    (template / "info").mkdir(parents=True)
    (template / "info/attributes").write_text("* text eol=crlf\n")
    (template / "hooks").mkdir()
    (template / "hooks/post-checkout").write_text("#!/bin/sh\necho x >> packages/alpha/src/alpha/__init__.py\n")
    (template / "hooks/post-checkout").chmod(0o755)
    return {
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_TEMPLATE_DIR": str(template),
        "GIT_DIR": "/nonexistent",
        "GIT_INDEX_FILE": "/nonexistent",
        "SETUPTOOLS_SCM_PRETEND_VERSION": "9.9",
    }


def test_a_release_is_the_same_a_second_later_and_with_an_index_that_has_grown(
    scene: Scene, index: PackageIndex
) -> None:
    scene.add("alpha", requires=["packaging>=24"]).tagged("alpha/v0.1.0")
    scene.call().expect(0)
    first = scene.published
    shutil.rmtree(scene.repository.root / "dist")
    index.forget()
    scene.call().expect(0)
    timeless = {name for name in first if not name.endswith((".receipt.json", ".intoto.jsonl"))}
    assert {name: scene.published[name] for name in timeless} == {name: first[name] for name in timeless}
    assert len(timeless) > 8


@pytest.mark.parametrize(
    "name",
    [
        "SETUPTOOLS_SCM_PRETEND_VERSION",
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_ALPHA",
        "VCS_VERSIONING_PRETEND_VERSION",
        "HATCH_VCS_PRETEND_VERSION",
    ],
)
def test_a_version_in_the_environment_is_named_and_ignored(scene: Scene, name: str) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    ended = scene.call(folder=None, **{name: "9.9.9"}).expect(0)
    assert f"{name} is set and ignored: the tag alone names the version" in ended.err
    assert scene.versions("alpha") == ["alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"]
