"""One call of the command line: its settings, its terminal, and the one document it may owe."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click

from release.adapters.terminal import Terminal
from release.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.errors import ReleaseError

Command = TypeVar("Command", bound="Callable[..., Any]")


@dataclass
class Session:
    """What every command is given."""

    settings: Settings
    terminal: Terminal = field(default_factory=Terminal)
    as_json: bool = False
    _answered: bool = False

    @classmethod
    def open(cls) -> Session:
        """Open one for this process."""
        return cls(Settings.from_process())

    def answer(self, document: object) -> None:
        """Give the one document that `--json` promises."""
        self._answered = True
        self.terminal.document(json.dumps(document, indent=2, default=str))

    def fail(self, error: ReleaseError, code: int | None = None) -> None:
        """Say what went wrong on standard error, and in the document where one is owed."""
        self.terminal.fail(error.message, error.hint)
        if self.as_json and not self._answered:
            said = {"exit_code": code or error.exit_code, "message": error.message, "hint": error.hint}
            self.answer({"error": said})


def json_option(command: Command) -> Command:
    """Add `--json` to a command, and remember that it was given."""

    def remember(context: click.Context, _parameter: click.Parameter, value: bool) -> bool:  # noqa: FBT001  # click's
        context.find_object(Session).as_json = value  # type: ignore[union-attr]  # main always gives one
        return value

    words = "Print one JSON document on standard output; talk goes to standard error."
    return click.option(
        "--json", "as_json", is_flag=True, is_eager=True, expose_value=False, callback=remember, help=words
    )(command)


def target_option(words: str, default: str = "local") -> Callable[[Command], Command]:
    """Add `--to`, which can be given again, to a command; it is then given `targets`."""
    help_text = f"{words}; repeatable.  [default: {default}]"
    return click.option("--to", "targets", multiple=True, metavar="TARGET", help=help_text)


def digests_option(words: str) -> Callable[[Command], Command]:
    """Add `--digests`, which can be given again, to a command."""
    help_text = (
        f"{words}: {{file name: SHA-256}}, as `build` and `sign` give it; repeatable, the last word on a name counts."
    )
    return click.option("--digests", multiple=True, metavar="JSON", help=help_text)
