"""Services that are far away, in a process of their own, which remember when each call began and was answered.

`python -m tests.benchmarks.far`, in a `Dialogue`.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from packaging.version import Version

from release.model.tag import Tag
from tests.benchmarks.dialogue import answer
from tests.release.stocked import stock_codeartifact, stock_github, stock_s3
from tests.release.warehouse import Made
from tests.servers.faults import Faults
from tests.servers.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.servers.stand_in import Answer, Drop, Hang, Request, StandIn


@dataclass(frozen=True)
class Answered:
    """A call, and when it began and was answered, in seconds."""

    service: str
    name: str
    began: float
    ended: float


class Distance(Faults):
    """The way to every service and back, which takes some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.answered: list[Answered] = []
        self._seconds = seconds

    def around(self, stand_in: StandIn, request: Request) -> Answer | Hang | Drop:
        """Answer a call that much later."""
        began = time.monotonic()
        stand_in.closing.wait(self._seconds)
        said = stand_in.answer(request)
        self.answered.append(Answered(type(stand_in).__name__, stand_in.call(request), began, time.monotonic()))
        return said


def begin(world: World, seconds: float) -> None:
    """Take away what was released, and begin a new log."""
    world.empty()
    world.arm(Distance(seconds))


def tag(world: World, tags: Mapping[str, str]) -> None:
    """Push tags to GitHub, each with the commit it names."""
    for name, commit in tags.items():
        world.github.repository.tag(name, commit)


def stock(world: World, packages: Iterable[str], versions: int) -> None:
    """Fill CodeArtifact, S3 and GitHub with older versions of packages."""
    made = [_make(Tag(name, Version(f"0.0.{number}"))) for name in packages for number in range(1, versions + 1)]
    stock_codeartifact(world.codeartifact, made)
    stock_s3(world.s3, made)
    stock_github(world.github, made)


def tell(world: World) -> list[dict[str, object]]:
    """Give every call since the log began, and forget it."""
    distance = world.faults
    assert isinstance(distance, Distance)
    said, distance.answered = distance.answered, []
    return [asdict(each) for each in said]


def _make(tag: Tag) -> Made:
    names = (*tag.files, "SHA256SUMS", *(f"{tag.stem}.{end}" for end in ("cdx.json", "audit.json", "intoto.jsonl")))
    return Made(tag, {name: f"{tag} {name}".encode() for name in names})


def main() -> None:
    """Serve until standard input ends."""
    with World() as world:
        doings = {each.__name__: partial(each, world) for each in (begin, tag, stock, tell)}
        answer({**doings, "environment": lambda: world.environment, "cpu": time.process_time})


if __name__ == "__main__":
    main()
