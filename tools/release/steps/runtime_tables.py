"""Read the tables of runtimes, as a commit has them or as a folder does."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field

from release.errors import UsageError
from release.model.runtime import Runtime, Shipped
from release.settings import parse_toml, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from release.ports import Source

FOLDER: Final = "databricks/runtimes"
FACTS: Final = f"{FOLDER}/runtimes.toml"
NEEDS: Final = f"{FOLDER}/requires.json"
_ROW = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s#]+)\s*(?:#.*)?")
NAME: Final = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
"""Of a runtime: a part of paths, of comments in scripts, and of what terminals show."""
NAMED: Final = "a name is like 15.4, 17.3-ml-cpu or serverless-v4"
_NUMBER: Final = r"^\d+(\.\d+)+$"


class RuntimeFacts(BaseModel):
    """What is known of a runtime beside its table; what nobody knows is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    python: str = Field(pattern=r"^3\.\d+$")
    spark: str = Field(default="", pattern=_NUMBER)
    pip: str = Field(default="", pattern=_NUMBER)
    glibc: str = Field(default="", pattern=_NUMBER)


def in_commit(source: Source, revision: str) -> Callable[[Iterable[str]], Mapping[str, bytes]]:
    """Give what reads files of a commit, by their paths from the root."""

    def read(paths: Iterable[str]) -> dict[str, bytes]:
        return {
            name.partition(":")[2]: content
            for name, content in source.read(f"{revision}:{path}" for path in paths).items()
        }

    return read


def in_folder(root: Path) -> Callable[[Iterable[str]], Mapping[str, bytes]]:
    """Give what reads files below a folder, by their paths from there."""

    def read(paths: Iterable[str]) -> dict[str, bytes]:
        return {path: (root / path).read_bytes() for path in paths if (root / path).is_file()}

    return read


def read_runtimes(
    read: Callable[[Iterable[str]], Mapping[str, bytes]], names: Iterable[str] | None = None
) -> tuple[Runtime, ...]:
    """Read the runtimes that are named, in that order, or all of them; `read` is `in_commit(…)` or `in_folder(…)`."""
    facts = _read_facts(read)
    asked = list(facts) if names is None else list(dict.fromkeys(names))
    for name in asked:
        if name not in facts:
            known = ", ".join(facts) or f"none: {FACTS} names none"
            raise UsageError(f"there is no runtime {name!a}", hint=f"runtimes: {known}")
    found = read([NEEDS, *(_path(name) for name in asked)])
    needs = _read_needs(found.get(NEEDS, b"{}"))
    return tuple(_read_runtime(name, facts[name], found.get(_path(name)), needs) for name in asked)


def _path(name: str) -> str:
    return f"{FOLDER}/{name}.txt"


def _read_facts(read: Callable[[Iterable[str]], Mapping[str, bytes]]) -> dict[str, RuntimeFacts]:
    content = read([FACTS]).get(FACTS)
    if content is None:
        return {}
    document = parse_toml(content, FACTS)
    if strange := next((name for name in document if not NAME.fullmatch(name)), None):
        raise UsageError(f"{FACTS}: {strange!a} is no name of a runtime", hint=NAMED)
    return {name: read_table(document, FACTS, RuntimeFacts, name) for name in document}


def _read_needs(content: bytes) -> Mapping[str, list[str]]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise UsageError(f"{NEEDS} is no JSON: {error}", hint="hatch run cluster runtime describe writes it") from None
    if not isinstance(found, dict):
        raise UsageError(f"{NEEDS} is no object", hint="hatch run cluster runtime describe writes it")
    return found


def _read_runtime(name: str, facts: RuntimeFacts, table: bytes | None, needs: Mapping[str, list[str]]) -> Runtime:
    if table is None:
        raise UsageError(f"{_path(name)} is missing", hint=f"add the table, or take {name} out of {FACTS}")
    lines = table.decode(errors="replace").splitlines()
    shipped = tuple(sorted(parse_row(line, _path(name), needs) for line in lines if line and not line.startswith("#")))
    twice = sorted({one.name for one, other in pairwise(shipped) if one.name == other.name})
    if twice:
        raise UsageError(f"{_path(name)}: {twice[0]} has two rows", hint="a runtime ships one version of it")
    return Runtime(
        name=name,
        python=facts.python,
        spark=facts.spark,
        pip=facts.pip,
        glibc=facts.glibc,
        origin=tuple(line.lstrip("# ") for line in lines if line.startswith("#")),
        sha256=hashlib.sha256(table).hexdigest(),
        shipped=shipped,
    )


def parse_row(line: str, place: str, needs: Mapping[str, list[str]]) -> Shipped:
    """Read `name==version`, with a comment behind it if there is one."""
    row = _ROW.fullmatch(line.rstrip())
    if not row:
        raise UsageError(f"{place}: {line!a} is no row", hint="a row is name==version, a comment begins with #")
    try:
        Version(row["version"])
    except InvalidVersion:
        raise UsageError(f"{place}: {line!a} has no version", hint="a version is one of PEP 440") from None
    key = f"{canonicalize_name(row['name'])}=={row['version']}"
    name, _, version = key.partition("==")
    return Shipped(name, version, tuple(needs.get(key, ())), key in needs)
