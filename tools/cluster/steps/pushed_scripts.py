"""The init scripts that stand in a volume: of all that say the same, each takes the pointers of some sequence on."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cluster.steps.deliver import AT_ONCE
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cluster.model.layout import Layout
    from cluster.ports import Volume

    Render = Callable[[int], bytes]
    """Gives the init script that takes pointers from a sequence on."""

_FLOOR: Final = re.compile(rb'"floor": ?([0-9]{1,15})\b')


@dataclass(frozen=True)
class Script:
    """A script that says what is rendered here, or would."""

    path: str
    content: bytes
    sha256: str
    floor: int
    """The lowest sequence that it takes."""
    found: str = ""
    """The digest of what stands there; empty where nothing does."""


@dataclass(frozen=True)
class PushedScripts:
    """Those of one cluster."""

    layout: Layout
    stated: Mapping[str, tuple[int, str]]
    """By path: the floor that each states, and its digest."""

    @classmethod
    def read(cls, layout: Layout, volume: Volume) -> PushedScripts:
        """Read every script that states a floor."""
        paths = [f"{each.path}/init.sh" for each in volume.entries(layout.scripts) if each.is_folder]
        texts = zip(paths, side_by_side(volume.read, paths, AT_ONCE), strict=True)
        stated = {path: (_FLOOR.search(text), hashlib.sha256(text).hexdigest()) for path, text in texts if text}
        return cls(layout, {path: (int(floor[1]), sha256) for path, (floor, sha256) in stated.items() if floor})

    def find(self, render: Render) -> Script | None:
        """Give the one that says what is rendered but for the floor; of several, the one that takes the fewest."""
        rendered = (self._render(render, floor) for floor in self._floors)
        return next((each for each in rendered if each.found), None)

    def make(self, render: Render, lowest: int) -> Script:
        """Give a new one, which takes no pointer that any of those before it does not take, nor one below `lowest`."""
        return self._render(render, max([lowest, *self._floors]))

    @property
    def _floors(self) -> list[int]:
        return sorted({floor for floor, _ in self.stated.values()}, reverse=True)

    def _render(self, render: Render, floor: int) -> Script:
        content = render(floor)
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.layout.script(sha256)
        return Script(path, content, sha256, floor, self.stated.get(path, (0, ""))[1])
