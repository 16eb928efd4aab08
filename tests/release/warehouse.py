"""Releases made by hand, many at a time: signed, with an SBOM and an audit, and brought wherever a test wants them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from release.adapters.local_key import LocalKey
from release.adapters.page import render_project
from release.errors import Incomplete
from release.model.dsse import Envelope, Signature
from release.model.ledger import Held, Listing
from release.model.offer import Offer
from release.model.provenance import Provenance, Run
from release.model.tag import Channel, Tag, parse_tag
from release.model.trust import UNNAMED, Builder, Trust, TrustedKey, keyid_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
IDNA = ("idna", "3.10")


@dataclass(frozen=True)
class Made:
    """A release: all its files by name."""

    tag: Tag
    files: Mapping[str, bytes]

    @property
    def bundle(self) -> str:
        """The name of its provenance."""
        return f"{self.tag.stem}.intoto.jsonl"

    def held(self, location: str, listing: Listing = Listing.OFFERED, *, evidence: bool = True) -> list[Held]:
        """Say what a place says that holds it."""
        return [
            Held(self.tag, location, name, digest(content), listing, MADE)
            for name, content in self.files.items()
            if evidence or name in self.tag.files
        ]

    def changed(self, ending: str, content: bytes) -> Made:
        """Give the same with other bytes of one file."""
        return replace(self, files={n: content if n.endswith(ending) else old for n, old in self.files.items()})

    def without(self, *endings: str) -> Made:
        """Give the same without some files."""
        return replace(self, files={name: each for name, each in self.files.items() if not name.endswith(endings)})


@dataclass
class Maker:
    """Whoever makes releases in a repository of its own, with a key of its own."""

    root: Path
    commit: str = ""

    def __post_init__(self) -> None:
        self.signer = LocalKey(self.root.parent / "makers-keys", lambda _said: None)
        self.trust = Trust((TrustedKey(self.signer.key, "ada"),))
        self.root.mkdir(parents=True, exist_ok=True)
        self._git("init", "--quiet", "--initial-branch=main")
        self._git("commit", "--quiet", "--allow-empty", "--message", "All")
        self.commit = self._git("rev-parse", "HEAD")

    def tag(self, *names: str) -> None:
        """Tag HEAD, however many tags there are."""
        self._git("update-ref", "--stdin", words="".join(f"create refs/tags/{name} {self.commit}\n" for name in names))

    def make(
        self,
        name: str,
        *,
        pins: Iterable[tuple[str, str]] = (IDNA,),
        report: Mapping[str, object] | None = None,
        is_tagged: bool = True,
    ) -> Made:
        """Make a release of a tag."""
        if is_tagged:
            self.tag(name)
        tag = parse_tag(name)
        files = {each: f"{each}, made of {name}".encode() for each in tag.files}
        files[f"{tag.stem}.cdx.json"] = json.dumps(sbom_of(tag, pins)).encode()
        sums = "".join(f"{digest(content)}  {each}\n" for each, content in sorted(files.items()))
        report_name = f"{tag.stem}.audit.json"
        reports = {report_name: json.dumps(report or report_of(pins)).encode()}
        bundle = {f"{tag.stem}.intoto.jsonl": self._sign(tag, files, reports)}
        return Made(tag, {**files, "SHA256SUMS": sums.encode(), **reports, **bundle})

    def shelve(self, made: Made) -> None:
        """Put a release on the shelf, as a run leaves it."""
        folder = self.root / "dist" / made.tag.package / str(made.tag.version)
        for name, content in made.files.items():
            _write(folder / name, content)

    def offer(self, *releases: Made) -> None:
        """Put releases of stable versions into the embedded index, with the pages that offer them."""
        rows: dict[str, list[Offer]] = {}
        index = self.root / "dist" / "index"
        for made in releases:
            for name in made.tag.files:
                _write(index / made.tag.channel / "simple" / made.tag.package / name, made.files[name])
                offer = Offer(made.tag.version, name, name, digest(made.files[name]), "")
                rows.setdefault(made.tag.package, []).append(offer)
        for package, offers in rows.items():
            for channel in Channel:
                _write(index / channel / "simple" / package / "index.html", render_project(package, offers))

    def _sign(self, tag: Tag, files: Mapping[str, bytes], reports: Mapping[str, bytes]) -> bytes:
        provenance = Provenance(
            tag=str(tag),
            package=tag.package,
            repository=UNNAMED,
            commit=self.commit,
            subjects={name: digest(content) for name, content in files.items()},
            tools=(),
            made_with={},
            byproducts={name: digest(content) for name, content in reports.items()},
        )
        envelope = Envelope(provenance.as_statement(Run(Builder.WORKSTATION, "0", "urn:uuid:0", MADE, MADE)))
        return envelope.signed(Signature(self.signer.sign(envelope.message), keyid_of(self.signer.key))).as_line()

    def _git(self, *command: str, words: str = "") -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *command],
            cwd=self.root, input=words, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()


@dataclass
class Place:
    """A target of which a test says what it holds; it counts what it is asked."""

    name: str
    locations: tuple[str, ...] = ("there",)
    stock: list[Held] = field(default_factory=list)
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:
        """Give each location, for artifacts: one for each channel that offers them, where there is one for each."""
        here = self.locations[-len(tag.channel.offered_in) :] if len(self.locations) > 1 else self.locations
        return here if name in tag.files else ()

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give everything of the packages."""
        self.asked.append("inventory")
        if self.error:
            raise self.error
        return tuple(each for each in self.stock if each.tag.package in packages)

    def bring(self, made: Made, listing: Listing = Listing.OFFERED) -> Place:
        """Put a release there."""
        for location in self.places(made.tag, made.tag.files[0]):
            self.stock += made.held(location, listing, evidence=False)
        return self

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        message = f"{self.name} was asked for {name}, which changes something or asks once for each release"
        raise AttributeError(message)


@dataclass
class Kept(Place):
    """The same for a target that keeps evidence."""

    contents: dict[tuple[Tag, str], bytes] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    """Names of files that can't be read."""

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:  # noqa: ARG002  # everything goes to one place
        """Give the one location."""
        return self.locations[:1]

    def bring(self, made: Made, listing: Listing = Listing.OFFERED) -> Kept:
        """Put a release there with its evidence."""
        self.stock += made.held(self.locations[0], listing)
        self.contents |= {(made.tag, name): content for name, content in made.files.items()}
        return self

    def read(self, tag: Tag, name: str) -> bytes:
        """Give a file."""
        self.asked.append(f"read {name}")
        if name in self.unreadable:
            raise Incomplete(f"{self.name} gives no answer", hint="run the same command again")
        return self.contents.get((tag, name), b"")

    def seal(self, tag: Tag, receipt: bytes) -> None:
        """Keep a receipt."""
        self.contents[tag, f"{tag.stem}.receipt.json"] = receipt


def later(held: Held, name: str, days: int = 3) -> Held:
    """Give a file that somebody added beside another."""
    return replace(held, name=name, sha256=digest(name.encode()), added=MADE + timedelta(days=days))


def sbom_of(tag: Tag, pins: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Give the least CycloneDX that names these pins."""
    root = {"type": "library", "name": tag.package, "version": str(tag.version), "bom-ref": "root"}
    components = [
        {"type": "library", "name": name, "version": each, "bom-ref": f"{name}@{each}"} for name, each in pins
    ]
    known = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": root}}
    return {**known, "components": components}


def report_of(
    pins: Iterable[tuple[str, str]], findings: Iterable[str] = (), ignored: Iterable[Mapping[str, object]] = ()
) -> dict[str, object]:
    """Give the report of a release's own audit, which knew the same findings of each pin."""
    known = {"osv": [{"id": each, "aliases": [], "summary": "", "fixed_in": []} for each in findings]}
    listed = [{"name": name, "version": version, "findings": known} for name, version in pins]
    return {"services": ["osv"], "canary": "jinja2==2.4.1", "ignored": list(ignored), "dependencies": listed}


def digest(content: bytes) -> str:
    """Give a SHA-256."""
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
