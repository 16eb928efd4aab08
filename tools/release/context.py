"""What a step may do: complete when a run begins, and the same until it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release.model.dist import Dist
    from release.model.policy import RootPolicy
    from release.model.trust import Trust
    from release.ports import (
        Builder,
        Documents,
        Guard,
        IndexRules,
        Knowledge,
        Reporter,
        Resolver,
        Shelf,
        Signatures,
        Signer,
        Source,
        Target,
    )


@dataclass(frozen=True)
class Context:
    """The doors to the outside, and the places to work in."""

    source: Source
    policy: RootPolicy
    builder: Builder
    resolver: Resolver
    index_rules: IndexRules
    documents: Documents
    knowledge: Knowledge
    guard: Guard
    signatures: Signatures
    signer: Signer | None
    """Nobody, where releases leave this machine and no key is named for them: they are unsigned."""
    trust: Trust
    """The keys that settings trust."""
    shelf: Shelf
    targets: tuple[Target, ...]
    reporter: Reporter
    dist: Dist
    scratch: Path
    """A folder of this run's own, which is gone when it ends."""
    patience: float
    """Seconds until what was published has to be seen everywhere."""
    jobs: int
    """How many packages are worked on at a time."""
    tool: str
    """Name and version of this tool, for the receipt."""
    made_with: Mapping[str, str]
    """Versions of what else the bytes could depend on, by name."""
    invocation: str
    """By which this run can be found again: its address, or a URN."""
