"""Document a release: its SBOM, and the digests of everything that carries no time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.model.evidence import Evidence

if TYPE_CHECKING:
    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.closure import Closure


@dataclass(frozen=True)
class Document:
    """The step; what it makes is the same bytes on every run."""

    closure: Closure
    title = "document"

    def run(self, artifacts: Artifacts, context: Context) -> Evidence:
        """Write the SBOM, then the checksums of wheel, sdist and SBOM."""
        name = f"{artifacts.release.tag.stem}.cdx.json"
        sbom = context.documents.sbom(artifacts, self.closure).encode()
        digests = artifacts.digests | {name: hashlib.sha256(sbom).hexdigest()}
        sums = "".join(f"{digest}  {each}\n" for each, digest in sorted(digests.items()))
        return Evidence({name: sbom, "SHA256SUMS": sums.encode()})
