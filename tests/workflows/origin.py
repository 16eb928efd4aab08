"""The repository as GitHub has it: this work tree's files on main, and what people push there."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from tests.repository.tree import ROOT, tracked_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.kms import Key

RELEASED: Final = "env-drift"
"""The package that workflows release."""
_TRUST: Final = """
[[tool.release.trusted-keys]]
name = "releases"
key = "{key}"
builders = ["separate-signer"]
"""


class Origin:
    """A bare repository, and somebody's clone of it to push from."""

    def __init__(self, folder: Path) -> None:
        self.bare = folder / "origin.git"
        self.clone = folder / "author"

    @classmethod
    def begin(cls, folder: Path) -> Origin:
        """Make both, empty."""
        origin = cls(folder)
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(origin.bare)], check=True)
        subprocess.run(["git", "config", "uploadpack.allowAnySHA1InWant", "true"], cwd=origin.bare, check=True)
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(origin.clone)], check=True)
        origin.git("remote", "add", "origin", str(origin.bare))
        return origin

    @classmethod
    def of_this_repository(cls, folder: Path, key: Key) -> Origin:
        """Copy this work tree, with a key that releases are to be signed by."""
        origin = cls.begin(folder)
        for path in tracked_files():
            origin.write(path.relative_to(ROOT).as_posix(), path.read_bytes(), mode=path.stat().st_mode)
        project = (ROOT / "pyproject.toml").read_text()
        assert "trusted-keys" not in project, "this repository trusts keys of its own now: put the stand-in's beside"
        before, mark, after = project.partition("\n[tool.ruff]\n")
        assert mark, "pyproject.toml has no [tool.ruff]"
        trust = _TRUST.format(key=base64.b64encode(key.public).decode())
        origin.write("pyproject.toml", f"{before}\n{trust}{mark}{after}".encode())
        if not (origin.clone / "packages" / RELEASED).is_dir():  # a copy with packages of its own
            made = [sys.executable, "-m", "release", "new", RELEASED]
            subprocess.run(made, cwd=origin.clone, check=True, capture_output=True)
        origin.commit("Begin")
        origin.push("main")
        return origin

    def keep(self, *packages: str) -> None:
        """Leave all packages out but some."""
        for folder in (self.clone / "packages").iterdir():
            if folder.is_dir() and folder.name not in packages:
                shutil.rmtree(folder)

    def git(self, *words: str) -> str:
        """Run git in the clone, and give what it prints."""
        done = subprocess.run(["git", *words], cwd=self.clone, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def write(self, path: str, content: bytes, *, mode: int = 0o644) -> None:
        """Write a file of the clone."""
        file = self.clone / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(mode)

    def append(self, path: str, text: str) -> None:
        """Write something at the end of a file of the clone, which must be there."""
        self.write(path, (self.clone / path).read_bytes() + text.encode())

    def commit(self, message: str) -> str:
        """Commit everything, and give the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head

    @property
    def head(self) -> str:
        """The commit that the clone is at."""
        return self.git("rev-parse", "HEAD")

    def push(self, *refs: str) -> None:
        """Push branches, tags or anything that git can push."""
        self.git("push", "--quiet", "--force", "origin", *refs)

    def tag(self, name: str, *, annotated: bool = True, commit: str = "HEAD") -> str:
        """Tag a commit and push the tag; give the tag object, or the commit where there is none."""
        self.git("tag", *(["--annotate", "--message", name] if annotated else []), name, commit)
        self.push(f"refs/tags/{name}")
        return self.git("rev-parse", f"refs/tags/{name}")

    def propose(self, number: int) -> tuple[str, str, str]:
        """Push the clone's commit as a change of main; give main, the change, and the merge that GitHub makes."""
        base, head = self.git("rev-parse", "origin/main"), self.head
        tree = self.git("merge-tree", "--write-tree", base, head).splitlines()[0]
        merged = self.git("commit-tree", tree, "-p", base, "-p", head, "-m", f"Merge {head} into {base}")
        self.push(f"{head}:refs/pull/{number}/head", f"{merged}:refs/pull/{number}/merge")
        return base, head, merged

    def read(self, commit: str, path: str) -> str:
        """Give a file of a commit; FileNotFoundError where it has none."""
        words = ["git", "show", f"{commit}:{path}"]
        done = subprocess.run(words, cwd=self.bare, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FileNotFoundError(f"{path} at {commit[:12]}")
        return done.stdout

    def list(self, commit: str, folder: str) -> list[str]:
        """Give the files directly in a folder of a commit."""
        words = ["git", "ls-tree", "--name-only", commit, f"{folder}/"]
        return subprocess.run(words, cwd=self.bare, capture_output=True, text=True, check=True).stdout.splitlines()
