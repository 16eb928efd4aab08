"""One simulation: a stand-in with quotas, wheels in it and in a volume, and a fleet for each way to get them."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from cluster.model.node_settings import NodeIndex, NodeLimits, NodeSettings
from tests.databricks.provenance import RELEASE, spki
from tests.scale.fleet import Machine, Outcome, start_fleet
from tests.scale.quick import QuickCodeArtifact
from tests.scale.ways import InitScript, Locked, Place, PlainScript
from tests.servers.account import ACCOUNT, NO_FILES, REGION
from tests.servers.codeartifact import DOMAIN
from tests.servers.codeartifact.quotas import READ, SERVICE, TOKEN, Quotas
from tests.servers.codeartifact.store import Asset
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.scale.ways import Way
    from tests.servers.codeartifact import CodeArtifact

__all__ = ["READ", "REPOSITORY", "TOKENS", "WATCHED", "WAYS", "Run", "Scale", "as_document", "publish", "simulate"]

TOKENS = "GetAuthorizationToken"
WATCHED = (TOKENS, READ, TOKEN)
"""The quotas that nodes which install can reach."""
REPOSITORY = "stable"
LONGEST_PAUSE = 20.0
"""Seconds: boto3's longest pause, and that of the node's own reading."""
WAYS = ("init script", "plain script", "volume")


@dataclass(frozen=True)
class Scale:
    """How many nodes start at once, what each gets, and how often a second the service lets itself be asked."""

    nodes: int = 1000
    wheels: int = 10
    quotas: Mapping[str, int] = field(default_factory=lambda: dict(SERVICE))
    spread: float = NodeLimits().spread
    """Seconds over which the init script's nodes spread their first question."""
    machine: Machine = field(default_factory=Machine)

    def least(self, quota: str) -> float:
        """Give the seconds that a quota alone asks for, were it used up from the first moment to the last."""
        calls = self.nodes if quota == TOKENS else self.nodes * (2 * self.wheels + 1)
        return calls / self.quotas[quota]

    def patience(self, quota: str) -> float:
        """Give the second after which nobody should be throttled: who was last waits the longest pause once more."""
        return self.least(TOKENS) + (self.least(quota) if quota != TOKENS else 0) + self.spread + LONGEST_PAUSE


@dataclass(frozen=True)
class Run:
    """What came of one way."""

    name: str
    outcome: Outcome
    answered: Mapping[str, tuple[int, ...]]
    """Calls of each quota, second by second."""
    throttled: Mapping[str, tuple[int, ...]]

    def over(self, quota: str) -> int:
        """Give the second in which the last call was throttled; 0 where none was."""
        return len(self.throttled[quota])

    def holds(self, scale: Scale) -> bool:
        """Whether every node got everything, and none was throttled for longer than pauses need."""
        return not self.outcome.failed and all(self.over(each) <= scale.patience(each) for each in WATCHED)


def simulate(
    scale: Scale, folder: Path, names: tuple[str, ...] = ("init script", "plain script", "volume")
) -> list[Run]:
    """Let a fleet start for each way, one after the other, each with a service that nobody has asked before."""
    return [_run(name, scale, folder / name.replace(" ", "-")) for name in names]


def _run(name: str, scale: Scale, folder: Path) -> Run:
    with QuickCodeArtifact() as server:
        wanted = publish(server, folder, scale.wheels)
        server.retry_after = None
        server.used = Quotas(scale.machine.clock)
        server.quotas = dict(scale.quotas)
        index = NodeIndex(REGION, DOMAIN, ACCOUNT, REPOSITORY, server.address)
        source = "volume" if name == "volume" else "codeartifact"
        settings = _settings(source, folder, index, scale)
        places = [_prepare(folder / "nodes" / str(number), settings, wanted) for number in range(scale.nodes)]
        way: Way = PlainScript(index) if name == "plain script" else InitScript()
        outcome = start_fleet(way, places, {**server.environment, **NO_FILES}, scale.machine)
        counts = {
            what: {quota: tuple(server.used.per_second(quota, what)) for quota in WATCHED}
            for what in ("answered", "throttled")
        }
    return Run(name, outcome, counts["answered"], counts["throttled"])


def publish(server: CodeArtifact, folder: Path, count: int) -> tuple[Locked, ...]:
    """Put wheels into the index and into the volume."""
    found = []
    for number in range(count):
        name, version = f"package-{number}", "1.0"
        wheel = write_wheel(folder / "wheels" / name / version, name, version)
        asset = Asset(wheel.name, wheel.read_bytes())
        server.append(REPOSITORY, name, version, asset)
        found.append(Locked(name, version, wheel.name, asset.sha256))
    return tuple(found)


def _settings(source: str, folder: Path, index: NodeIndex, scale: Scale) -> str:
    """Write down what is rendered into an init script; its key is not asked, as nothing that is signed is read here."""
    key = base64.b64encode(spki(RELEASE)).decode()
    return NodeSettings(
        cluster="simulated",
        runtime="16.4",
        python="3.12",
        pointer=f"{folder}/current.intoto.jsonl",
        home=str(folder),
        wheels=f"{folder}/wheels",
        source=source,
        fallback=None,
        index=index,
        trust={"threshold": 1, "repository": "", "keys": [{"key": key}]},
        floor=0,
        shipped=(),
        place=str(folder),
        limits=NodeLimits(spread=scale.spread),
    ).as_json()


def _prepare(folder: Path, settings: str, wanted: tuple[Locked, ...]) -> Place:
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(settings)
    return Place(folder, wanted)


def as_document(runs: list[Run], scale: Scale) -> str:
    """Write everything down, for machines."""
    rows = [{**asdict(run), "outcome": {"seconds": run.outcome.seconds, "failed": run.outcome.failed}} for run in runs]
    return json.dumps({"scale": asdict(scale), "runs": rows}, indent=1)
