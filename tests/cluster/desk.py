"""A repository with cluster files and their signed locks, and the command `cluster render` there."""

from __future__ import annotations

import io
import json
import os
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cluster.adapters.locks import LockFolder
from cluster.cli import main
from cluster.steps.promises import sign_lock
from release.adapters.git import Git
from release.adapters.local_key import LocalKey
from release.steps.runtime_tables import in_folder, read_runtimes
from tests.cluster.rendering import make_file, make_lock
from tests.release.command import Ended
from tests.release.repository import Repository
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CODEARTIFACT = {
    "AWS_REGION": "eu-central-1",
    "CODEARTIFACT_DOMAIN": "wheelyard",
    "CODEARTIFACT_ACCOUNT_ID": "111122223333",
    "CODEARTIFACT_REPOSITORY": "stable",
}
CLUSTERS: dict[str, dict[str, Any]] = {
    "analytics-shared": {"runtime": "16.4", "source": "volume"},
    "nightly-etl": {"fallback": "volume", "refresher": True},
    "serverless-reports": {"runtime": "serverless-v4", "source": "volume"},
}


@dataclass(frozen=True)
class Desk:
    """A repository with cluster files and their locks, and the command there."""

    repository: Repository

    def __call__(self, *words: str, folder: Path | None = None, **variables: str) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        home = str(self.repository.root.parent / "home")
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(folder or self.repository.root)
            patch.setenv("XDG_CONFIG_HOME", home)
            for name, value in (CODEARTIFACT | variables).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(["render", *words])
        return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def refuse(self, *words: str, code: int, says: str, **variables: str) -> Ended:
        """Require a refusal with a hint, and that nothing was written."""
        ended = self(*words, folder=None, **variables).expect(code)
        assert says in ended.err, ended.err
        assert "hint: " in ended.err
        assert not (self.repository.root / "dist").exists()
        return ended

    def made(self, name: str, number: int = 7) -> dict[str, bytes]:
        """Give everything that was written of a lock."""
        folder = self.repository.root / "dist" / "clusters" / name / str(number)
        return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}

    @property
    def key(self) -> LocalKey:
        """This machine's key."""
        return LocalKey(self.repository.root.parent / "home" / "wheelyard", lambda _said: None)


def write_cluster(desk: Desk, name: str, keys: dict[str, Any], **lock_has: Any) -> None:  # noqa: ANN401  # fields of a lock
    """Write a cluster file, and a lock of it that is signed."""
    file, root = make_file(**keys), desk.repository.root
    rows = [f"{key} = {json.dumps(value)}" for key, value in {"runtime": "15.4", "volume": file.volume, **keys}.items()]
    packages = [f"{key} = {json.dumps(value)}" for key, value in file.packages.items()]
    desk.repository.write(f"databricks/clusters/{name}.toml", "\n".join([*rows, "[packages]", *packages, ""]))
    runtime = read_runtimes(in_folder(root), [file.runtime])[0]
    lock = make_lock(file, name, **{"python": runtime.python, "runtime_sha256": runtime.sha256, **lock_has})
    LockFolder(Git(root, dict(os.environ))).keep(lock, sign_lock(lock, desk.key))


def open_desk(folder: Path) -> Desk:
    """Give a repository with three clusters, as this one has them."""
    desk = Desk(Repository(folder / "repository"))
    left_out = shutil.ignore_patterns("__pycache__", "clusters", "locks")
    shutil.copytree(ROOT / "databricks", desk.repository.root / "databricks", ignore=left_out)
    desk.repository.git("add", "--all")
    desk.repository.git("commit", "--quiet", "--message", "Begin")
    for name, keys in CLUSTERS.items():
        write_cluster(desk, name, keys)
    return desk
