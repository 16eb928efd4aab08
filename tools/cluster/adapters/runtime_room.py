"""An environment that stands for a runtime: its Python, what it ships as metadata, and a pip that installs there."""

from __future__ import annotations

import json
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

from cluster.adapters.interpreters import find_python
from cluster.model.need import Described
from cluster.model.rehearsal import Rehearsal, find_problems
from release.adapters.process import Ran, run
from release.adapters.runtimes import lay_metadata
from release.errors import GateUnavailable, InstallFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.model.runtime import Runtime

_SECONDS: Final = 600.0
_ABOUT: Final = """
import ensurepip, json, pathlib, platform, sysconfig
folders = [pathlib.Path(ensurepip.__file__).parent / "_bundled", sysconfig.get_config_var("WHEEL_PKG_DIR")]
wheels = [str(path) for folder in folders if folder for path in pathlib.Path(folder).glob("pip-*.whl")]
print(json.dumps([platform.python_version(), sysconfig.get_path("purelib"), wheels]))
"""
_LIST: Final = """
import json
from importlib.metadata import distributions
print(json.dumps([[each.metadata["Name"], each.version, each.requires or []] for each in distributions()]))
"""
_QUIET: Final = {
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "LC_ALL": "C.UTF-8",
}


class RuntimeRoom:
    """The door to a throw-away environment; `python` is an interpreter, or a name that is looked for."""

    def __init__(self, environment: Mapping[str, str], scratch: Path, python: str = "") -> None:
        self._environment = environment
        self._scratch = scratch
        self._python = python

    def rehearse(self, runtime: Runtime, lock: Path, wheels: Path) -> Rehearsal:
        """Install a lock from a folder, as a node without network does; InstallFailed where pip does not."""
        folder = self._scratch / "room"
        plain = {"PATH": self._environment.get("PATH", ""), "HOME": str(self._scratch), **_QUIET}
        python = find_python(runtime.python, self._environment, self._python)
        ask = partial(run, cwd=self._scratch, environment=plain, seconds=_SECONDS)
        _require(ask([python, "-I", "-m", "venv", "--without-pip", str(folder)]), f"{python} -m venv")
        inside = str(folder / "bin" / "python")
        about = _require(ask([inside, "-I", "-c", _ABOUT]), f"{python}'s ensurepip")
        version, library, bundled = json.loads(about)
        if not bundled:
            raise GateUnavailable(
                f"{python} brings no pip", hint=f"install python{runtime.python}-venv, or name another: --python PATH"
            )
        lay_metadata(runtime, Path(library))
        pip = [inside, "-I", str(_unpack(Path(bundled[0]), self._scratch / "pip"))]
        before = _list(ask([inside, "-I", "-c", _LIST]))
        words = ["--no-index", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-compile", "--no-cache-dir"]
        done = ask([*pip, "install", *words, "--find-links", str(wheels), "--requirement", str(lock)])
        if done.code:
            raise InstallFailed(
                f"pip could not install it: {done.last_lines}", hint="is a wheel cut off? bundle it anew"
            )
        after = _list(ask([inside, "-I", "-c", _LIST]))
        markers = runtime.environment | {"python_full_version": version}
        return Rehearsal(
            python=version,
            pip=Path(bundled[0]).name.split("-")[1],
            before={each.name: each.version for each in before},
            after={each.name: each.version for each in after},
            known_problems=frozenset(find_problems(before, markers)),
            problems=frozenset(find_problems(after, markers)),
        )


def _unpack(wheel: Path, folder: Path) -> Path:
    """Lay pip out beside the environment: out of its wheel each call would compile it anew."""
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(folder)
    return folder / "pip"


def _require(done: Ran, what: str) -> str:
    if done.code:
        raise GateUnavailable(
            f"{what} does not work, so nothing was proven: {done.last_lines}", hint="name another Python: --python PATH"
        )
    return done.output


def _list(done: Ran) -> list[Described]:
    rows = json.loads(_require(done, "importlib.metadata"))
    return [Described(canonicalize_name(name), version, tuple(requires)) for name, version, requires in rows]
