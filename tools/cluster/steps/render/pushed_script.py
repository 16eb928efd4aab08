"""Find the init script that was pushed: documents that name it have to be rendered for the sequence that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.steps.pushed_scripts import PushedScripts
from release.errors import Refused

if TYPE_CHECKING:
    from cluster.model.layout import Layout
    from cluster.ports import Volume
    from cluster.steps.pushed_scripts import Render


def find_floor(layout: Layout, volume: Volume, make: Render) -> int:
    """Give the lowest sequence that the pushed script takes; Refused where none says what is made here."""
    if script := PushedScripts.read(layout, volume).find(make):
        return script.floor
    raise Refused(
        f"{layout.scripts} holds no init script that says what would be rendered here",
        hint=f"hatch run cluster push {layout.cluster} brings it; or leave out --pushed",
    )
