"""Scripts of workflows, word by word: what `hatch run` is asked for exists, and takes the words that it is given."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

import click

from cluster.cli import cluster
from release.cli import release

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)|(\w+))|(?<=\s)@([A-Z]\w*)")
_GIVEN: Final = re.compile(r"(?:ACTIONS_ID_TOKEN|GITHUB|RUNNER)_[A-Z_]+|CI|HOME|PATH")
PROGRAMS: Final = {"cluster": cluster, "release": release}
_REDIRECTIONS: Final = {">", ">>"}


def find_unknown_variables(script: str, known: Collection[str]) -> list[str]:
    """Give the variables that a script reads and nobody sets."""
    named = {next(filter(None, each)) for each in _VARIABLE.findall(script)}
    return sorted(each for each in named if each not in known and not _GIVEN.fullmatch(each))


def find_wrong_words(script: str, scripts: Collection[str]) -> Iterator[str]:
    """Give what is wrong with each call of Hatch; whatever else a script runs is not looked at."""
    for line in script.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] != ["hatch"]:
            continue
        if words[1:2] != ["run"] or len(words) < 3:
            yield f"{line}: a workflow calls hatch run and a script"
        elif words[2] not in {*scripts, *PROGRAMS}:
            yield f"{line}: there is no script {words[2]}"
        elif words[2] in PROGRAMS:
            yield from _parse(words[2], _without_redirection(words[3:]))


def _parse(program: str, words: list[str]) -> Iterator[str]:
    """Have click part the words as it would; values are not looked at, as they are known when it runs."""
    group, name = PROGRAMS[program], words[0] if words else ""
    command = group.get_command(click.Context(group), name)
    if command is None:
        yield f"{program}: there is no command {name!r}"
        return
    try:
        _, rest, _ = command.make_parser(click.Context(command, info_name=name)).parse_args(args=words[1:])
    except click.UsageError as error:
        yield f"{program} {name}: {error.format_message()}"
        return
    if rest:
        yield f"{program} {name}: {shlex.join(rest)} is too much"


def _without_redirection(words: list[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and kept[-2] in _REDIRECTIONS:
        del kept[-2:]
    return kept
