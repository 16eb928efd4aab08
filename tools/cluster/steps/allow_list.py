"""Let a cluster's init scripts run in standard mode: others' entries on the allow-list stay as they are.

The list can only be written whole, so two who write at the same time can take each other's entries away. What was
written is read back, and read once more when the rest is done, by when whoever wrote at the same time has written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from release.errors import Incomplete

if TYPE_CHECKING:
    from cluster.ports import AllowList

PREFIX: Final = "PREFIX_MATCH"
_TRIES: Final = 5


@dataclass
class Allowing:
    """The step, for one prefix of paths."""

    allow_list: AllowList
    prefix: str
    is_new: bool = False
    """Whether it was not on the list before."""

    def see_to_it(self) -> None:
        """Have the prefix on the list, beside everything that is on it; Incomplete where it does not stay there."""
        ours = (self.prefix, PREFIX)
        for _ in range(_TRIES):
            there = self.allow_list.read()
            if ours in there:
                return
            self.is_new = True
            self.allow_list.write((*there, ours))
        raise Incomplete(
            f"the allow-list does not keep {self.prefix}: somebody else writes it at the same time",
            hint="is it kept by Terraform? then add the prefix there; else run the same command again",
        )
