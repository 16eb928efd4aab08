"""Notices of a run: once for each ending, whatever happens to the run or to the services that carry them.

No webhook can be asked whether a notice arrived, so that nothing makes it certain that each arrives exactly once. What
is owed is written down beside the receipt before it is sent, and crossed out when the service has taken it. A run that
is killed between the two sends again, and says that it may be the second time: a release that nobody hears of is worse.
Where the request went out and its answer was lost, nobody knows whether it was read: the next run of the same tags
tells it again, and says that an earlier one may have arrived. The memory is that of `dist/` and is lost with it.
"""

from __future__ import annotations

import getpass
import platform
import shlex
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release.adapters.notices.addresses import find_notifiers
from release.adapters.notices.book import Book, Standing
from release.adapters.notices.service import Arrival
from release.errors import ReleaseError, as_defect
from release.model.notice import Line, Notice, tell_of
from release.model.outcome import Ending
from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from release.adapters.notices.service import Notifier
    from release.context import Context
    from release.model.dist import Dist
    from release.model.outcome import Outcome
    from release.model.plan import Plan
    from release.model.receipt import Receipt
    from release.ports import Reporter
    from release.session import Session

_STANDINGS = {Arrival.ARRIVED: Standing.SENT, Arrival.LOST: Standing.BEGUN, Arrival.REFUSED: Standing.OWED}


def open_notices(
    session: Session, context: Context, plans: Mapping[str, Plan], *words: str, only_failures: bool = False
) -> Notices:
    """Find out who is to be told of a run, before it begins; `words` are those by which it is run again."""
    settings = session.settings
    notices = Notices(
        find_notifiers(settings),
        Book(context.dist),
        context.reporter,
        targets=tuple(target.name for target in context.targets),
        dist=context.dist,
        commits={str(plan.tag): plan.commit.sha for plan in plans.values()},
        again=redact(shlex.join(("hatch", "run", "release", *words))),
        by=redact(settings.actor or find_author()),
        run=redact(settings.actions_run),
        only_failures=only_failures,
    )
    if notices.notifiers and not only_failures:
        notices.attempt(notices.expect)
    return notices


@dataclass
class Notices:
    """Who is told of a run, and what is said of all of it."""

    notifiers: tuple[Notifier, ...]
    book: Book
    reporter: Reporter
    again: str
    by: str
    run: str
    targets: tuple[str, ...]
    dist: Dist
    commits: Mapping[str, str] = field(default_factory=dict)
    """Of the tags that this run releases; none, where it only tells of what others did."""
    only_failures: bool = False
    _unfinished: frozenset[str] = frozenset()
    """Tags of which a run before this one did not come to tell."""
    _started: float = field(default_factory=time.monotonic)

    def tell(self, outcomes: Sequence[Outcome]) -> None:
        """Tell what is new, and what an earlier run still owes; a service that fails is a warning and no more."""
        if self.notifiers:
            self.attempt(lambda: self._tell(outcomes))

    def expect(self) -> None:
        """Write down that a notice will be due, in case this run is killed."""
        self._unfinished = self.book.expect(self.commits)

    def attempt(self, do: Callable[[], None]) -> None:
        """Do something that no release may fail for."""
        try:
            do()
        except (ReleaseError, OSError) as error:
            self.reporter.warn(f"notices: {error}")
        except Exception as error:  # noqa: BLE001  # the release is over: whatever this is, it does not undo it
            self.reporter.warn(as_defect(error, "notices: ").message)

    def tell_lines(self, lines: Sequence[Line]) -> None:
        """Tell the same of lines that stand already, of which none is of a run that is still expected."""
        if self.notifiers:
            self.attempt(lambda: self._deliver([line.tag for line in lines], lines))

    def _tell(self, outcomes: Sequence[Outcome]) -> None:
        done = () if self.only_failures else tuple(outcome.tag for outcome in outcomes if outcome.is_good)
        self._deliver([outcome.tag for outcome in outcomes], list(filter(None, map(self._line, outcomes))), done)

    def _deliver(self, tags: Sequence[str], lines: Iterable[Line], done: Iterable[str] = ()) -> None:
        """Send what no page says yet, and what is still owed."""
        with self.book.alone():
            due = list(self.book.owed(tags))
            told = self.book.told(tags)
            new = [line for line in lines if line.key not in told]
            if new:
                notice = self._notice(new)
                self.book.mark(notice, Standing.OWED, *(each.name for each in self.notifiers))
                due.append(notice)
            self.book.settle(done)
            if due:
                with ThreadPoolExecutor(len(self.notifiers)) as side_by_side:
                    list(side_by_side.map(lambda notifier: self._send(notifier, due), self.notifiers))

    def _line(self, outcome: Outcome) -> Line | None:
        """Give what there is to tell of an outcome: nothing, where everything was there already and that is known."""
        is_known = outcome.ending is Ending.IDENTICAL and outcome.tag not in self._unfinished
        if is_known or (self.only_failures and outcome.is_good):
            return None
        install = way_to_install(outcome.receipt, self.dist) if outcome.is_good and outcome.receipt else ""
        return tell_of(outcome, self.commits.get(outcome.tag, ""), install)

    def _notice(self, lines: Iterable[Line]) -> Notice:
        return Notice(
            lines=tuple(lines),
            targets=self.targets,
            by=self.by,
            seconds=round(time.monotonic() - self._started, 1) if self.commits else 0,
            again=self.again,
            run=self.run,
        )

    def _send(self, notifier: Notifier, due: Iterable[Notice]) -> None:
        for notice in due:
            written = self.book.services(notice)  # nothing, of what is no tag and has no page
            standing = written.get(notifier.name, Standing.SENT if written else Standing.OWED)  # it was not there then
            if standing is Standing.SENT:
                continue
            self.book.mark(notice, Standing.BEGUN, notifier.name)
            delivery = notifier.send(notice, again=standing is Standing.BEGUN)
            self.book.mark(notice, _STANDINGS[delivery.arrival], notifier.name)
            if delivery.arrival is Arrival.LOST:
                self.reporter.warn(f"{notifier.name} may not have been told: {delivery.reason}")
            if delivery.arrival is Arrival.REFUSED:
                self.reporter.warn(
                    f"{notifier.name} was not told: {delivery.reason}; the next run of the same tags tells it"
                )


def way_to_install(receipt: Receipt, dist: Dist) -> str:
    """Give the line that installs it; where it is on this machine alone, the index of this machine is named."""
    is_here_alone = {each.target for each in receipt.publications} == {"local"}
    index = f"--no-deps --index-url {dist.index(receipt.channel).as_uri()} " if is_here_alone else ""
    return redact(f"pip install {index}{receipt.package}=={receipt.version}")


def find_author() -> str:
    """Say who runs this, and where."""
    try:
        return f"{getpass.getuser()}@{platform.node()}"
    except (KeyError, OSError):  # a container may run as a number that has no name
        return f"somebody@{platform.node()}"
