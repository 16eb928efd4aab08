"""Read what a release brings: from its SBOM and its own audit, on the shelf or in an archive."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from release.errors import Incomplete
from release.model.audit_report import AuditReport, read_report
from release.model.closure import Pin
from release.model.evidence import bundle_name
from release.model.proof import Unproven
from release.model.reaudit import Unread
from release.model.strict_json import NotStrict, parse_strictly
from release.model.tag import shown
from release.ports import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from release.context import Context
    from release.model.tag import Tag
    from release.ports import Documents
    from release.steps.reconciliation.signed import Consumer
    from release.steps.reconciliation.stock import Stock

    Read = Callable[[str], bytes]
    """Gives a file of the release by its name; nothing, where there is none."""


@dataclass(frozen=True)
class Released:
    """A release's closure, ours left out, and what its own audit knew of it."""

    tag: Tag
    pins: tuple[Pin, ...]
    report: AuditReport


@dataclass(frozen=True)
class Reader:
    """Reads releases: from the shelf first, else from the first archive that has them."""

    stocks: Sequence[Stock]
    ours: Collection[str]
    """Names of packages that no service knows."""
    consumer: Consumer
    context: Context

    def read(self, tag: Tag) -> Released | Unread:
        """Give a release's closure, or say why it is not known."""
        sbom, failed, places = f"{tag.stem}.cdx.json", [], []
        for place, read in self._sources(tag):
            places.append(place)
            try:
                if content := read(sbom):
                    return self._understand(tag, content, read)
            except (Incomplete, OSError) as error:
                failed.append(f"{place}: {error}")
            except ValueError as error:
                cure = f"hatch run release verify {tag} says what is wrong; until then, take it for vulnerable"
                return Unread(tag=str(tag), place=place, detail=str(error), next=cure)
        if failed:
            again = "run the same command again when it answers"
            return Unread(tag=str(tag), place=places[-1], detail="; ".join(failed), next=again)
        cure = "name the target that keeps evidence: --to s3, --to github"
        detail = f"there is no {sbom} in {' or '.join(places)}"
        return Unread(tag=str(tag), place=places[-1], detail=detail, next=cure)

    def _sources(self, tag: Tag) -> Iterator[tuple[str, Read]]:
        yield "dist", partial(self.context.shelf.read, tag)
        for stock in self.stocks:
            if isinstance(stock.target, Archive) and stock.held(tag):
                yield stock.target.name, partial(stock.target.read, tag)

    def _understand(self, tag: Tag, sbom: bytes, read: Read) -> Released:
        """Read SBOM and report, which have to be the ones that were signed, where a signature counts."""
        name, report = f"{tag.stem}.cdx.json", read(f"{tag.stem}.audit.json")
        try:
            signed = self.consumer.read(tag, read(bundle_name(tag)))
        except Unproven:
            signed = {}  # `reconcile` names what is not proven; here its SBOM is better than none
        for file, content in ((name, sbom), (f"{tag.stem}.audit.json", report)):
            if signed and signed.get(file, "") != (hashlib.sha256(content).hexdigest() if content else ""):
                raise ValueError(f"{file} is not the one that the signed provenance names")
        self._require_same(tag, name, hashlib.sha256(sbom).hexdigest())
        components = _components(tag, _parse(name, sbom), self.context.documents)
        known = read_report(_parse(f"{tag.stem}.audit.json", report)) if report else AuditReport()
        pins = {_pin(*each): None for each in (*components, *known.known)}  # extras stand in the report alone
        return Released(tag, tuple(pin for pin in pins if pin.name not in self.ours), known)

    def _require_same(self, tag: Tag, name: str, sha256: str) -> None:
        """Require that no target says that it holds other bytes."""
        for stock in self.stocks:
            held = stock.find(tag, name)
            if held and held.sha256 not in {"", sha256}:
                raise ValueError(f"{name} is not the one that {stock.target.name} holds")


def _parse(name: str, content: bytes) -> Any:  # noqa: ANN401  # whatever the document holds
    try:
        return parse_strictly(content)
    except NotStrict as error:
        raise ValueError(f"{name} can't be read: {error}") from None


def _components(tag: Tag, document: Any, documents: Documents) -> list[tuple[str, str]]:  # noqa: ANN401  # likewise
    if problems := documents.problems(document):
        raise ValueError(f"the SBOM is no CycloneDX 1.6: {problems[0]}")
    root = document.get("metadata", {}).get("component", {})
    if (root.get("name"), root.get("version")) != (tag.package, str(tag.version)):
        raise ValueError(f"the SBOM is of {shown(str(root.get('name')))} {shown(str(root.get('version')))}")
    return [(each["name"], each.get("version", "")) for each in document.get("components", ())]


def _pin(name: str, version: str) -> Pin:
    try:
        return Pin(canonicalize_name(name), str(Version(version)))
    except InvalidVersion:
        raise ValueError(f"it brings {shown(name)} {shown(version)}, which is no version") from None
