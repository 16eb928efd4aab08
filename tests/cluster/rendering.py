"""Locks to render, each with its cluster file, and what they have to become, byte by byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs
import yaml
from packaging.version import Version

from cluster.model.cluster_file import ClusterFile
from cluster.model.lock import ClusterLock, Locked
from cluster.steps.render.documents import Rendered, render_documents

if TYPE_CHECKING:
    from collections.abc import Mapping

GOLDEN: Final = Path(__file__).parent / "golden"
SCHEMAS: Final = Path(__file__).parent / "schemas"
SCRIPT: Final = b"#!/bin/bash\n# Stands for the init script of a cluster.\n"
VOLUME: Final = "/Volumes/main/libraries/wheelyard"
WHEELS: Final = (
    Locked(
        "annotated-types", Version("0.7.0"), "annotated_types-0.7.0-py3-none-any.whl", "a" * 64, "needed by pydantic"
    ),
    Locked("env-drift", Version("0.1.0"), "env_drift-0.1.0-py3-none-any.whl", "b" * 64, "asked for", first_party=True),
    Locked("pydantic", Version("2.13.3"), "pydantic-2.13.3-py3-none-any.whl", "c" * 64, "needed by table-contracts"),
    Locked("table-contracts", Version("0.1.0"), "table_contracts-0.1.0-py3-none-any.whl", "d" * 64, "asked for"),
)


def make_file(**more: object) -> ClusterFile:
    """Make a cluster file for 15.4 that asks for two packages; `more` are further keys, or others."""
    packages = {"env-drift": ">=0.1,<0.2", "table-contracts": ""}
    return ClusterFile.model_validate({"runtime": "15.4", "volume": VOLUME, "packages": packages, **more})


def make_lock(file: ClusterFile, name: str = "nightly-etl", **more: Any) -> ClusterLock:  # noqa: ANN401  # fields of a lock
    """Make a lock of a cluster file."""
    facts: dict[str, Any] = {
        "cluster": name,
        "number": 7,
        "runtime": file.runtime,
        "runtime_sha256": "0" * 64,
        "python": "3.11",
        "architecture": file.architecture,
        "channel": str(file.channel),
        "as_of": "2026-01-02T03:04:05Z",
        "wanted": tuple(map(str, file.requirements)),
        "wheels": WHEELS,
    }
    return ClusterLock(**(facts | more))


def render(name: str = "nightly-etl", **more: object) -> Rendered:
    """Render a lock of a cluster file with these keys."""
    file = make_file(**more)
    return render_documents(file, make_lock(file, name), SCRIPT)


CASES: Final[Mapping[str, Mapping[str, object]]] = {
    "nightly-etl": {"fallback": "volume", "refresher": True},
    "analytics-shared": {"runtime": "19", "source": "volume"},
    "serverless-reports": {"runtime": "serverless-v4", "source": "volume"},
}
"""Keys of a cluster file by the name of the cluster: of each kind one, and one whose runtime has no known key."""


def golden(name: str) -> dict[str, bytes]:
    """Read what a case has to become."""
    folder = GOLDEN / name
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def read(name: str, content: bytes) -> Any:  # noqa: ANN401  # whatever a document holds
    """Read JSON or YAML."""
    return json.loads(content) if name.endswith(".json") else yaml.safe_load(content)


def require_valid(schema: str, document: object) -> None:
    """Hold a document against one of the schemas here, which refer to each other by their file names."""
    resources = [(path.name, json.loads(path.read_text())) for path in SCHEMAS.glob("*.schema.json")]
    registry = jsonschema_rs.Registry([(f"json-schema:///{name}", content) for name, content in resources])
    content = {"$id": f"json-schema:///{schema}.schema.json", **dict(resources)[f"{schema}.schema.json"]}
    jsonschema_rs.validator_for(content, registry=registry).validate(document)
