"""Faults: what can happen to one call among all those that a run makes to the outside, whichever service it goes to."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

from tests.servers.stand_in import Answer, Drop, Hang

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.stand_in import Request, StandIn


class Fault(StrEnum):
    """What happens to a call, once."""

    KILLED_BEFORE = "the caller is killed before it"
    KILLED_AFTER = "the caller is killed after it"
    LOST = "it is done, and the answer is lost"
    REFUSED = "the connection is refused"
    TIMEOUT = "there is no answer"
    THROTTLED = "throttled"
    BROKEN = "500"
    UNAVAILABLE = "503"
    EXPIRED = "the credentials have ended"
    STALE = "what is read is what was before"


@dataclass(frozen=True)
class Call:
    """One call: to which service, and which of those of its name it was."""

    service: str
    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.service}: {self.name}" + (f" ({self.number})" if self.number > 1 else "")


class Faults:
    """A log of every call to the stand-ins that share it, and one fault for one of them."""

    def __init__(self, at: Call | None = None, fault: Fault | None = None) -> None:
        self.calls: list[Call] = []
        self.is_spent = False
        """Whether the call was made that the fault was for."""
        self.victim = 0
        """The process that is killed."""
        self.changed: set[Call] = set()
        """Calls that were answered otherwise than the same question was before."""
        self._at = at
        self._fault = fault
        self._before: dict[tuple[str, ...], Answer | Hang | Drop] = {}
        self._lock = Lock()

    def around(self, stand_in: StandIn, request: Request) -> Answer | Hang | Drop:
        """Answer a call, or do to it what is in store."""
        call = self._note(type(stand_in).__name__, stand_in.call(request))
        strike = self._strike(call)
        happens: dict[Fault, Callable[[], Answer | Hang | Drop]] = {
            Fault.KILLED_BEFORE: self._kill,
            Fault.KILLED_AFTER: lambda: self._after(stand_in, request, self._kill),
            Fault.LOST: lambda: self._after(stand_in, request, Drop),
            Fault.REFUSED: Drop,
            Fault.TIMEOUT: Hang,
            Fault.THROTTLED: lambda: stand_in.throttled(request),
            Fault.BROKEN: lambda: Answer(b"", 500),
            Fault.UNAVAILABLE: lambda: Answer(b"", 503),
            Fault.EXPIRED: lambda: stand_in.expired(request),
            Fault.STALE: lambda: self._stale(stand_in, request),
        }
        return happens[strike]() if strike else self._remember(stand_in, request, call)

    def _note(self, service: str, name: str) -> Call:
        with self._lock:
            number = 1 + sum(each.service == service and each.name == name for each in self.calls)
            call = Call(service, name, number)
            self.calls.append(call)
            return call

    def _strike(self, call: Call) -> Fault | None:
        with self._lock:
            if call != self._at or self.is_spent:
                return None
            self.is_spent = True
            return self._fault

    def _after(
        self, stand_in: StandIn, request: Request, then: Callable[[], Answer | Hang | Drop]
    ) -> Answer | Hang | Drop:
        stand_in.answer(request)
        return then()

    def _kill(self) -> Drop:
        os.kill(self.victim, signal.SIGKILL)
        return Drop()

    def _remember(self, stand_in: StandIn, request: Request, call: Call) -> Answer | Hang | Drop:
        answer = stand_in.answer(request)
        with self._lock:
            before = self._before.setdefault(_question(stand_in, request), answer)
            if _said(before) != _said(answer):
                self.changed.add(call)
        return answer

    def _stale(self, stand_in: StandIn, request: Request) -> Answer | Hang | Drop:
        """Give the first answer to the same question; what was never asked before is answered as it is."""
        with self._lock:
            before = self._before.get(_question(stand_in, request))
        return before or stand_in.answer(request)


def _question(stand_in: StandIn, request: Request) -> tuple[str, ...]:
    return (type(stand_in).__name__, request.method, request.path, request.query, request.body.hex())


def _said(answer: Answer | Hang | Drop) -> object:
    return (answer.status, answer.content) if isinstance(answer, Answer) else type(answer)
