"""What stands beside the artifacts to prove them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from release.model.artifact import Artifacts
    from release.model.gate import Judgement, Timed, Verdict


@dataclass(frozen=True)
class Evidence:
    """Files by name."""

    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Judged:
    """Artifacts, what every gate said of them, and the evidence: ready to be published, or not."""

    artifacts: Artifacts
    gates: Mapping[str, Timed[Judgement]]
    """What each gate said, by its title, in the order in which they are shown."""
    evidence: Evidence
    started: datetime

    def by_verdict(self, verdict: Verdict) -> dict[str, Judgement]:
        """Give the gates that said this, and what they said."""
        return {title: timed.made for title, timed in self.gates.items() if timed.made.verdict is verdict}
