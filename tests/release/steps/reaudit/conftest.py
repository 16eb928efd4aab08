"""Releases that are audited again, with services of which a test says what they know."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from release.adapters.ecdsa import Ecdsa
from release.model.policy import RootPolicy
from release.model.trust import UNNAMED
from release.steps.reaudit.reaudit import reaudit
from release.steps.reconciliation.signed import Consumer
from tests.release.doors import open_doors
from tests.release.warehouse import Maker

if TYPE_CHECKING:
    from pathlib import Path

    from release.model.reaudit import Reaudit
    from tests.servers.vulnerabilities import Vulnerabilities

TODAY = datetime.now(UTC).date()
"""When it is audited, however long the tests run."""


@dataclass
class Auditor:
    """Whoever audits what was released from a repository; `policy` is any TOML below [tool.release.audit]."""

    maker: Maker
    services: Vulnerabilities
    policy: dict[str, object] = field(default_factory=dict)

    def audit(self, *places: Any, words: tuple[str, ...] = (), everything: bool = False) -> Reaudit:  # noqa: ANN401  # as much of a target as is asked
        """Audit what places offer."""
        policy = RootPolicy.model_validate({"audit": self.policy})
        context = replace(open_doors(self.maker.root, self.services.environment, policy, seconds=2), targets=places)
        commits = {ref.name: ref.commit for ref in context.source.tags}
        consumer = Consumer(self.maker.trust, Ecdsa(), TODAY, UNNAMED, commits)
        return reaudit(context, consumer, words, everything=everything)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "repository")


@pytest.fixture
def auditor(maker: Maker, vulnerabilities: Vulnerabilities) -> Auditor:
    return Auditor(maker, vulnerabilities)
