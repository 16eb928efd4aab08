"""`reconcile` and `audit` of 1,000 versions, beside asking about each of them, at services that are 50 ms away."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release.adapters.ecdsa import Ecdsa
from release.adapters.pip_audit import PipAudit
from release.model.trust import UNNAMED
from release.settings import Settings
from release.steps.knowledge import ask_all
from release.steps.ledger import ask_targets
from release.steps.reaudit.closures import Reader, Released
from release.steps.reaudit.reaudit import reaudit
from release.steps.reconciliation.reconcile import reconcile
from release.steps.reconciliation.signed import Consumer
from release.targets import open_targets
from tests.benchmarks.comparison import Comparison
from tests.benchmarks.stopwatch import time_once
from tests.release.doors import open_doors
from tests.release.stocked import stock_codeartifact, stock_github, stock_s3
from tests.release.warehouse import Maker
from tests.servers.codeartifact import CodeArtifact
from tests.servers.github import GitHub
from tests.servers.s3 import S3
from tests.servers.vulnerabilities import Vulnerabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from release.context import Context
    from tests.release.warehouse import Made
    from tests.servers.stand_in import StandIn

VERSIONS = 1_000
PINS = 50
DELAY = 0.05
"""Seconds that a service takes for an answer."""
_SAMPLE = 20
_FASTER = 5
_FASTER_AT_S3 = 2
"""S3 says a digest of one file at a time, whoever asks."""
_STOCKED: Mapping[str, tuple[Callable[..., Any], Callable[..., None]]] = {
    "github": (GitHub, stock_github),
    "codeartifact": (CodeArtifact, stock_codeartifact),
    "s3": (S3, stock_s3),
}


@dataclass(frozen=True)
class Yard:
    """A repository with a thousand releases, and everything outside that has to do with them."""

    maker: Maker
    releases: tuple[Made, ...]
    targets: Mapping[str, StandIn]
    services: Vulnerabilities

    def open(self) -> tuple[Context, Consumer]:
        """Open every door anew, as a command does: none of them knows anything yet."""
        environment = {name: value for each in self.targets.values() for name, value in each.environment.items()}  # type: ignore[attr-defined]  # each of these has one
        os.environ.update(environment)  # where boto3 looks
        settings = Settings({**environment, **self.services.environment})
        context = open_doors(self.maker.root, settings.environment)
        opened = open_targets(["local", *self.targets], settings, context.dist)
        commits = {ref.name: ref.commit for ref in context.source.tags}
        consumer = Consumer(self.maker.trust, Ecdsa(), datetime.now(UTC).date(), UNNAMED, commits)
        return replace(context, targets=opened), consumer

    def count(self, doing: Callable[[Context, Consumer], object]) -> tuple[float, dict[str, int]]:
        """Give the seconds that something took, and how often each service was asked meanwhile."""
        asked: dict[str, StandIn] = {**self.targets, "services": self.services}
        for server in asked.values():
            server.forget()
        context, consumer = self.open()
        seconds = time_once(lambda: doing(context, consumer))
        return seconds, {name: len(server.requests) for name, server in asked.items()}

    def ask_each(self, context: Context, count: int) -> None:
        """Ask every target about one version after the other."""
        for made in self.releases[:count]:
            ask_targets(made.tag, context.targets)

    def audit_each(self, context: Context, consumer: Consumer, count: int) -> None:
        """Audit one release after the other, as the gate would."""
        reader = Reader((), (), consumer, context)
        for number, made in enumerate(self.releases[:count]):
            read = reader.read(made.tag)
            if isinstance(read, Released):
                folder = context.scratch / str(number)
                anew = PipAudit(self.services.osv_url, self.services.pypi_url, folder)
                ask_all(read.pins, context.policy.audit, replace(context, knowledge=anew))


def measure() -> Iterator[Comparison]:
    """Compare at GitHub and CodeArtifact, with some versions asked about one by one."""
    return _measure("github", "codeartifact")


def measure_fully() -> Iterator[Comparison]:
    """Compare at S3 as well: moto takes a minute to be filled."""
    return _measure("github", "codeartifact", "s3")


def _measure(*names: str) -> Iterator[Comparison]:
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve() / "repository"
        servers = {name: stack.enter_context(_STOCKED[name][0](delay=DELAY)) for name in names}
        services = stack.enter_context(Vulnerabilities())
        services.delay = DELAY
        maker = Maker(root)
        releases = tuple(_make(maker))
        for name, server in servers.items():
            _STOCKED[name][1](server, releases)
        yard = Yard(maker, releases, servers, services)
        yield from _compare_reconciling(yard)
        yield from _compare_auditing(yard)


def _make(maker: Maker) -> Iterator[Made]:
    """Make the releases of twenty packages, which bring fifty pins between them, and leave them on the shelf."""
    pins = [(f"needed-{number}", "1.0") for number in range(PINS)]
    names = [f"part-{number % 20}/v0.{number // 20}.0" for number in range(VERSIONS)]
    maker.tag(*names)
    made = [
        maker.make(name, pins=[pins[number % PINS], pins[(number + 7) % PINS]], is_tagged=False)
        for number, name in enumerate(names)
    ]
    for each in made:
        maker.shelve(each)
    maker.offer(*made)
    return iter(made)


def _compare_reconciling(yard: Yard) -> Iterator[Comparison]:
    times = VERSIONS // _SAMPLE
    seconds, calls = yard.count(_require_agreement)
    each, calls_of_each = yard.count(lambda context, _: yard.ask_each(context, _SAMPLE))
    where = ", ".join(["local", *yard.targets])
    how = f"asking about each ({_SAMPLE} measured, times {times})"
    yield Comparison(
        subject=f"reconcile {VERSIONS:,} versions in {where}",
        seconds=seconds,
        against=how,
        against_seconds=each * times,
        times_faster=_FASTER_AT_S3 if "s3" in yard.targets else _FASTER,
    )
    for name in yard.targets:
        yield Comparison(
            subject=f"reconcile: calls to {name}",
            seconds=calls[name],
            against=how,
            against_seconds=calls_of_each[name] * times,
            unit="calls",
        )


def _compare_auditing(yard: Yard) -> Iterator[Comparison]:
    times = VERSIONS // _SAMPLE
    seconds, calls = yard.count(_require_audited)
    each, _ = yard.count(lambda context, consumer: yard.audit_each(context, consumer, _SAMPLE))
    how = f"auditing each ({_SAMPLE} measured, times {times})"
    yield Comparison(
        subject=f"audit {VERSIONS:,} releases with {PINS} pins",
        seconds=seconds,
        against=how,
        against_seconds=each * times,
        times_faster=_FASTER_AT_S3 if "s3" in yard.targets else _FASTER,
    )
    yield Comparison(
        subject="audit: calls to the services of vulnerabilities",
        seconds=calls["services"],
        against=f"{PINS} pins and the canary, at two services",
        against_seconds=2 * (PINS + 1),
        unit="calls",
        times_as_long=1,
    )


def _require_agreement(context: Context, consumer: Consumer) -> None:
    found = reconcile(context, consumer)
    if found.agreeing != VERSIONS:
        raise RuntimeError(f"{found.agreeing} of {VERSIONS} agree: {found.discrepancies[:3]}")


def _require_audited(context: Context, consumer: Consumer) -> None:
    found = reaudit(context, consumer, (), everything=False)
    if (found.releases, found.exit_code) != (VERSIONS, 0):
        raise RuntimeError(f"{found.releases} of {VERSIONS} were audited: {found.unread[:3]}")
