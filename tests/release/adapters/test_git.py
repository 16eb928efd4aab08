from __future__ import annotations

import os
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from release.adapters.git import Git
from release.errors import UsageError
from release.settings import Settings

if TYPE_CHECKING:
    from tests.release.repository import Repository

ODD_NAMES = ["a b.txt", "quo\"te'.txt", "-dash.txt", "tab\t.txt", "caf\u00e9.txt", "back\\slash.txt", "*.txt"]


def open_git(repository: Repository) -> Git:
    return Git(repository.root, os.environ)


def test_a_repository_is_found_from_any_folder_of_it(repository: Repository) -> None:
    repository.add("alpha").commit()
    assert Git.discover(repository.root / "packages" / "alpha", os.environ).root == repository.root


def test_a_folder_outside_any_repository_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a git repository") as refused:
        Git.discover(tmp_path, os.environ)
    assert str(tmp_path) in refused.value.hint


def test_a_machine_without_git_is_told_so(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git is not on the PATH"):
        Git.discover(repository.root, {**os.environ, "PATH": str(tmp_path)})


def test_nobodys_variables_lead_to_another_repository(repository: Repository, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "other")], check=True)
    led_astray = {**os.environ, "GIT_DIR": str(tmp_path / "other" / ".git"), "GIT_WORK_TREE": str(tmp_path / "other")}
    assert Git.discover(repository.root, Settings(led_astray).for_tools).root == repository.root


def test_a_commit_has_its_id_and_its_time(repository: Repository) -> None:
    sha = repository.commit(at="2026-01-02T03:04:05+05:00")
    commit = open_git(repository).commit("HEAD")
    assert commit is not None
    assert (commit.sha, commit.time.isoformat()) == (sha, "2026-01-01T22:04:05+00:00")


@pytest.mark.parametrize("name", ["nowhere", "refs/tags/v1", "0" * 40, "HEAD:README.md", "--all", ""])
def test_what_stands_for_no_commit_gives_none(repository: Repository, name: str) -> None:
    repository.commit()
    assert open_git(repository).commit(name) is None


def test_a_repository_without_commits_has_no_head(repository: Repository) -> None:
    git = open_git(repository)
    assert git.commit("HEAD") is None
    assert git.tags == ()
    assert git.commits([]) == {}


def test_many_commits_are_given_by_their_ids(repository: Repository) -> None:
    shas = [repository.commit(str(number), at=f"2026-01-0{number}T00:00:00+00:00") for number in range(1, 4)]
    commits = open_git(repository).commits(reversed(shas))
    assert [commits[sha].time.day for sha in shas] == [1, 2, 3]


def test_tags_of_both_kinds_name_their_commit(repository: Repository) -> None:
    first, second = repository.commit("one"), repository.commit("two")
    repository.tag("alpha/v1", commit=first).tag("alpha/v2", annotated=False).tag("fran\u00e7ais")
    tags = {ref.name: (ref.commit, ref.annotated) for ref in open_git(repository).tags}
    assert tags == {"alpha/v1": (first, True), "alpha/v2": (second, False), "fran\u00e7ais": (second, True)}


def test_a_tag_of_a_tag_names_the_commit_at_its_end(repository: Repository) -> None:
    sha = repository.commit()
    repository.tag("inner").tag("outer", commit="inner")
    assert {ref.name: ref.commit for ref in open_git(repository).tags} == {"inner": sha, "outer": sha}


def test_a_tag_of_a_file_is_left_out(repository: Repository) -> None:
    repository.commit()
    for name, annotated in (("file", False), ("described-file", True)):
        repository.tag(name, annotated=annotated, commit="HEAD:pyproject.toml")
    repository.tag("tree", commit="HEAD^{tree}").tag("real")
    assert [ref.name for ref in open_git(repository).tags] == ["real"]


def test_a_branch_holds_a_commit_here_or_as_it_was_fetched(repository: Repository, tmp_path: Path) -> None:
    merged = repository.commit("merged")
    repository.git("switch", "--quiet", "--create", "topic")
    unmerged = repository.commit("unmerged")
    git = open_git(repository)
    assert git.branches_with(merged, ["main"]) == ("refs/heads/main",)
    assert git.branches_with(unmerged, ["main"]) == ()
    assert git.branches_with(unmerged, ["main", "top*"]) == ("refs/heads/topic",)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(repository.root), str(clone)], check=True)
    assert Git(clone, os.environ).branches_with(merged, ["main"]) == ("refs/remotes/origin/main",)


def test_a_shallow_clone_is_known(repository: Repository, tmp_path: Path) -> None:
    repository.commit("one")
    repository.commit("two")
    words = ["git", "clone", "--quiet", "--depth=1", repository.root.as_uri(), str(tmp_path / "clone")]
    subprocess.run(words, check=True)
    assert Git(tmp_path / "clone", os.environ).is_shallow
    assert not open_git(repository).is_shallow


def test_every_kind_of_change_is_seen(repository: Repository) -> None:
    for name in ("edited", "removed", "staged"):
        repository.write(name, "old")
    repository.commit()
    assert open_git(repository).changes == ()
    repository.write("edited", "new")
    (repository.root / "removed").unlink()
    repository.write("staged", "new")
    repository.git("add", "staged")
    repository.write("deep/untracked", "")
    repository.git("config", "status.showUntrackedFiles", "no")
    assert {row[3:] for row in open_git(repository).changes} == {"edited", "removed", "staged", "deep/untracked"}


@pytest.mark.parametrize(
    ("flag", "changed"),
    [("--assume-unchanged", ("absent", "edited")), ("--skip-worktree", ("edited",))],  # a sparse checkout lacks files
)
def test_a_change_that_git_was_told_to_overlook_is_seen(
    repository: Repository, flag: str, changed: tuple[str, ...]
) -> None:
    for name in ("edited", "same", "absent"):
        repository.write(name, "old")
    repository.commit()
    repository.git("update-index", flag, "edited", "same", "absent")
    repository.write("edited", "new")
    (repository.root / "absent").unlink()
    git = open_git(repository)
    assert git.changes == ()
    assert git.hidden_changes == changed


@pytest.mark.parametrize("name", ["two\nlines", '"quoted"', ":(top)magic", "*", "plain"])
@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_no_name_hides_a_change(repository: Repository, flag: str, name: str) -> None:
    repository.write(name, "old")
    repository.commit()
    repository.git("--literal-pathspecs", "update-index", flag, "--", name)
    assert open_git(repository).hidden_changes == ()
    repository.write(name, "new")
    assert open_git(repository).hidden_changes == (name,)


def test_a_link_that_leads_elsewhere_is_a_hidden_change(repository: Repository) -> None:
    (repository.root / "link").symlink_to("pyproject.toml")
    repository.commit()
    repository.git("update-index", "--assume-unchanged", "link", "pyproject.toml")
    assert open_git(repository).hidden_changes == ()
    (repository.root / "link").unlink()
    (repository.root / "link").symlink_to(".gitignore")
    assert open_git(repository).hidden_changes == ("link",)


def test_what_is_ignored_is_told_apart_from_what_is_untracked(repository: Repository) -> None:
    repository.add("alpha", files={".gitignore": "secret.py\n"}).commit()
    repository.write("packages/alpha/src/alpha/secret.py", "")
    repository.write("packages/alpha/src/alpha/open.py", "")
    git = open_git(repository)
    assert git.ignored(PurePosixPath("packages/alpha")) == ("packages/alpha/src/alpha/secret.py",)
    assert [row[3:] for row in git.changes] == ["packages/alpha/src/alpha/open.py"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_that_need_quotes_come_through_unharmed(repository: Repository, name: str) -> None:
    content = b"\0\n\r\nbytes \xff\n"
    repository.write(f"folder/{name}", content)
    repository.commit()
    git = open_git(repository)
    (file,) = git.files("HEAD", "folder/")
    assert file.path == PurePosixPath("folder", name)
    assert file.is_regular
    assert file.holds(content)
    assert git.read([f"HEAD:folder/{name}", "HEAD:nowhere", file.oid]) == {
        f"HEAD:folder/{name}": content,
        file.oid: content,
    }


def test_a_name_of_two_lines_is_not_two_questions(repository: Repository) -> None:
    repository.write("two\nlines", "content")
    repository.commit()
    git = open_git(repository)
    assert PurePosixPath("two\nlines") in {file.path for file in git.files("HEAD")}
    assert git.read(["HEAD:two\nlines", "HEAD:pyproject.toml"]).keys() == {"HEAD:pyproject.toml"}


def test_a_name_that_is_no_unicode_comes_through_unharmed(repository: Repository) -> None:
    name = os.fsdecode(b"latin-\xe9.txt")
    (repository.root / name).write_bytes(b"x")
    repository.commit()
    git = open_git(repository)
    assert PurePosixPath(name) in {file.path for file in git.files("HEAD")}
    assert git.read([f"HEAD:{name}"]) == {f"HEAD:{name}": b"x"}


def test_links_and_modes_are_told(repository: Repository) -> None:
    repository.write("run.sh", "").chmod(0o755)
    (repository.root / "link").symlink_to("run.sh")
    repository.commit()
    modes = {str(file.path): file.mode for file in open_git(repository).files("HEAD")}
    assert (modes["run.sh"], modes["link"], modes["pyproject.toml"]) == ("100755", "120000", "100644")


def test_folders_are_those_of_the_commit_not_of_the_work_tree(repository: Repository) -> None:
    repository.write("packages/alpha/pyproject.toml", "")
    repository.commit()
    repository.write("packages/beta/pyproject.toml", "")
    folders = open_git(repository).folders("HEAD")
    assert folders == (PurePosixPath("packages"), PurePosixPath("packages/alpha"))


def test_changed_files_are_counted_tree_by_tree(repository: Repository) -> None:
    repository.add("alpha").add("beta").commit()
    repository.write("packages/alpha/README.md", "new")
    repository.write("packages/alpha/src/alpha/more.py", "")
    repository.write("packages/gamma/caf\u00e9.py", "")
    repository.commit()
    git = open_git(repository)
    names = ["alpha", "beta", "gamma"]
    before = git.tree_ids(f"HEAD~:packages/{name}" for name in names)
    after = git.tree_ids(f"HEAD:packages/{name}" for name in names)
    assert before[1] == after[1]
    assert before[2] == ""
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert git.changed_files(pairs) == (2, 1)
    assert git.changed_files([]) == ()


def test_a_tag_is_made_pushed_and_taken_away(repository: Repository, tmp_path: Path) -> None:
    sha = repository.commit()
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "origin")], check=True)
    repository.git("remote", "add", "origin", str(tmp_path / "origin"))
    git = open_git(repository)
    git.make_tag("alpha/v0.1.0", sha, "Release alpha 0.1.0")
    git.push_tag("alpha/v0.1.0")
    (ref,) = Git(tmp_path / "origin", os.environ).tags
    assert (ref.name, ref.commit, ref.annotated) == ("alpha/v0.1.0", sha, True)
    git.remove_tag("alpha/v0.1.0")
    assert open_git(repository).tags == ()
    assert git.height(sha) == 1


def test_a_failure_of_git_says_what_git_said(repository: Repository) -> None:
    repository.commit()
    with pytest.raises(UsageError, match=r"git push failed: error: src refspec refs/tags/alpha/v0\.1\.0") as refused:
        open_git(repository).push_tag("alpha/v0.1.0")
    assert "git status" in refused.value.hint
