"""Every command line in a document is one that its program takes."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.repository.page import PAGES, Page, make_page
from tests.repository.typed import PROGRAMS, fault_of, scripts, split_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

WITH_COMMANDS_THAT_RUN = {  # the test that runs them
    "README.md": "tests/repository/test_documents.py",
    "RELEASING.md": "tests/release/test_documented_commands.py",
    "OPERATOR_RUNBOOK.md": "tests/release/test_documented_commands.py",
    "databricks/DATABRICKS_SETUP.md": "tests/cluster/commands/test_documented_commands.py",
}


def faults_of(page: Page) -> list[str]:
    """Say what is wrong with the command lines of a document."""
    return [*_faults_of_blocks(page), *_faults_of_helps(page), *_faults_of_prose(page)]


def _faults_of_blocks(page: Page) -> Iterator[str]:
    for block in page.blocks:
        if block.language == "sh":
            read = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, check=False)
            if read.returncode:
                yield read.stderr
                continue
            yield from (
                f"{' '.join(words)}: {said}" for words in split_commands(block.text) if (said := fault_of(words))
            )


def _faults_of_helps(page: Page) -> Iterator[str]:
    text = "\n".join(block.text for block in page.blocks if block.language == "text")
    for line in re.findall(r"^ +(hatch run .+?)(?:  .*)?$", text, re.MULTILINE):
        yield from (f"{line}: {said}" for words in split_commands(line) if (said := fault_of(words)))


def _faults_of_prose(page: Page) -> Iterator[str]:
    for code in page.codes:
        if re.match(rf"(?:\w+=\S+ )*(?:hatch|{'|'.join(PROGRAMS)}) \S", code):
            words = code.split() if "<" in code else list(split_commands(code))[-1]
            if said := fault_of(words, is_whole=False):
                yield f"{code}: {said}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_line_is_one_that_its_program_takes(page: Page) -> None:
    assert not faults_of(page)


def test_every_command_stands_in_a_document() -> None:
    text = "\n".join(page.text for page in PAGES)
    said = {f"{name} {each}" for name, group in PROGRAMS.items() for each in group.list_commands(None)}  # type: ignore[arg-type]  # it asks for nothing of it
    assert len(said) > 20
    said |= {each for each in scripts() if ":" not in each}
    assert not {each for each in said if f"hatch run {each}" not in text}


def test_blocks_that_promise_to_run_stand_only_where_a_test_runs_them() -> None:
    promising = {str(page) for page in PAGES for block in page.blocks if block.comment == "commands that a test runs"}
    assert promising == WITH_COMMANDS_THAT_RUN.keys()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hatch run release relaese", "there is no release relaese"),
        ("hatch run release run --force", "No such option"),
        ("hatch run release yank env-drift/v0.1.0", "needs reason"),
        ("hatch run release restore a/v1 b/v1", "takes no b/v1"),
        ("hatch run release run a/v1 --to s4", "there is no target s4"),
        ("AWS_REGION=x hatch run cluster push", "needs NAME"),
        ("cd dist && hatch run cluster rollback nightly-etl --to zero > out.txt", "zero"),
        ("hatch run release jobs --needs '{}'", "Hatch takes braces"),
        ('hatch run release jobs --needs "$NEEDS"', "write @NAME"),
        ("hatch run tset", "hatch.toml has no command tset"),
        ("hatch run lint:mendd", "hatch.toml has no command lint:mendd"),
        ('echo "unfinished', "unexpected EOF"),
    ],
)
def test_a_line_that_is_none_is_found(line: str, said: str) -> None:
    (fault,) = faults_of(make_page(f"```sh\n{line}\n```\n"))
    assert said.lower() in fault.lower()


@pytest.mark.parametrize(
    "code", ["hatch run release veriffy", "release sign --output", "cluster push --too s3", "release tag env-drift"]
)
def test_a_line_in_a_sentence_that_is_none_is_found(code: str) -> None:
    (fault,) = faults_of(make_page(f"Say `{code}` then.\n"))
    assert fault.startswith(code)


def test_an_example_in_a_help_text_that_is_none_is_found() -> None:
    (fault,) = faults_of(make_page("```text\nExamples:\n  hatch run release taag a minor      the next tag\n```\n"))
    assert "there is no release taag" in fault


def test_a_sentence_may_leave_out_what_a_command_is_about() -> None:
    assert not faults_of(
        make_page("Say `hatch run release yank`, or `hatch run release plan --to …`, then `pytest`.\n")
    )
