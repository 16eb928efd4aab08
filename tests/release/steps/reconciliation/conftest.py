"""A repository with tags, and whoever reconciles it with places that a test describes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from release.adapters.ecdsa import Ecdsa
from release.model.trust import UNNAMED
from release.steps.reconciliation.reconcile import reconcile
from release.steps.reconciliation.signed import Consumer
from tests.release.doors import open_doors
from tests.release.warehouse import Maker

if TYPE_CHECKING:
    from pathlib import Path

    from release.model.reconciliation import Reconciliation


@dataclass(frozen=True)
class Books:
    """The tags of a repository, and what is found to be wrong with them."""

    maker: Maker

    def reconcile(self, *places: Any, quick: bool = False) -> Reconciliation:  # noqa: ANN401  # as much of a target as is asked
        """Compare them with places."""
        context = replace(open_doors(self.maker.root, {}), targets=places)
        commits = {ref.name: ref.commit for ref in context.source.tags}
        consumer = Consumer(self.maker.trust, Ecdsa(), datetime.now(UTC).date(), UNNAMED, commits)
        return reconcile(context, None if quick else consumer)

    def codes(self, *places: Any, quick: bool = False) -> list[tuple[str, str, str]]:  # noqa: ANN401
        """Give what is found: code, tag, target."""
        made = self.reconcile(*places, quick=quick)
        assert all(each.detail and each.next for each in made.discrepancies)
        return [(each.code.value, each.tag, each.target) for each in made.discrepancies]


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "repository")


@pytest.fixture
def books(maker: Maker) -> Books:
    return Books(maker)
