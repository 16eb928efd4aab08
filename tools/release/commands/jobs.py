"""`jobs`: how the jobs of a workflow ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.commands.job_notice import tell_of_jobs
from release.errors import GateRefused, Incomplete, UsageError
from release.job_summary import tell_job
from release.model.job_results import Jobs, Result, read_jobs
from release.session import Session, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADINGS = ("", "job", "")


@click.command()
@click.argument("tag", required=False)
@click.option("--needs", required=True, metavar="JSON", help="How they ended: what toJSON(needs) gives.")
@click.option("--may-skip", multiple=True, metavar="JOB", help="A job that may be skipped; repeatable.")
@click.option("--notify", is_flag=True, help="Tell Slack and Teams how the release of TAG ended, once.")
@json_option
@click.pass_obj
def command(session: Session, tag: str | None, needs: str, may_skip: Sequence[str], *, notify: bool) -> int:
    """Sum up how the jobs of a workflow ended: the last job of a workflow, and the one check that rules require.

    With --notify, one notice says that TAG was released, and where, by the receipt in dist/ where it is there; or
    which job failed, with the run's address.

    The code is 12 where a job failed, else 15 where one was cancelled, or skipped and may not be, and 0 where all
    succeeded.

    \b
    Examples:
      hatch run release jobs --needs @NEEDS --may-skip matrix
      hatch run release jobs env-drift/v0.1.0 --needs @NEEDS --notify
    """
    if notify and not tag:
        raise UsageError("--notify tells of a release, and no TAG is named", hint="name it: jobs TAG --notify")
    jobs = read_jobs(needs, may_skip)
    _show(session, jobs, tag)
    if notify and tag:
        tell_of_jobs(session, tag, jobs)
    return jobs.exit_code


def _show(session: Session, jobs: Jobs, tag: str | None) -> None:
    rows = [(result, name, _note(jobs, name)) for name, result in jobs.results.items()]
    if session.as_json:
        listed = [{"job": name, "result": result} for name, result in jobs.results.items()]
        session.answer({"tag": tag, "jobs": listed, "exit_code": jobs.exit_code})
    else:
        session.terminal.table(_HEADINGS, rows)
    tell_job(session, jobs.story, _HEADINGS, rows)
    if jobs.exit_code:
        error = (GateRefused if jobs.failed else Incomplete)(jobs.story, hint=way_on(session))
        session.terminal.fail(error.message, error.hint)
    else:
        session.terminal.say(jobs.story)


def _note(jobs: Jobs, name: str) -> str:
    return "it may be skipped" if name in jobs.may_skip and jobs.results[name] is Result.SKIPPED else ""


def way_on(session: Session) -> str:
    """Say where a run's log is."""
    run = session.settings.actions_run
    return f"read their logs: {run}" if run else "read their logs in the run"
