"""Throw-away Python environments, made and filled by uv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.process import Ran, run
from release.errors import InstallFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release.adapters.uv import Uv

_OTHER_INDEXES = frozenset({"UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INDEX", "UV_INDEX_URL"})


class UvEnvironment:
    """One environment, made by uv."""

    def __init__(self, door: Uv, folder: Path) -> None:
        self.folder = folder
        self._door = door

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / "bin" / "python"

    def install_lock(self, lock: Path) -> None:
        """Install exactly what a lock with hashes says; of a closure wheels alone, though PySpark itself is built."""
        words = ["--require-hashes"] if lock.suffix == ".txt" else ["--no-build"]
        self._door.install_hashed(*self._install, "--no-deps", *words, "-r", str(lock), cwd=self.folder)

    def install_wheels(self, *wheels: Path) -> None:
        """Install wheels as they are, without what they need."""
        self._require(self._door.ask(*self._install, "--no-deps", "--no-index", *map(str, wheels), cwd=self.folder))

    def install_from(self, index: str, *names: str) -> None:
        """Install from one index alone, without what the names need."""
        words = (*self._install, "--no-deps", "--no-config", "--default-index", index, "--refresh", *names)
        self._require(self._door.ask(*words, cwd=self.folder, without=_OTHER_INDEXES))

    def call(self, script: str, *words: str, seconds: float) -> Ran:
        """Run one of the environment's own commands."""
        return self._run(str(self.folder / "bin" / script), *words, cwd=self.folder, seconds=seconds)

    def run(self, *words: str, cwd: Path, seconds: float, variables: Mapping[str, str] | None = None) -> Ran:
        """Run the environment's Python."""
        return self._run(str(self.python), *words, cwd=cwd, seconds=seconds, variables=variables)

    def _run(self, *words: str, cwd: Path, seconds: float, variables: Mapping[str, str] | None = None) -> Ran:
        """Run a program with nothing of this process around it but where programs are found."""
        plain = {"PATH": f"{self.folder / 'bin'}:{self._door.search_path}", "HOME": str(self.folder)}
        fixed = {"LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **self._door.java_home}
        return run(words, cwd=cwd, environment={**plain, **fixed, **(variables or {})}, seconds=seconds)

    @property
    def _install(self) -> tuple[str, ...]:
        return ("pip", "install", "--python", str(self.python))

    @staticmethod
    def _require(done: Ran) -> None:
        if done.code:
            raise InstallFailed(done.last_lines)
