"""An index, a door that asks it alone, and the lock that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import tomli
from packaging.requirements import Requirement

from release.adapters.local import offer_of
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from release.adapters.uv import Uv
    from release.model.offer import Offer
    from tests.servers.index import PackageIndex

THEN = datetime(2026, 1, 2, tzinfo=UTC)
LATER = "2026-06-01T00:00:00Z"


@dataclass(frozen=True)
class Shop:
    """The three of them."""

    server: PackageIndex
    folder: Path
    uv: Uv
    environment: Mapping[str, str]

    @property
    def shelf(self) -> Path:
        """Where the index has its files."""
        return self.server.folders[0]

    @property
    def lock(self) -> Path:
        """Where the lock is written."""
        return self.folder / "resolved" / "pylock.toml"

    def wheel(self, name: str, version: str, *requires: str, at: str = "", **more: Any) -> Path:  # noqa: ANN401
        """Add a wheel, uploaded at a time if one is given."""
        wheel = write_wheel(self.shelf, name, version, requires=requires, **more)
        if at:
            self.server.date(wheel, at)
        return wheel

    def resolve(self, *wanted: str, ours: Mapping[str, Sequence[Offer]] | None = None) -> datetime | None:
        """Resolve requirements as of THEN."""
        self.lock.parent.mkdir(exist_ok=True)
        return self.uv.resolve([Requirement(each) for each in wanted], ours or {}, THEN, self.lock)

    @property
    def packages(self) -> list[dict[str, Any]]:
        """The packages of the lock."""
        found: list[dict[str, Any]] = tomli.loads(self.lock.read_text()).get("packages", [])
        return found

    @property
    def pins(self) -> list[str]:
        """What was locked: `idna==3.10`."""
        return [f"{each['name']}=={each['version']}" for each in self.packages]


def ours(shop: Shop, *versions: str, name: str = "alpha") -> dict[str, list[Offer]]:
    """Offer wheels of our own."""
    wheels = [write_wheel(shop.folder / "ours", name, version) for version in versions]
    return {name: [offer_of(wheel, wheel.as_uri()) for wheel in wheels]}
