"""Wheels of a lock, fetched by many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from cluster.model.platform import Platform
from cluster.steps.locked_wheels import LockedWheels
from release.model.offer import Offer
from tests.cluster.rendering import make_file, make_lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cluster.model.lock import Locked


@dataclass
class SlowIndex:
    """An index that answers when somebody else asks as well, or nobody does for a while."""

    asked: list[int] = field(default_factory=list)
    again: Event = field(default_factory=Event)
    address: str = ""

    def locate(self, rows: Iterable[Locked], _platform: Platform) -> Mapping[str, Offer]:
        these = list(rows)
        if self.asked:
            self.again.set()
        self.asked.append(len(these))
        self.again.wait(0.1)
        return {each.wheel: Offer(each.version, each.wheel, "", each.sha256) for each in these}

    def download(self, offer: Offer, folder: Path) -> Path:
        return folder / offer.name


def test_an_index_is_asked_once_for_all_wheels_however_many_want_one(tmp_path: Path) -> None:
    index: Any = SlowIndex()
    ours: Any = None  # which nothing here is
    lock = make_lock(make_file())
    others = [each for each in lock.wheels if not each.first_party]
    wheels = LockedWheels(lock, Platform("3.11", "x86_64"), index, ours, tmp_path)
    with ThreadPoolExecutor(len(others)) as pool:
        paths = list(pool.map(wheels.fetch, others))
    assert [each.name for each in paths] == [each.wheel for each in others]
    assert index.asked == [len(others)]
