"""Git, by its plumbing: what is read of a repository, each question one process however large the answer."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from release.errors import UsageError
from release.model.plan import Commit
from release.model.tag import IDENTIFY
from release.model.tree import TagRef, TreeFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# A replaced or grafted commit would have another history here than everywhere else.
_PLAIN = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null/none",  # of an empty one, git would say each time that grafts are out of date
}
_SUBMODULE = "160000"


def text_of(raw: bytes) -> str:
    """Read a file name as Python does, whatever bytes it holds."""
    return os.fsdecode(raw)


class Git:
    """The repository that a folder belongs to."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.root = root
        self._environment = {**environment, **_PLAIN}

    @classmethod
    def discover(cls, folder: Path, environment: Mapping[str, str]) -> Git:
        """Find the repository around a folder."""
        if shutil.which("git", path=environment.get("PATH")) is None:
            raise UsageError("git is not on the PATH", hint="install git: every release is read from a repository")
        found = cls(folder, environment).ask("rev-parse", "--show-toplevel")  # git's own words say what is wrong
        return cls(Path(text_of(found.rstrip(b"\n"))), environment)

    def ask(self, *words: str, feed: bytes | None = None, fallible: bool = False) -> bytes:
        """Run one git command here and give what it prints; nothing, where failing is an answer too."""
        done = subprocess.run(
            ["git", "-c", "core.quotePath=off", *words],
            cwd=self.root,
            env=self._environment,
            input=feed,
            stdin=subprocess.DEVNULL if feed is None else None,
            capture_output=True,
            check=False,
        )
        if done.returncode and not fallible:
            said = done.stderr.decode(errors="replace").strip()
            raise UsageError(
                f"git {words[0]} failed: {said}", hint=f"`git status` in {self.root} should work before this can"
            )
        return b"" if done.returncode else done.stdout

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the history was cut off when the repository was cloned."""
        return self.ask("rev-parse", "--is-shallow-repository").strip() == b"true"

    def commit(self, revision: str) -> Commit | None:
        """Give the commit that a name stands for, if it stands for one."""
        sha = self.ask("rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}", fallible=True).strip().decode()
        return self.commits([sha])[sha] if sha else None

    def commits(self, shas: Iterable[str]) -> dict[str, Commit]:
        """Give many commits by their ids."""
        feed = "".join(f"{sha}\n" for sha in shas).encode()
        if not feed:
            return {}
        said = self.ask("log", "--no-walk=unsorted", "--no-show-signature", "--format=%H %ct", "--stdin", feed=feed)
        rows = (row.split() for row in said.decode().splitlines())
        return {sha: Commit(sha, int(seconds)) for sha, seconds in rows}

    @cached_property
    def tags(self) -> tuple[TagRef, ...]:
        """Give every tag that names a commit."""
        facts = "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
        rows = [
            row.split(b"\0") for row in self.ask("for-each-ref", f"--format={facts}", "refs/tags").split(b"\n") if row
        ]
        ends = {name: inner if kind == b"tag" else (kind, oid) for name, kind, oid, *inner in rows}
        nested = [name for name, (kind, _) in ends.items() if kind == b"tag"]
        peeled = zip(nested, self.tree_ids(f"refs/tags/{text_of(name)}^{{commit}}" for name in nested), strict=True)
        commits = {name: oid.decode() for name, (kind, oid) in ends.items() if kind == b"commit"}
        commits |= {name: oid for name, oid in peeled if oid}
        return tuple(
            TagRef(text_of(name), commits[name], annotated=kind == b"tag") for name, kind, *_ in rows if name in commits
        )

    def branches_with(self, sha: str, names: Iterable[str]) -> tuple[str, ...]:
        """Give those of the branches, here or as last fetched from origin, that hold a commit.

        Another remote is somebody's fork: what is merged there was not merged.
        """
        wanted = [ref for name in names for ref in (f"refs/heads/{name}", f"refs/remotes/origin/{name}")]
        said = self.ask("for-each-ref", "--format=%(refname)", f"--contains={sha}", *wanted)
        return tuple(said.decode().split())

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """Give every file of the work tree that differs from HEAD or that git does not know."""
        said = self.ask("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
        return tuple(text_of(row) for row in said.split(b"\0") if row)

    @cached_property
    def hidden_changes(self) -> tuple[str, ...]:
        """Give files that differ although git was told to look away (assume-unchanged, skip-worktree)."""
        flagged = [_read_staged(row) for row in self.ask("ls-files", "-v", "-s", "-z").split(b"\0") if _is_hidden(row)]
        gone = {file.path for flag, file in flagged if flag.islower() and not os.path.lexists(self.root / file.path)}
        there = [file for _, file in flagged if os.path.lexists(self.root / file.path)]
        plain = [file for file in there if file.is_regular and _is_plain(self.root / file.path) and _is_askable(file)]
        feed = b"".join(os.fsencode(file.path) + b"\n" for file in plain)
        now = self.ask("hash-object", "--stdin-paths", feed=feed).decode().split() if plain else []
        edited = {file.path for file, oid in zip(plain, now, strict=True) if file.oid != oid}
        edited |= {file.path for file in there if file not in plain and not _is_same(file, self.root / file.path)}
        return tuple(str(file.path) for _, file in flagged if file.path in gone | edited)

    def ignored(self, folder: PurePosixPath) -> tuple[str, ...]:
        """Give files below a folder that git ignores."""
        said = self.ask("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", f"{folder}/")
        return tuple(text_of(row) for row in said.split(b"\0") if row)

    def folders(self, revision: str) -> tuple[PurePosixPath, ...]:
        """Give every folder of a commit."""
        said = self.ask("ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", revision)
        return tuple(PurePosixPath(text_of(row)) for row in said.split(b"\0") if row)

    def files(self, revision: str, *folders: str) -> tuple[TreeFile, ...]:
        """Give every file of a commit, or of some of its folders."""
        said = self.ask("ls-tree", "-r", "-z", "--full-tree", revision, "--", *folders)
        rows = (row.split(b"\t", 1) for row in said.split(b"\0") if row)
        return tuple(
            TreeFile(PurePosixPath(text_of(name)), facts.split()[0].decode(), facts.split()[2].decode())
            for facts, name in rows
        )

    def read(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Give the bytes of many objects (`HEAD:README.md`), leaving out those that are not there."""
        asked = [name for name in names if "\n" not in name]  # which would be two questions
        said = self.ask("cat-file", "--batch", feed=b"".join(os.fsencode(name) + b"\n" for name in asked))
        found, at = {}, 0
        for name in asked:
            end = said.index(b"\n", at)
            header, at = said[at:end], end + 1
            if header.endswith(b" missing") or header.count(b" ") != 2:  # noqa: PLR2004  # `<oid> <type> <size>`
                continue
            size = int(header.rsplit(b" ", 1)[1])
            found[name], at = said[at : at + size], at + size + 1
        return found

    def tree_ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """Give the id of each object, in the order of the names; an empty one for what is not there."""
        said = self.ask("cat-file", "--batch-check=%(objectname)", feed=b"".join(os.fsencode(n) + b"\n" for n in names))
        return tuple("" if b" " in row else row.decode() for row in said.splitlines())

    def changed_files(self, pairs: Sequence[tuple[str, str]]) -> tuple[int, ...]:
        """Count the files in which the trees of each pair differ; an empty id stands for an empty tree."""
        empty = self.ask("hash-object", "-t", "tree", "/dev/null").strip().decode()
        lines = [f"{before or empty} {after or empty}" for before, after in pairs]
        said = self.ask(
            "diff-tree", "--stdin", "-r", "--name-only", "--no-renames", feed="\n".join([*lines, ""]).encode()
        )
        counts: list[int] = []
        expected = iter(lines)
        awaited = next(expected, None)
        for row in said.decode(errors="surrogateescape").splitlines():
            if row == awaited:
                counts.append(0)
                awaited = next(expected, None)
            else:
                counts[-1] += 1
        return tuple(counts)

    def height(self, sha: str) -> int:
        """Count the commits below a commit, itself among them."""
        return int(self.ask("rev-list", "--count", sha))

    def make_tag(self, name: str, sha: str, message: str) -> None:
        """Make an annotated tag; UsageError where git does not know whose it is."""
        if not self.ask("var", "GIT_COMMITTER_IDENT", fallible=True):
            raise UsageError("git does not know who makes the tag", hint=IDENTIFY)
        self.ask("tag", "--annotate", "--message", message, name, sha)

    def push_tag(self, name: str) -> None:
        """Push a tag to origin."""
        self.ask("push", "--quiet", "origin", f"refs/tags/{name}:refs/tags/{name}")

    def pushed_tag(self, name: str) -> str:
        """Give the id of what origin has under a tag's name; an empty one where it has no such tag."""
        return self.ask("ls-remote", "origin", f"refs/tags/{name}").decode().partition("\t")[0]

    def remove_tag(self, name: str) -> None:
        """Take away a tag that nobody else has seen."""
        self.ask("tag", "--delete", name)


def _is_hidden(row: bytes) -> bool:
    return row[:1] not in b"HMRCK?"  # nor is the end of the list, an empty row


def _read_staged(row: bytes) -> tuple[bytes, TreeFile]:
    """Read a row of the index: its flag, in lower case where git assumes the file unchanged, and the file."""
    facts, name = row.split(b"\t", 1)
    flag, mode, oid, _ = facts.split()
    return flag, TreeFile(PurePosixPath(text_of(name)), mode.decode(), oid.decode())


def _is_askable(file: TreeFile) -> bool:
    """Whether a line of standard input stands for the file: git reads a quote as the beginning of an escaped name."""
    return "\n" not in str(file.path) and not str(file.path).startswith('"')


def _is_plain(place: Path) -> bool:
    return place.is_file() and not place.is_symlink()


def _is_same(file: TreeFile, place: Path) -> bool:
    if file.mode == _SUBMODULE:
        return True
    if file.is_regular:
        return _is_plain(place) and file.holds(place.read_bytes())
    return place.is_symlink() and file.holds(os.fsencode(place.readlink()))
