"""Help texts in documents: `python -m tests.repository.helps` writes them anew, and names those that were another.

A block stands behind a comment that says which: `<!-- help: release build -->`.
"""

from __future__ import annotations

import re
import sys

import click

from tests.repository.page import PAGES, Page
from tests.repository.typed import PROGRAMS

_WIDTH = 100
_BLOCK = re.compile(r"(<!-- help: ([a-z -]+?) -->\n```text\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)


def all_commands() -> set[str]:
    """Give every command of both programs, as it is called."""
    found = set(PROGRAMS)
    for program, group in PROGRAMS.items():
        for name in group.list_commands(click.Context(group)):
            found.add(f"{program} {name}")
            command = group.get_command(click.Context(group), name)
            if isinstance(command, click.Group):
                found |= {f"{program} {name} {each}" for each in command.list_commands(click.Context(command))}
    return found


def say_help(words: str) -> str:
    """Give what `--help` of a command shows on a terminal of 100 columns."""
    program, *names = words.split()
    command: click.Command = PROGRAMS[program]
    context = click.Context(command, info_name=program, terminal_width=_WIDTH)
    for name in names:
        found = command.get_command(context, name) if isinstance(command, click.Group) else None
        assert found, f"there is no {words}"
        command = found
        context = click.Context(command, info_name=name, parent=context, terminal_width=_WIDTH)
    return "".join(f"{line.rstrip()}\n" for line in command.get_help(context).splitlines())


def shown_helps(page: Page) -> dict[str, str]:
    """Give the help texts that a document shows, by the command."""
    return {words: text for _, words, text, _ in _BLOCK.findall(page.text)}


def renew(text: str) -> str:
    """Give a document with every help text as the program has it."""
    return _BLOCK.sub(lambda match: f"{match[1]}{say_help(match[2])}{match[4]}", text)


def main() -> None:
    """Name every help text that is not the program's; write it anew, if nobody asks for the names alone."""
    for page in PAGES:
        print(*(words for words, text in shown_helps(page).items() if text != say_help(words)), sep="\n", end="")  # noqa: T201  # a program
        if "--names" not in sys.argv[1:] and (text := renew(page.text)) != page.text:
            page.path.write_text(text)


if __name__ == "__main__":
    main()
