"""What became of a push, a rollback and a prune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster.model.promise import Pointer


@dataclass(frozen=True)
class Pushed:
    """What stands in a volume after a push."""

    pointer: Pointer
    before: Pointer | None
    """What was there when the run began; None at the first push."""
    sent: tuple[str, ...]
    """Paths of the files that this run brought."""
    kept: int
    """How many files were there already."""
    script: str
    """The path of the init script; empty for serverless compute, which takes none."""
    is_new_script: bool
    is_forward_again: bool = False
    """Whether a rollback from this lock is undone."""

    @property
    def before_number(self) -> int:
        """The lock that was pointed at; 0 at the first push."""
        return self.before.number if self.before else 0

    @property
    def is_identical(self) -> bool:
        """Whether everything was there already."""
        return self.pointer == self.before and not self.sent


@dataclass(frozen=True)
class RolledBack:
    """Where a pointer was, and where it is."""

    pointer: Pointer
    before: Pointer
    runtimes: tuple[str, str]
    """What the lock of before and the lock of now were made for."""
    seconds: float

    @property
    def is_identical(self) -> bool:
        """Whether it pointed there already."""
        return self.pointer == self.before


@dataclass(frozen=True)
class Pruning:
    """What no lock that is kept refers to, in one volume."""

    volume: str
    kept: dict[str, tuple[int, ...]]
    """Numbers of the locks that stay, by cluster."""
    locks: tuple[str, ...]
    """Folders of locks."""
    scripts: tuple[str, ...]
    """Folders of init scripts."""
    wheels: tuple[str, ...]
    """Folders of a version's wheel and evidence, or single files of one."""
    is_done: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Everything that goes, in the order in which it does: nothing is left that refers to what is gone."""
        return (*self.locks, *self.scripts, *self.wheels)
