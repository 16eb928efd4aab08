"""The command `release`: words in, exit code out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click

from release.program import Commands, run_program

if TYPE_CHECKING:
    from click import Context


class ReleaseCommands(Commands):
    """The commands of `release`."""

    home = "release.commands"
    known = (
        "run",
        "rehearse",
        "status",
        "plan",
        "tag",
        "snapshot",
        "build",
        "sign",
        "publish",
        "verify",
        "reconcile",
        "audit",
        "yank",
        "restore",
        "doctor",
        "new",
        "jobs",
        "tell",
    )

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Take no command at all for `run`."""
        if not args or (args[0].startswith("-") and args[0] not in {"-h", "--help", "--version"}):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.command(
    cls=ReleaseCommands,
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
    run_program(release, "release", words)
