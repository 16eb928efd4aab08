"""Put releases made by hand into stand-ins, as if they had been published there, without a call to them."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from release.adapters.page import render_project
from release.adapters.s3.layout import key_of, way_to
from release.model.offer import Offer
from tests.release.warehouse import MADE, digest
from tests.servers.codeartifact.store import PUBLISHED, Asset, PackageVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.tag import Channel
    from tests.release.warehouse import Made
    from tests.servers.codeartifact import CodeArtifact
    from tests.servers.github import GitHub
    from tests.servers.s3 import S3


def stock_github(server: GitHub, releases: Iterable[Made]) -> None:
    """Publish a release for each, with all its files."""
    for made in releases:
        server.repository.add(str(made.tag), dict(made.files))


def stock_codeartifact(server: CodeArtifact, releases: Iterable[Made]) -> None:
    """Copy each into every channel that offers it."""
    for made in releases:
        assets = {name: Asset(name, made.files[name]) for name in made.tag.files}
        revision = base64.b64encode(hashlib.sha256(str(made.tag).encode()).digest()).decode()
        version = PackageVersion(str(made.tag.version), assets, revision=revision, published=MADE)
        for channel in made.tag.channel.offered_in:
            packages = server.domain.repositories[channel].packages
            packages[made.tag.package] = packages.get(made.tag.package, PUBLISHED).plus(version)


def stock_s3(server: S3, releases: Iterable[Made]) -> None:
    """Put each into the bucket, and on the pages that offer it."""
    pages: dict[tuple[Channel, str], list[Offer]] = {}
    for made in releases:
        for name, content in made.files.items():
            checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
            named = {"x_amz_checksum_sha256": checksum, "x_amz_sdk_checksum_algorithm": "SHA256"}
            server.do("PUT", key_of(made.tag, name), content, **named)
        rows = [
            Offer(made.tag.version, name, way_to(key_of(made.tag, name)), digest(made.files[name]), "")
            for name in made.tag.files
        ]
        for channel in made.tag.channel.offered_in:
            pages.setdefault((channel, made.tag.package), []).extend(rows)
    for (channel, package), rows in pages.items():
        server.do("PUT", f"{channel}/simple/{package}/index.html", render_project(package, rows))
