"""What a release says of itself: https://slsa.dev/spec/v1.2/provenance in https://in-toto.io/Statement/v1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from release.model.proof import Reason, Unproven
from release.model.strict_json import NotStrict, parse_strictly
from release.model.trust import BUILD_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://slsa.dev/provenance/v1"
PARAMETERS: Final = ("tag", "package", "repository")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_Kind = TypeVar("_Kind", str, list[Any], dict[str, Any])


@dataclass(frozen=True)
class Dependency:
    """Something that was built from, or with; empty where the statement does not say."""

    uri: str
    name: str
    sha256: str
    commit: str
    marker: str
    """Where it takes part: an environment marker of PEP 508."""


@dataclass(frozen=True)
class Statement:
    """What was made, from which tag, with what, by whom."""

    subjects: Mapping[str, str]
    """SHA-256 by file name."""
    tag: str
    package: str
    repository: str
    dependencies: tuple[Dependency, ...]
    internal: Mapping[str, str]
    """Versions of what else took part, by name: `python`, `zlib`, `uv`."""
    builder: str
    byproducts: Mapping[str, str]
    """SHA-256 by file name."""

    @property
    def commits(self) -> tuple[str, ...]:
        """What the statement says that its tag was at: one commit, if it makes sense."""
        uri = source_of(self.repository, self.tag)
        return tuple(each.commit for each in self.dependencies if each.uri == uri and each.commit)


def source_of(repository: str, tag: str) -> str:
    """Name what was built, as a statement does."""
    return f"git+{repository}@refs/tags/{tag}"


def parse_statement(payload: bytes) -> Statement:
    """Read a payload that somebody trusted has signed; Unproven where it is no provenance of a release."""
    document = _parse_object(payload)
    _require("_type", document.get("_type"), STATEMENT_TYPE, Reason.WRONG_TYPE)
    _require("predicateType", document.get("predicateType"), PREDICATE_TYPE, Reason.WRONG_PREDICATE)
    subjects = _subjects(_part(document, "subject", list))
    predicate = _part(document, "predicate", dict)
    definition, details = _part(predicate, "buildDefinition", dict), _part(predicate, "runDetails", dict)
    build_type, parameters = _part(definition, "buildType", str), _part(definition, "externalParameters", dict)
    dependencies = tuple(map(_dependency, _part(definition, "resolvedDependencies", list)))
    builder = _part(_part(details, "builder", dict), "id", str)
    _require("buildType", build_type, BUILD_TYPE, Reason.WRONG_BUILD_TYPE)
    if unknown := sorted(parameters.keys() - set(PARAMETERS)):
        raise Unproven(Reason.UNKNOWN_PARAMETER, f"the build was given {unknown[0]!a}, which no release is given")
    tag, package, repository = (_part(parameters, name, str) for name in PARAMETERS)
    internal, byproducts = _texts(definition.get("internalParameters")), _digests(details.get("byproducts"))
    return Statement(subjects, tag, package, repository, dependencies, internal, builder, byproducts)


def _parse_object(payload: bytes) -> dict[str, Any]:
    try:
        document = parse_strictly(payload)
    except NotStrict as error:
        raise _malformed(f"the payload is no strict JSON: {error}") from None
    if not isinstance(document, dict):
        raise _malformed("the payload is no object")
    return document


def _require(name: str, value: object, wanted: str, reason: Reason) -> None:
    if value != wanted:
        raise Unproven(reason, f"{name} is {value!a} and should be {wanted}")


def _part(document: dict[str, Any], key: str, kind: type[_Kind]) -> _Kind:
    """Give what stands under a key, which has to be there and of the right kind."""
    value = document.get(key)
    if not isinstance(value, kind):
        raise _malformed(f"{key} is missing or of the wrong kind")
    return value


def _malformed(message: str) -> Unproven:
    return Unproven(Reason.MALFORMED_STATEMENT, message)


def _subjects(items: list[Any]) -> dict[str, str]:
    subjects = _digests(items)
    if not items or len(subjects) < len(items) or not all(subjects.values()):
        raise _malformed("subject is no list of files, each with a name of its own and its SHA-256")
    return subjects


def _dependency(item: object) -> Dependency:
    if not isinstance(item, dict):
        raise _malformed("a dependency is no object")
    said, noted = _texts(item), _texts(item.get("annotations"))
    sha256, commit = _digest(item, "sha256", _SHA256), _digest(item, "gitCommit", _COMMIT)
    return Dependency(said.get("uri", ""), said.get("name", ""), sha256, commit, noted.get("marker", ""))


def _digests(items: object) -> dict[str, str]:
    """Give SHA-256 by name, of what has a name; empty where there is none."""
    listed = items if isinstance(items, list) else []
    return {name: _digest(each, "sha256", _SHA256) for each in listed if (name := _texts(each).get("name"))}


def _digest(item: dict[str, Any], algorithm: str, form: re.Pattern[str]) -> str:
    digest = _texts(item.get("digest")).get(algorithm, "")
    return digest if form.fullmatch(digest) else ""


def _texts(item: object) -> dict[str, str]:
    return {key: each for key, each in item.items() if isinstance(each, str)} if isinstance(item, dict) else {}
