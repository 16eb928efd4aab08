"""Whoever signs apart from the build, and what it knows by itself: a statement that says otherwise is not signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from release.errors import VerificationFailed
from release.model.provenance import tools_of
from release.model.statement import source_of
from release.model.tag import shown
from release.model.toolchain import NotATool
from release.model.trust import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.statement import Statement
    from release.model.tag import Tag
    from release.model.toolchain import ToolFile

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")
_LONGEST = 200
_FIND_OUT = "sign where the release was built from, with the tool of that very commit; else find out who changed it"
_NAME_IT = "say where the repository is before the build: repository in [tool.release] of pyproject.toml"


@dataclass(frozen=True)
class Witness:
    """What a signer was told by its platform or by whoever called it, never by the build."""

    tags: tuple[Tag, ...]
    """What may be signed: a statement is about one of them."""
    commit: str
    repository: str
    tools: tuple[ToolFile, ...]
    """The toolchain that is locked where the signer runs."""

    def require_agreement(self, statement: Statement) -> Tag:
        """Give the tag that a statement is about; VerificationFailed, with the field, where it is not as we know it."""
        tag = next((each for each in self.tags if str(each) == statement.tag), None)
        if tag is None:
            _refuse("tag", statement.tag, " or ".join(map(str, self.tags)))
        _require("package", statement.package, tag.package)
        if statement.repository != self.repository:
            hint = _NAME_IT if statement.repository == UNNAMED else _FIND_OUT
            _refuse("repository", statement.repository, self.repository, hint)
        uri = source_of(self.repository, str(tag))
        built = [each.commit for each in statement.dependencies if each.uri == uri]
        _require("commit", " and ".join(each or "no commit" for each in built), self.commit)
        _require("subject", _listed(statement.subjects), _listed((*tag.files, f"{tag.stem}.cdx.json")))
        self._require_tools(statement)
        for name, version in statement.internal.items():
            if not (_VERSION.fullmatch(name) and _VERSION.fullmatch(version)):
                _refuse("internalParameters", f"{name}: {version}", "versions by name")
        report = re.compile(rf"{re.escape(tag.stem)}\.[a-z-]+\.json")
        for name, digest in statement.byproducts.items():
            if not (report.fullmatch(name) and digest):
                _refuse("byproducts", name, f"reports of {tag} by their SHA-256")
        return tag

    def _require_tools(self, statement: Statement) -> None:
        try:
            said = tools_of(statement)
        except NotATool as error:
            _refuse("resolvedDependencies", str(error), "files of the locked toolchain")
        unlike = sorted({tool.file for tool in set(said) ^ set(self.tools)})
        if unlike or len(said) != len(self.tools):
            _refuse(
                "resolvedDependencies", f"other than locked here: {', '.join(unlike) or 'a file twice'}", "the same"
            )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _require(field: str, said: str, known: str) -> None:
    if said != known:
        _refuse(field, said, known)


def _refuse(field: str, said: str, known: str, hint: str = _FIND_OUT) -> NoReturn:
    raise VerificationFailed(
        f"{field}: the statement says {shown(said[:_LONGEST])}, and the signer knows {shown(known)}",
        hint=hint,
    )
