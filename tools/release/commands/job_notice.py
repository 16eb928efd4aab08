"""One notice at the end of a release's jobs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from release.adapters.notices.addresses import open_usable
from release.adapters.notices.book import Book
from release.commands.notices import Notices, find_author, way_to_install
from release.errors import Refused, ReleaseError, UsageError, as_defect
from release.model.dist import Dist
from release.model.notice import Line, Tone, calm, tell_of
from release.model.outcome import Ending, Outcome
from release.model.receipt import Receipt, read_receipt
from release.model.tag import parse_tag
from release.redaction import redact
from release.wiring import find_source

if TYPE_CHECKING:
    from release.model.job_results import Jobs
    from release.session import Session

_RUN = re.compile(r".*/actions/runs/([0-9]+)(?:/.*)?")


def tell_of_jobs(session: Session, tag: str, jobs: Jobs) -> None:
    """Tell how the release of a tag ended by what its jobs did; whatever fails in that is a warning and no more."""
    try:
        _tell(session, tag, jobs)
    except Exception as error:  # noqa: BLE001  # the jobs are over: whatever this is, it does not change how they ended
        session.terminal.warn(as_defect(error, "notices: ").message)


def _tell(session: Session, tag: str, jobs: Jobs) -> None:
    settings = session.settings
    notifiers, wrong = open_usable(settings)
    for error in wrong:
        session.terminal.warn(f"{error.message}: nobody is told there; {error.hint}")
    dist = Dist(_root(session) / "dist")
    receipt = _receipt(session, dist, tag)
    run = redact(settings.actions_run)
    match = _RUN.fullmatch(run)
    notices = Notices(
        notifiers,
        Book(dist),
        session.terminal,
        targets=tuple(dict.fromkeys(each.target for each in receipt.publications)) if receipt else (),
        again=f"gh run rerun {match[1]} --failed" if match else "run the failed jobs again",
        by=redact(settings.actor or find_author()),
        run=run,
        dist=dist,
    )
    notices.tell_lines([_line(session, tag, jobs, receipt, dist)])


def _line(session: Session, tag: str, jobs: Jobs, receipt: Receipt | None, dist: Dist) -> Line:
    """Give what there is to tell: a release that stopped may have come to some of its targets."""
    commit = session.settings.actions_commit
    if jobs.exit_code == 0:
        install = way_to_install(receipt, dist) if receipt else ""
        told = tell_of(Outcome(tag, Ending.RELEASED, receipt=receipt), commit, install)
        return told or Line(tag=tag, tone=Tone.RELEASED, commit=commit)
    ended = f" (these succeeded: {', '.join(jobs.succeeded)})" if jobs.succeeded else ""
    hint = "the run says why, `hatch run release plan` what targets hold"
    return Line(tag=tag, tone=Tone.INCOMPLETE, commit=commit, reason=calm(f"{jobs.story}{ended}"), hint=hint)


def _receipt(session: Session, dist: Dist, tag: str) -> Receipt | None:
    """Give the receipt that is here, if it is one of this very tag and commit."""
    try:
        receipt = read_receipt(dist.receipt(parse_tag(tag)))
    except Refused:
        return None
    except ReleaseError as error:
        session.terminal.warn(error.message)
        return None
    except OSError as error:  # it is told without it
        session.terminal.warn(f"the receipt of {tag} can't be read: {error}")
        return None
    commit = session.settings.actions_commit
    is_ours = receipt is not None and receipt.tag == tag and commit in {"", receipt.commit}
    return receipt if is_ours else None


def _root(session: Session) -> Path:
    """Give the root of the repository, or this folder where there is none around it."""
    try:
        return find_source(session.settings).root
    except (UsageError, OSError):  # git may be here, and not run
        return Path.cwd()
