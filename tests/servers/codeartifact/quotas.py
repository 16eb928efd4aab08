"""How often a second the service lets itself be asked, and how often it was.

https://docs.aws.amazon.com/codeartifact/latest/ug/service-limits.html has the figures; how a second is counted nobody
says, and here no second whatever has more than the quota: a bucket that fills up would let a first burst through.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from math import floor
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

READ: Final = "Read"
"""Every call that reads, of an account, package managers' among them."""
TOKEN: Final = "Token"  # noqa: S105  # the name of a quota
"""Every call of a package manager, of one token."""
SERVICE: Final[Mapping[str, int]] = {
    "CopyPackageVersions": 5,
    "GetAuthorizationToken": 40,
    "ListPackageVersionAssets": 200,
    READ: 800,
    TOKEN: 1200,
    "Upload": 10,
}
"""What an account has that has asked for no more."""
_READS: Final = ("Describe", "Get", "List", "Simple")
_NO_READ: Final = "GetAuthorizationToken"


class Quotas:
    """Counts what was asked, and says which call is one too many."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.most: dict[str, int] = {}
        """How often in a second each may be asked for; what is not named, as often as one likes."""
        self._clock = clock
        self._recent: dict[str, deque[float]] = defaultdict(deque)
        self._counted: dict[str, Counter[int]] = defaultdict(Counter)
        self._begun: float | None = None

    def take(self, operation: str, token: str = "") -> bool:
        """Whether a call may be answered; one that may not does not count as answered."""
        now = self._clock()
        bounds = {name: most for name, most in _bounds(operation, token) if most in self.most}
        full = [most for name, most in bounds.items() if self._count(name, now) >= self.most[most]]
        for most in full or bounds.values():
            self._note(f"{most} {'throttled' if full else 'answered'}", now)
        if not full:
            for name in bounds:
                self._recent[name].append(now)
        return not full

    def per_second(self, name: str, what: str) -> list[int]:
        """Give how many calls of a quota were `answered` or `throttled`, second by second since the first call."""
        counted = self._counted[f"{name} {what}"]
        return [counted[second] for second in range(max(counted, default=-1) + 1)]

    def _count(self, name: str, now: float) -> int:
        recent = self._recent[name]
        while recent and now - recent[0] >= 1:
            recent.popleft()
        return len(recent)

    def _note(self, name: str, now: float) -> None:
        self._begun = now if self._begun is None else self._begun
        self._counted[name][floor(now - self._begun)] += 1


def _bounds(operation: str, token: str) -> Iterable[tuple[str, str]]:
    """Give what a call counts towards, and the quota of each."""
    yield operation, operation
    if operation.startswith(_READS) and operation != _NO_READ:
        yield READ, READ
    if token:
        yield f"{TOKEN} {token}", TOKEN
