"""The locked toolchain: one environment for a run, made when the first build asks for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from packaging.version import Version

from release.adapters.checkout import check_out
from release.adapters.libraries import import_ahead
from release.errors import BuildFailed, ReleaseError
from release.model.toolchain import ToolFile, read_tools, write_requirements
from release.toolchain import TOOLCHAIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePosixPath

    from release.adapters.environment import UvEnvironment
    from release.adapters.uv import Uv

_BUILD_SECONDS = 300.0
LOCK = TOOLCHAIN / "build.txt"


class Toolchain:
    """The door to hatchling and hatch-vcs in the versions that are locked, or in those that somebody else had."""

    def __init__(  # noqa: PLR0913  # where it works, and the two things in which a rebuild differs from a build
        self,
        uv: Uv,
        root: Path,
        scratch: Path,
        environment: Mapping[str, str],
        *,
        tools: tuple[ToolFile, ...] | None = None,
        python: str | None = None,
    ) -> None:
        self.tools = read_tools(LOCK.read_text()) if tools is None else tools
        """What is installed, by digest, and so what built."""
        self.provides = {tool.name: Version(tool.version) for tool in self.tools}
        self._python = python
        self._root = root
        self._scratch = scratch
        self._environment = environment
        self._uv = uv
        self._made: UvEnvironment | None = None
        self._making = Lock()

    def build(self, sha: str, tag: str, folder: PurePosixPath, made: Path, seconds: int) -> None:
        """Build a package's sdist and wheel from a commit in which the tag is all there is to be seen."""
        import_ahead()  # what judges the wheel is ready when the wheel is
        home = made.parent / "home"
        home.mkdir(parents=True)
        checkout = made.parent / "checkout"
        with ThreadPoolExecutor(max_workers=1) as beside:
            made_ready = beside.submit(self._environment_of_tools)
            check_out(self._root, sha, [tag], checkout, self._environment)
            environment = made_ready.result()
        variables = {"HOME": str(home), "TMPDIR": str(home), "TZ": "UTC", "SOURCE_DATE_EPOCH": str(seconds)}
        variables |= {"PYTHONPYCACHEPREFIX": str(self._scratch / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
        words = (str(TOOLCHAIN / "worker.py"), str(made))
        ran = environment.run(*words, cwd=checkout / folder, seconds=_BUILD_SECONDS, variables=variables)
        if ran.code:
            raise BuildFailed(
                f"{tag}: the build failed:\n{ran.last_lines}",
                hint=f"try it alone: hatch run release rehearse {folder.name}",
            )

    def _environment_of_tools(self) -> UvEnvironment:
        with self._making:
            self._made = self._made or self._make()
        return self._made

    def _make(self) -> UvEnvironment:
        environment = self._uv.environment(self._scratch / "toolchain", self._python)
        lock = self._scratch / "toolchain.txt"
        lock.write_text(write_requirements(self.tools))
        words = ("--python", str(environment.python), "--require-hashes", "--no-deps", "--no-build", "-r", str(lock))
        try:
            self._uv.install_hashed("pip", "install", *words, cwd=self._scratch)
        except ReleaseError as error:
            raise BuildFailed(
                f"the build toolchain could not be installed: {error.message}",
                hint="is the package index reached, and is the lock current? hatch run release doctor",
            ) from None
        return environment
