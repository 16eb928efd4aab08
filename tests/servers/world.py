"""Everything outside, at once: a stand-in for each service that a release goes to, sharing one log of calls."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING

from tests.servers.codeartifact import CodeArtifact
from tests.servers.faults import Faults
from tests.servers.github.service import GitHub
from tests.servers.kms import Kms
from tests.servers.s3 import S3
from tests.servers.sts import Sts
from tests.servers.upload import UploadIndex
from tests.servers.webhooks import Webhooks

if TYPE_CHECKING:
    from typing import Self

    from tests.servers.stand_in import StandIn

TARGETS = ("local", "index", "codeartifact", "s3", "github")


class World:
    """Stand-ins that run while it is entered; `delay` is how many seconds each takes for an answer."""

    def __init__(self, *, delay: float = 0) -> None:
        self.codeartifact = CodeArtifact()
        self.s3 = S3()
        self.github = GitHub()
        self.index = UploadIndex()
        self.webhooks = Webhooks()
        self.sts = Sts()
        self.kms = Kms()
        for each in self.services:
            each.delay = delay
        self._running = ExitStack()
        self.arm(Faults())

    @property
    def services(self) -> tuple[StandIn, ...]:
        """Every stand-in."""
        return (self.codeartifact, self.s3, self.github, self.index, self.webhooks, self.sts, self.kms)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a release finds them all."""
        return {name: value for each in self.services for name, value in getattr(each, "environment", {}).items()}

    def arm(self, faults: Faults) -> None:
        """Begin a new log of calls, with one fault for one of them."""
        self.faults = faults
        for each in self.services:
            each.faults = faults

    def empty(self) -> None:
        """Take away everything that was brought, and let go of whoever still waits for an answer."""
        for each in self.services:
            each.closing.set()
            each.closing = Event()
            each.forget()
        for repository in self.codeartifact.domain.repositories.values():
            repository.packages.clear()
        self.s3.empty()
        self.github.repository.releases.clear()
        self.github.repository.latest = 0
        self.index.files.clear()
        for said in self.webhooks.said.values():
            said.clear()

    def __enter__(self) -> Self:
        for each in self.services:
            self._running.enter_context(each)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
