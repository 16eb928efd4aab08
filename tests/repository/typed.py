"""Command lines as documents show them, held against the programs without running any."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING

import click
import tomli

from cluster.cli import cluster
from release.cli import release
from release.targets import NAMES
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROGRAMS: dict[str, click.Group] = {"release": release, "cluster": cluster}
_STANDS_FOR = re.compile(r"…|@?[A-Z][A-Z0-9|_-]*|<.*>|\$.*")
_OPERATOR = re.compile(r"[();&|]+")
_REDIRECTION = re.compile(r"[<>]+")
_SETTING = re.compile(r"\w+=")


def split_commands(text: str) -> Iterator[list[str]]:
    """Give the words of every simple command of a shell's text, without settings and redirections."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        is_place = False
        for word in [*lexer, ";"]:
            if _OPERATOR.fullmatch(word):
                if found := _without_settings(words):
                    yield found
                words = []
            elif _REDIRECTION.fullmatch(word):
                is_place = True
            elif is_place:
                is_place = False
            else:
                words.append(word)


def _without_settings(words: list[str]) -> list[str]:
    return words[next((at for at, word in enumerate(words) if not _SETTING.match(word)), len(words)) :]


def fault_of(words: Sequence[str], *, is_whole: bool = True) -> str:
    """Say what is wrong with a command line of ours; nothing where it is one, or another program's.

    A line that is not whole names a command, and may leave out what it is about.
    """
    if words[:2] == ["hatch", "run"] and len(words) > 2:
        name, *rest = words[2:]
        if braced := [word for word in rest if re.search(r"[{}]|^\$", word)]:
            return f"Hatch takes braces for its own, and there are, or may be, some in {braced[0]}: write @NAME"
    elif words[0] in PROGRAMS:
        name, *rest = words
    else:
        return ""
    if name in PROGRAMS:
        return _fault_of_program(name, rest, is_whole=is_whole)
    return "" if name in scripts() or name.rpartition(":")[2] == "python" else f"hatch.toml has no command {name}"


@cache
def scripts() -> frozenset[str]:
    """Give every command of hatch.toml, those of the default environment by their name alone too."""
    environments = tomli.loads((ROOT / "hatch.toml").read_text())["envs"]
    of_all = {f"{name}:{each}" for name, environment in environments.items() for each in environment.get("scripts", ())}
    return frozenset(of_all | set(environments["default"]["scripts"]))


def _fault_of_program(program: str, words: list[str], *, is_whole: bool) -> str:
    command: click.Command = PROGRAMS[program]
    if program == "release" and (not words or (words[0].startswith("-") and words[0] not in {"--help", "--version"})):
        words = ["run", *words]
    context = click.Context(command, info_name=program)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        found = command.get_command(context, name)
        if found is None:
            return f"there is no {context.command_path} {name}"
        command, context = found, click.Context(found, info_name=name, parent=context)
    if {"--help", "-h", "--version"} & set(words):
        return ""
    if isinstance(command, click.Group):
        return f"{context.command_path} needs a command" if is_whole else ""
    return _fault_of_words(command, context, words, is_whole=is_whole)


def _fault_of_words(command: click.Command, context: click.Context, words: list[str], *, is_whole: bool) -> str:
    try:
        given, too_many, _ = command.make_parser(context).parse_args(list(words))
    except click.UsageError as error:
        return f"{context.command_path}: {error.format_message()}"
    if too_many:
        return f"{context.command_path} takes no {too_many[0]}"
    values = {each: _texts(given.get(each.name or "")) for each in command.params}
    begun = [each for each in values if isinstance(each, click.Argument) and values[each]]
    for parameter, texts in values.items():
        if parameter.required and not texts and (is_whole or (begun and "…" not in words)):
            return f"{context.command_path} needs {parameter.human_readable_name}"
        for each in texts:
            if not _STANDS_FOR.fullmatch(each) and (said := _fault_of_value(parameter, each)):
                return f"{context.command_path}: {said}"
    return ""


def _texts(value: object) -> list[str]:
    return [each for each in (value if isinstance(value, list | tuple) else [value]) if isinstance(each, str)]


def _fault_of_value(parameter: click.Parameter, value: str) -> str:
    if parameter.metavar == "TARGET":
        return "" if value in NAMES else f"there is no target {value}"
    kind: click.ParamType[object] = parameter.type
    if isinstance(kind, click.Choice | click.types.IntRange):
        try:
            kind(value, parameter)
        except click.BadParameter as error:
            return error.format_message()
    return ""
