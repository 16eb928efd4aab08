"""`tell`: what was found, for people on GitHub."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from release.adapters.github import open_board
from release.job_summary import tell_job
from release.model.hearing import LARGEST, Form, hear
from release.model.story import (
    COMMENT_MARK,
    ISSUE_MARK,
    Look,
    exit_code_of,
    sort_troubles,
    write_comment,
    write_farewell,
    write_issue,
)
from release.session import Session, json_option
from release.targets import SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release.adapters.github.board import Posted
    from release.model.hearing import Heard

_HEADINGS = ("", "where", "", "next")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--comment", "number", type=click.IntRange(min=1), metavar="NUMBER",
              help="Comment on this pull request instead: FILEs are of `rehearse`.")  # fmt: skip
@json_option
@click.pass_obj
def command(session: Session, files: Sequence[Path], number: int | None) -> int:
    """Keep one issue on GitHub that says what `reconcile` and `audit` found; FILEs are what they print with --json.

    It is opened when something is found, kept up to date, closed with a comment when nothing is, and opened again when
    something comes back. With --comment, one comment on a pull request says how `rehearse` ended. Nobody is mentioned
    by what a FILE says, and nothing in it becomes a link. A FILE that is missing or can't be read is a finding, too.

    The code is the gravest of the FILEs', so that the job that tells is red; 15 where one could not be read. After a
    comment it is 0. GITHUB_REPOSITORY and GITHUB_TOKEN say where, and by whom.

    \b
    Examples:
      hatch run release tell reconcile.json audit.json
      hatch run release tell rehearsal.json --comment 7
    """
    form = Form.COMMENT if number else Form.ISSUE
    board = open_board(session.settings, SECONDS)
    heard = [hear(path.name, _read(path), form) for path in files]
    look = Look(datetime.now(UTC), session.settings.actions_run)
    if number:
        body, code = write_comment(heard, look), 0
        _show(session, heard, body)
        posted = board.keep_comment(number, COMMENT_MARK, body)
    else:
        page, code = write_issue(heard, look), exit_code_of(heard)
        _show(session, heard, page.body)
        posted = board.keep_issue(ISSUE_MARK, page, write_farewell(look))
    _answer(session, posted, heard, code)
    return code


def _read(path: Path) -> bytes | None:
    """Give what a file holds, up to a little more than is read of it; nothing, where it can't be had."""
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError:
        return None


def _show(session: Session, heard: Sequence[Heard], page: str) -> None:
    """Show what was found before it is told: GitHub may not be reached."""
    rows = [(each.word, each.where, " ".join(each.said.split()), each.next) for each in sort_troubles(heard)]
    if rows and not session.as_json:
        session.terminal.table(_HEADINGS, rows)
    said = "; ".join(f"{each.name}: {each.said}" for each in heard)
    session.terminal.say(said)
    tell_job(session, page, (), ())


def _answer(session: Session, posted: Posted, heard: Sequence[Heard], code: int) -> None:
    found = sum(len(each.troubles) for each in heard)
    if session.as_json:
        session.answer({"did": posted.did, "address": posted.address, "findings": found, "exit_code": code})
    else:
        session.terminal.answer(f"{posted.did}: {posted.address or 'there is nothing to tell'}")
