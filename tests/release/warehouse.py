"""Releases made by hand, many at a time: signed, with an SBOM and an audit, and brought wherever a test wants them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from release.adapters.local_key import LocalKey
from release.adapters.page import render_project
from release.model.dsse import Envelope, Signature
from release.model.ledger import Held, Listing, State
from release.model.offer import Offer
from release.model.provenance import Provenance, Run
from release.model.receipt import ArtifactRecord, PublicationRecord, Receipt
from release.model.tag import Channel, Tag, parse_tag
from release.model.trust import UNNAMED, Builder, Trust, TrustedKey, keyid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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

    def commit_again(self) -> None:
        """Commit, so that what is tagged from now on is another commit."""
        self._git("commit", "--quiet", "--allow-empty", "--message", "More")
        self.commit = self._git("rev-parse", "HEAD")

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


def receipt_of(made: Made) -> bytes:
    """Give the receipt of a release that was published."""
    kinds: dict[str, Literal["wheel", "sdist"]] = dict(zip(made.tag.files, ("wheel", "sdist"), strict=True))
    digests = {name: digest(content) for name, content in made.files.items()}
    artifacts = [ArtifactRecord(name=name, kind=kind, sha256=digests[name], size=1) for name, kind in kinds.items()]
    published = PublicationRecord(
        target="s3", location="there", name=made.tag.files[0], state=State.IDENTICAL, sha256=digests[made.tag.files[0]]
    )
    receipt = Receipt(
        package=made.tag.package,
        version=str(made.tag.version),
        tag=str(made.tag),
        commit="a" * 40,
        channel=made.tag.channel,
        artifacts=tuple(artifacts),
        gates=(),
        publications=(published,),
        tool="wheelyard 0",
        started=MADE,
        finished=MADE,
    )
    return receipt.as_json().encode()


def digest(content: bytes) -> str:
    """Give a SHA-256."""
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
