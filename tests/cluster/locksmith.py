"""A repository with cluster files, a small runtime, releases of its own that are signed, and the command `cluster`."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from cluster.cli import main
from cluster.model.lock import ClusterLock, parse_lock
from release.adapters.local_key import LocalKey
from release.model.tag import parse_tag
from release.model.trust import Trust, TrustedKey
from tests.planted import AUDITED
from tests.release.command import Ended
from tests.release.repository import Repository
from tests.release.warehouse import IDNA, Made, Maker, digest, report_of, sbom_of
from tests.servers.wheel import write_sdist, write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.servers.index import PackageIndex

VOLUME = "/Volumes/main/libraries/wheelyard"
SHIPPED = {"numpy==1.23.5": (), "pandas==1.5.3": ("numpy>=1.21",), "requests==2.31.0": ("idna<4",), "idna==3.4": ()}
"""What the runtime `tiny` ships, and what each of it needs."""


class Publisher(Maker):
    """Whoever releases packages of a repository, with the key of this machine and with wheels that install."""

    def __init__(self, root: Path, keys: Path) -> None:
        self.root = root
        self.signer = LocalKey(keys, lambda _said: None)
        self.trust = Trust((TrustedKey(self.signer.key, "ada"),))
        self.commit = self._git("rev-parse", "HEAD")

    def release(self, name: str, requires: Iterable[str] = (), *, is_signed: bool = True, body: str = "") -> Made:
        """Release a version into the embedded index, and give it."""
        self.tag(name)
        tag, folder = parse_tag(name), self.root.parent / "released"
        module = {f"{tag.package.replace('-', '_')}/__init__.py": f"NAME = {name!r}\n{body}"}
        wheel = write_wheel(folder, tag.package, str(tag.version), requires=requires, files=module)
        sdist = write_sdist(folder, tag.package, str(tag.version), requires=requires)
        files = {path.name: path.read_bytes() for path in (wheel, sdist)}
        files[f"{tag.stem}.cdx.json"] = json.dumps(sbom_of(tag, [IDNA])).encode()
        sums = "".join(f"{digest(content)}  {each}\n" for each, content in sorted(files.items()))
        reports = {f"{tag.stem}.audit.json": json.dumps(report_of([IDNA])).encode()}
        bundle = {f"{tag.stem}.intoto.jsonl": self._sign(tag, files, reports)} if is_signed else {}
        made = Made(tag, {**files, "SHA256SUMS": sums.encode(), **reports, **bundle})
        self.shelve(made)
        self.offer(made)
        return made


@dataclass
class Locksmith:
    """Everything that a test of locks needs; other people's wheels stand in the index's last folder."""

    repository: Repository
    index: PackageIndex
    environment: dict[str, str]
    more: dict[str, str] = field(default_factory=dict)
    """Variables that a test sets for every call."""

    @classmethod
    def at(cls, root: Path, index: PackageIndex, environment: Mapping[str, str]) -> Locksmith:
        """Make the repository: two packages, and a runtime of Python 3.11."""
        repository = Repository(root)
        made = cls(repository, index, {**environment, "XDG_CONFIG_HOME": str(root.parent / "config")})
        made.ship("tiny", SHIPPED)
        repository.add("alpha").add("beta").commit()
        made.publisher = Publisher(root, root.parent / "config" / "wheelyard")
        temporary = root.parent / "temporary"
        temporary.mkdir()
        made.more["TMPDIR"] = str(temporary)
        return made

    def __post_init__(self) -> None:
        self.publisher: Publisher

    def ship(self, name: str, rows: Mapping[str, Iterable[str]], python: str = "3.11") -> None:
        """Write a runtime's table, and what is known of it."""
        self.repository.write(f"databricks/runtimes/{name}.txt", "# made up\n" + "".join(f"{row}\n" for row in rows))
        facts = self.repository.root / "databricks" / "runtimes" / "runtimes.toml"
        known = facts.read_text() if facts.is_file() else ""
        if f'["{name}"]' not in known:
            self.repository.write("databricks/runtimes/runtimes.toml", f'{known}["{name}"]\npython = "{python}"\n')
        needs = facts.with_name("requires.json")
        described = json.loads(needs.read_text()) if needs.is_file() else {}
        needs.write_text(json.dumps(described | {row: list(requires) for row, requires in rows.items()}))

    def cluster(self, name: str, runtime: str = "tiny", more: str = "", **packages: str) -> None:
        """Write a cluster file."""
        rows = "".join(f'{each.replace("_", "-")} = "{versions}"\n' for each, versions in packages.items())
        head = f'runtime = "{runtime}"\nsource = "volume"\nvolume = "{VOLUME}"\n{more}'
        self.repository.write(f"databricks/clusters/{name}.toml", f"{head}\n[packages]\n{rows}")

    def offer(self, name: str, version: str, requires: Iterable[str] = (), **more: Any) -> Path:  # noqa: ANN401  # write_wheel's
        """Put a wheel of somebody else into the public index."""
        return write_wheel(self.index.folders[-1], name, version, requires=requires, **more)

    def path(self, name: str) -> Path:
        """Give where a lock stands."""
        return self.repository.root / "databricks" / "locks" / f"{name}.txt"

    def lock(self, name: str) -> ClusterLock:
        """Read a lock."""
        return parse_lock(self.path(name).read_text(), name)

    def rows(self, name: str) -> dict[str, str]:
        """Give the versions of a lock by name."""
        return {row.name: str(row.version) for row in self.lock(name).wheels}

    def call(self, *words: str, **variables: str) -> Ended:
        """Call `cluster` in this process; nothing is left in TMPDIR, however it ends."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.repository.root)
            patch.setattr(tempfile, "tempdir", None)
            everything = {**self.environment, **self.more, **variables}
            for name in os.environ.keys() - everything.keys():
                patch.delenv(name)
            for name, value in everything.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(list(words))
        assert not list((self.repository.root.parent / "temporary").iterdir()), "scratch folders are left"
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())

    def tidy(self) -> None:
        """Take away what a process that was killed has left in TMPDIR."""
        for path in (self.repository.root.parent / "temporary").iterdir():
            shutil.rmtree(path)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `cluster` as a process of its own."""
        audited = {"PYTHONPATH": str(AUDITED), "TESTS_ARGUMENTS": str(self.repository.root.parent / "arguments.txt")}
        return subprocess.Popen(
            [sys.executable, "-m", "cluster", *words],
            cwd=self.repository.root,
            env={**audited, **self.environment, **self.more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
