"""A program of ours: commands that are imported when they are called, and every ending told in words and in a code."""

from __future__ import annotations

import importlib
import re
import signal
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import click

from release.adapters.process import stop_all
from release.errors import Incomplete, ReleaseError, UsageError, as_defect
from release.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from release.settings import Settings

INTERRUPTED = 130
USAGE = 2
_VARIABLE: Final = re.compile(r"@([A-Z][A-Z0-9_]*)")


class Commands(click.Group):
    """Commands, each the `command` of a module of the same name below `home`."""

    home = ""
    known: tuple[str, ...] = ()
    """Their names in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Give their names."""
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one."""
        if cmd_name not in self.known:
            return None
        module = importlib.import_module(f"{self.home}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


def run_program(group: click.Group, name: str, words: list[str] | None) -> NoReturn:
    """Run a command and end the process with its code."""
    session = Session.open()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup asks for that
            signal.signal(number, _interrupt)
    try:
        code = group.main(read_words(words, session.settings), prog_name=name, standalone_mode=False, obj=session)
    except ReleaseError as error:
        session.fail(error)
        code = error.exit_code
    except click.ClickException as error:
        session.as_json = "--json" in (sys.argv if words is None else words)  # click stopped before it came to it
        session.fail(ReleaseError(error.format_message(), hint="`--help` after any command shows its words"), USAGE)
        code = USAGE
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        failed = Incomplete(
            f"{error.strerror or error}{where}",
            hint="mend that (space, permissions), and run the same command again",
        )
        session.fail(failed)
        code = failed.exit_code
    except (KeyboardInterrupt, click.Abort):
        session.fail(
            ReleaseError(
                "interrupted: what was done stays done", hint="run the same command again, which goes on there"
            ),
            INTERRUPTED,
        )
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  # whoever asked for a document gets one, whatever happens
        defect = as_defect(error)
        session.fail(defect)
        code = defect.exit_code
    sys.exit(code or 0)


def read_words(words: Sequence[str] | None, settings: Settings) -> list[str]:
    """Put in place of a word `@NAME` what that variable holds.

    Hatch reads braces in the words of `hatch run` as its own: JSON ends it there, and a tag named `{env:SECRET}` would
    be told the secret. So jobs hand on in variables what they did not write themselves.
    """
    return [_read_word(each, settings) for each in (sys.argv[1:] if words is None else words)]


def _read_word(word: str, settings: Settings) -> str:
    match = _VARIABLE.fullmatch(word)
    if match is None:
        return word
    if settings.missing(match.groups()):
        raise UsageError(f"{word}: the variable {match[1]} is not set, or empty", hint=f"set {match[1]}")
    value = settings.environment[match[1]]
    if value.startswith("-"):
        raise UsageError(f"{word}: what it holds begins like an option", hint=f"look at {match[1]}")
    return value


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """End what runs before anything waits for it."""
    stop_all()
    raise KeyboardInterrupt
