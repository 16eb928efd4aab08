"""The command `release`: words in, exit code out."""

from __future__ import annotations

import importlib
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from release.adapters.process import stop_all
from release.errors import Incomplete, ReleaseError, as_defect
from release.session import Session

if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = 130
USAGE = 2
_COMMANDS = (
    "run",
    "rehearse",
    "status",
    "plan",
    "tag",
    "snapshot",
    "sign",
    "verify",
    "reconcile",
    "audit",
    "yank",
    "restore",
    "doctor",
    "new",
)


class Commands(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Give their names in the order in which a newcomer needs them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"release.commands.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take no command at all for `run`."""
        if not args or (args[0].startswith("-") and args[0] not in {"-h", "--help", "--version"}):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 done or identical, 1 defect, 2 usage, 10 refused, 11 build, 12 gate refused, "
    "13 gate unavailable, 14 conflict, 15 incomplete, 16 verification.",
)
@click.version_option(package_name="wheelyard")
def release() -> None:
    """Take a package from its git tag into an index, proven at every step.

    Without a command, every package tag at HEAD is released.

    \b
    Examples:
      hatch run release rehearse                 try everything, touch nothing
      hatch run release tag env-drift minor      make the next tag
      hatch run release                          release what is tagged at HEAD
    """


def main(words: list[str] | None = None) -> NoReturn:
    """Run a command and end the process with its code."""
    session = Session.open()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup asks for that
            signal.signal(number, _interrupt)
    try:
        code = release.main(words, prog_name="release", standalone_mode=False, obj=session)
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
            ReleaseError("interrupted: nothing half-done is visible", hint="run the same command again"), INTERRUPTED
        )
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  # whoever asked for a document gets one, whatever happens
        defect = as_defect(error)
        session.fail(defect)
        code = defect.exit_code
    sys.exit(code or 0)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """End what runs before anything waits for it."""
    stop_all()
    raise KeyboardInterrupt
