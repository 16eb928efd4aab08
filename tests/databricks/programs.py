"""What a node runs beside the verifier, imported from its files as it is there: by their own names."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

FOLDER = Path(__file__).parents[2] / "databricks"


def _load(name: str) -> Any:  # noqa: ANN401  # modules that belong to no package
    spec = spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[name] = module  # so that they find each other, as they do on a node
    spec.loader.exec_module(module)
    return module


if TYPE_CHECKING:
    from databricks import beacon, changes, codeartifact, install, node, promises, verify, wheels
else:
    verify = sys.modules.get("verify") or _load("verify")
    codeartifact, beacon, node = (_load(name) for name in ("codeartifact", "beacon", "node"))
    promises, wheels, changes, install = (_load(name) for name in ("promises", "wheels", "changes", "install"))

__all__ = ["FOLDER", "beacon", "changes", "codeartifact", "install", "node", "promises", "verify", "wheels"]
