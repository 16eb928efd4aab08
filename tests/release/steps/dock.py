"""A machine that releases into a world of stand-ins: what it has judged, and the doors through which that goes out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from release.model.dist import Dist
from release.model.evidence import Evidence, Judged
from release.model.gate import Timed, passed
from release.model.tag import Channel
from release.settings import Settings
from release.steps.attest import Attest
from release.steps.ledger import ask_targets
from release.steps.publish import Publish
from release.steps.record import record
from release.steps.resume import Ready, is_known, recover, seal
from release.targets import open_targets
from tests.release.doors import COMMIT, make_artifacts, open_doors
from tests.release.repository import Repository
from tests.servers.account import NO_FILES
from tests.servers.world import TARGETS

if TYPE_CHECKING:
    from pathlib import Path

    from release.context import Context
    from release.model.receipt import Receipt
    from release.ports import Target
    from release.steps.publish import Published
    from tests.servers.world import World

STARTED = datetime(2026, 1, 2, tzinfo=UTC)
TAG = "alpha/v0.1.0"
EVIDENCE = ("SHA256SUMS", "alpha-0.1.0.audit.json", "alpha-0.1.0.cdx.json", "alpha-0.1.0.intoto.jsonl")


@dataclass
class Dock:
    """One machine; another has another folder."""

    world: World
    folder: Path
    seconds: float = 1
    repository: Repository = field(init=False)

    def __post_init__(self) -> None:
        self.repository = Repository(self.folder / "repository")
        self.world.github.repository.tag(TAG, COMMIT.sha)

    def context(self, *names: str, **changes: Any) -> Context:  # noqa: ANN401  # what a context has
        """Open every door as a run does, to the targets that are named, or to all."""
        found = open_doors(self.repository.root, {**self.world.environment, **NO_FILES}, seconds=5)
        return replace(found, targets=self.targets(*names), **changes)

    def targets(self, *names: str) -> tuple[Target, ...]:
        """Open targets."""
        dist, settings = Dist(self.repository.root / "dist"), Settings({**self.world.environment, **NO_FILES})
        return open_targets(names or TARGETS, settings, dist, seconds=self.seconds)

    def judged(self, *, source: str = "", report: str = "clean") -> Judged:
        """Give a release that passed; its bytes depend on the source, and the audit's on the report."""
        artifacts = make_artifacts(self.folder / f"made{source}", TAG, source=source)
        evidence = Evidence({"SHA256SUMS": b"sums\n", "alpha-0.1.0.cdx.json": b"{}\n"})
        return Judged(artifacts, {"audit": Timed(passed("fine", said=report), 0.1)}, evidence, STARTED)

    def ready(self, context: Context, judged: Judged | None = None) -> Ready:
        """Take what another run has left, attest, and ask every target what it has."""
        judged = judged or self.judged()
        tag = judged.artifacts.release.tag
        known, holdings = is_known(tag, context), ask_targets(tag, context.targets)
        recover(judged.artifacts, holdings, context)
        return Ready(judged.attested(Attest().run(judged, context)), holdings, known)

    def publish(self, context: Context, judged: Judged | None = None) -> Published:
        """Attest and publish."""
        return Publish().run(self.ready(context, judged), context)

    def release(self, context: Context, judged: Judged | None = None) -> Receipt:
        """Do all that is done with a release that was judged."""
        ready = self.ready(context, judged)
        published = Publish().run(ready, context)
        receipt = record(ready.judged, published.entries, context)
        seal(ready.judged.artifacts.release.tag, receipt, context.targets)
        return receipt

    def offered(self) -> dict[str, list[str]]:
        """Give what each target shows of alpha to whoever comes by."""
        world = self.world
        pages = {each: world.s3.do("GET", f"{each}/simple/alpha/index.html") for each in Channel}
        index = Dist(self.repository.root / "dist").index
        return {
            "local": [each for each in Channel if (index(each) / "alpha" / "index.html").exists()],
            "index": sorted(world.index.files),
            "codeartifact": [each for each in Channel if world.codeartifact.package(each, "alpha").versions],
            "s3": [each for each, page in pages.items() if b".whl" in page.content],
            "github": [each.tag_name for each in world.github.repository.releases if not each.draft],
        }
