"""pip-audit's services, by its own interfaces, at whatever address they are."""

from __future__ import annotations

import logging
from collections import deque
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING

from release.adapters.libraries import await_library
from release.adapters.process import go_on_or_stop
from release.errors import GateUnavailable, ReleaseError
from release.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pip_audit._service import VulnerabilityService

    from release.model.closure import Pin

_SECONDS = 10
_AT_ONCE = 8
_LOOK = 0.2
"""Seconds between two looks at whether this run is being stopped."""
_HINT = "is it reached from here? RELEASE_OSV_URL and RELEASE_PYPI_JSON_URL name other addresses"


class PipAudit:
    """The door to the vulnerability services; each is asked once about each pin in a run."""

    def __init__(self, osv_url: str, pypi_json_url: str, scratch: Path, seconds: int = _SECONDS) -> None:
        self._urls = {"osv": osv_url, "pypi": pypi_json_url}
        self._scratch = scratch
        self._seconds = seconds
        self._known: dict[tuple[str, str], tuple[Finding, ...] | str] = {}
        self._asking = Lock()

    def ask(self, service: str, pins: Iterable[Pin]) -> Mapping[Pin, tuple[Finding, ...]]:
        """Give what a service knows of each pin; of all of them, or GateUnavailable with the reason.

        The first is asked about alone: a service that says nothing of it is not asked about the others.
        """
        first, *others = pins
        with self._asking:
            return self._answers(service, [first]) | self._answers(service, others)

    def _answers(self, service: str, pins: list[Pin]) -> dict[Pin, tuple[Finding, ...]]:
        if new := [pin for pin in pins if (service, str(pin)) not in self._known]:
            self._learn(service, new)
        answers = {}
        for pin in pins:
            said = self._known[service, str(pin)]
            if isinstance(said, str):
                raise GateUnavailable(f"{service} gives no answer about {pin}: {said}", hint=_HINT)
            answers[pin] = said
        return answers

    def _learn(self, service: str, pins: list[Pin]) -> None:
        await_library("pip_audit._service")
        from release.adapters.vulnerability_services import open_service  # noqa: PLC0415  # 0.4 s that only an audit pays

        door = open_service(service, self._urls[service], self._scratch, self._seconds)
        doubts = _Doubts()
        logging.getLogger("pip_audit").addHandler(doubts)
        try:
            said = _ask_all(door, pins)
        finally:
            logging.getLogger("pip_audit").removeHandler(doubts)
        for pin, answer in zip(pins, said, strict=True):
            self._known[service, str(pin)] = "; ".join(doubts.said) or answer


class _Doubts(logging.Handler):
    """Keeps what pip-audit only warns of: an advisory that it could not read is one that it does not name."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _ask_all(door: VulnerabilityService, pins: list[Pin]) -> list[tuple[Finding, ...] | str]:
    """Ask side by side, and stop with this run: threads that still wait for an answer keep no process from ending."""
    asked: list[Future[tuple[Finding, ...] | str]] = [Future() for _ in pins]
    left = deque(zip(pins, asked, strict=True))
    for _ in pins[:_AT_ONCE]:
        Thread(target=_work_off, args=(left, door), daemon=True).start()
    while wait(asked, timeout=_LOOK).not_done:
        try:
            go_on_or_stop()
        except ReleaseError:
            left.clear()
            raise
    return [future.result() for future in asked]


def _work_off(left: deque[tuple[Pin, Future[tuple[Finding, ...] | str]]], door: VulnerabilityService) -> None:
    with suppress(IndexError):  # nothing is left
        while True:
            pin, answer = left.popleft()
            try:
                answer.set_result(_ask(door, pin))
            except Exception as error:  # noqa: BLE001  # it is raised where the answer is wanted
                answer.set_exception(error)


def _ask(door: VulnerabilityService, pin: Pin) -> tuple[Finding, ...] | str:
    """Ask about one pin; a text says why there is no answer."""
    from packaging.version import Version  # noqa: PLC0415
    from pip_audit._service import ResolvedDependency, ServiceError, SkippedDependency  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    try:
        answered, results = door.query(ResolvedDependency(pin.name, Version(pin.version)))
    except (ServiceError, RequestException) as error:
        return _reason(error)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # answers that are JSON of another shape
        return f"its answer can't be read ({type(error).__name__}: {error})"
    if isinstance(answered, SkippedDependency):
        return answered.skip_reason
    found = (
        Finding(str(each.id), tuple(sorted(each.aliases)), each.description, tuple(map(str, each.fix_versions)))
        for each in results
    )
    return tuple(sorted(found))


def _reason(error: Exception) -> str:
    """Give the innermost reason, which says what a person can act on; what is around it says how often it was tried."""
    inner: BaseException = error.__cause__ or error
    reason = getattr(inner.args[0], "reason", None) if inner.args else None
    return str(reason or inner).rpartition("): ")[2] or type(inner).__name__
