"""Find the init script that was pushed: documents that name it have to be rendered for the sequence that it takes."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from release.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster.model.layout import Layout
    from cluster.ports import Volume

_FLOOR: Final = re.compile(rb'"floor": ?([0-9]{1,15})\b')


def find_floor(layout: Layout, volume: Volume, make: Callable[[int], bytes]) -> int:
    """Give the lowest sequence that the pushed script takes; Refused where none is there that says what is made here.

    Of several that differ in nothing else, the one that takes the fewest pointers.
    """
    paths = [f"{each.path}/init.sh" for each in volume.entries(layout.scripts) if each.is_folder]
    found = {floor for path in paths for floor in map(int, _FLOOR.findall(volume.read(path) or b""))}
    for floor in sorted(found, reverse=True):
        if layout.script(hashlib.sha256(make(floor)).hexdigest()) in paths:
            return floor
    raise Refused(
        f"{layout.scripts} holds no init script that says what would be rendered here",
        hint=f"hatch run cluster push {layout.cluster} brings it; or leave out --pushed",
    )
