"""Which names a new package may have: what git, Python, indexes and every file system take."""

from __future__ import annotations

import keyword
import re
import sys
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release.errors import UsageError
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 64
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HINT = "for example table-history: letters a to z, digits, single hyphens between them, a letter first"
_DEVICES = frozenset({"aux", "con", "nul", "prn"} | {f"{kind}{n}" for kind in ("com", "lpt") for n in range(10)})
_OF_THIS_TOOL = frozenset({"release", "cluster", "wheelyard", "tools", "tests", "packages", "databricks", "index"})
_OF_EVERYBODY = frozenset({"hatch", "pip", "setuptools", "site-packages", "src", "uv"})


def require_usable_name(name: str, in_use: Mapping[str, str]) -> None:
    """Refuse a name that is unsafe, not normalised (PEP 503), or somebody else's; `in_use` says whose."""
    if not _NAME.fullmatch(name):
        normalised = canonicalize_name(name) if name.isascii() else ""
        cure = f"write {normalised}" if _NAME.fullmatch(normalised) else _HINT
        raise UsageError(f"{shown(name)} is not a normalised project name (PEP 503)", hint=cure)
    if len(name) > LONGEST:
        raise UsageError(f"{name} has {len(name)} characters, {LONGEST} are enough", hint="choose a shorter name")
    if problem := _problem(name, name.replace("-", "_"), in_use):
        raise UsageError(f"a package can't be called {name}: {problem}", hint=f"choose another name, {_HINT}")


def _problem(name: str, module: str, in_use: Mapping[str, str]) -> str:
    if not module.isidentifier():
        return f"{module} can't be imported, since it begins with a digit"
    if keyword.iskeyword(module) or keyword.issoftkeyword(module):
        return f"{module} is a word of Python itself"
    if module in sys.stdlib_module_names:
        return f"{module} is a module of the standard library"
    if name in _DEVICES:
        return "Windows keeps the name for a device, and could not check the repository out"
    if name in _OF_THIS_TOOL | _OF_EVERYBODY:
        return "the tools that release it are called so themselves"
    return f"the name is in use, {in_use[name]} has it" if name in in_use else ""
