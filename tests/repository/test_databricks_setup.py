"""What DATABRICKS_SETUP.md says is so: its commands are ones, its tables are the programs', its blocks can be read."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import sys

import click
import pytest
import tomli
import yaml

from cluster.cli import cluster
from cluster.model.cluster_file import ClusterFile
from release.cli import release
from release.session import Session
from release.settings import Settings
from tests.cluster.rendering import CASES, render, require_valid
from tests.databricks.rotation import job
from tests.repository.tree import ROOT

FOLDER = ROOT / "databricks"
PAGE = (FOLDER / "DATABRICKS_SETUP.md").read_text()
OURS = re.compile(r"hatch run (?P<program>cluster|release) (?P<words>[^`#\n]+)")
PROGRAMS = {"cluster": cluster, "release": release}
OPEN = "(to be confirmed on a workspace)"


def blocks(language: str) -> list[str]:
    """Give the code blocks of a language."""
    return [
        re.sub(r"^   ", "", block, flags=re.MULTILINE) if indent else block
        for indent, block in re.findall(rf"^( *)```{language}\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE)
    ]


def rows_of(*headings: str) -> list[list[list[str]]]:
    """Give the tables that have these headings, row by row and cell by cell."""
    head = re.escape("| " + " | ".join(headings) + " |")
    tables = re.findall(rf"^{head}\n\|[-|]+\|\n((?:\|.*\|\n)+)", PAGE, re.MULTILINE)
    return [
        [[cell.strip(" `") for cell in row.strip("|\n").split(" | ")] for row in table.splitlines()] for table in tables
    ]


def load_codes() -> dict[str, int]:
    """Give the words with which nodes fail, and their exit codes."""
    sys.path.insert(0, str(FOLDER))
    try:
        codes: dict[str, tuple[int, str]] = importlib.import_module("node").CODES
    finally:
        sys.path.remove(str(FOLDER))
    return {word: number for word, (number, _) in codes.items()}


CALLS = sorted({(each["program"], each["words"].strip()) for each in OURS.finditer(PAGE)})


@pytest.mark.parametrize(("program", "words"), CALLS, ids=lambda each: each)
def test_every_command_of_ours_is_one_with_these_words(program: str, words: str) -> None:
    name, *rest = shlex.split(words)
    group = PROGRAMS[program]
    command = group.get_command(click.Context(group), name)
    assert command, f"there is no {program} {name}"
    while isinstance(command, click.Group):
        command = command.get_command(click.Context(command), rest.pop(0))
        assert command
    needed = sum(parameter.required for parameter in command.params if isinstance(parameter, click.Argument))
    if not rest and needed and f"`hatch run {program} {words}`" in PAGE:
        rest = ["NAME"] * needed  # in a sentence, what it is about may have been said before
    command.make_context(name, rest, obj=Session(Settings({})))


def test_there_are_commands_to_look_at() -> None:
    assert {words.split()[0] for program, words in CALLS if program == "cluster"} >= {
        "bundle", "check", "list", "lock", "prune", "push", "render", "rollback", "runtime", "status",
    }  # fmt: skip


def test_every_way_in_which_a_node_fails_is_there_with_its_code_cause_and_cure() -> None:
    nodes, rotation = rows_of("code", "exit", "what happened", "what to do")[::-1]
    assert {word: int(number) for word, number, _, _ in nodes} == load_codes()
    assert {word: int(number) for word, number, _, _ in rotation} == {
        word: job.Failed(word, "").code for word in job.HINTS
    }
    assert all(cause and cure for _, _, cause, cure in (*nodes, *rotation))


def test_the_skeleton_of_the_script_fails_with_the_same_words_and_codes() -> None:
    said = re.findall(r"^\s*fail ([a-z-]+) (\d+) ", (FOLDER / "init.sh").read_text(), re.MULTILINE)
    assert said
    assert {(word, int(number)) for word, number in said} <= load_codes().items()


def test_the_cluster_file_of_the_page_is_one() -> None:
    (text,) = blocks("toml")
    file = ClusterFile.model_validate(tomli.loads(text))
    assert "cluster-inventory" in file.packages


def test_the_permissions_of_the_page_are_those_that_nodes_use() -> None:
    (text,) = blocks("json")
    allowed = [each["Action"] for each in json.loads(text)["Statement"]]
    actions = {action for each in allowed for action in ([each] if isinstance(each, str) else each)}
    assert actions == {
        "codeartifact:GetAuthorizationToken",
        "codeartifact:GetRepositoryEndpoint",
        "codeartifact:ReadFromRepository",
        "sts:GetServiceBearerToken",
    }
    assert all(action in job.HINTS["token"] for action in actions)


def test_the_task_of_the_page_is_one_that_a_bundle_takes() -> None:
    (text,) = blocks("yaml")
    tasks = yaml.safe_load(text)
    cluster_of_it = {"job_cluster_key": tasks[0]["job_cluster_key"], "new_cluster": {}}
    jobs = {"job": {"name": "job", "job_clusters": [cluster_of_it], "tasks": tasks}}
    require_valid("bundle", {"bundle": {"name": "a"}, "variables": {}, "resources": {"jobs": jobs}})
    assert (FOLDER / tasks[0]["spark_python_task"]["python_file"]).is_file()


def test_the_rotation_is_deployed_with_every_variable_that_has_no_default() -> None:
    bundle = yaml.safe_load((FOLDER / "databricks.yml").read_text())
    (command,) = (block for block in blocks("sh") if "bundle deploy" in block and block.startswith("cd "))
    given = set(re.findall(r'--var="(\w+)=', command))
    assert given == {name for name, each in bundle["variables"].items() if "default" not in each}


def test_the_rotation_s_job_calls_it_with_its_own_words_and_leaves_time_for_a_second_run() -> None:
    ((task,),) = (
        each["tasks"] for each in yaml.safe_load((FOLDER / "databricks.yml").read_text())["resources"]["jobs"].values()
    )
    assert (FOLDER / task["spark_python_task"]["python_file"]).is_file()
    given = job.read_words(task["spark_python_task"]["parameters"])
    assert (given.hours, given.every) == (job.HOURS, job.EVERY)
    assert given.hours >= (job.SPARE + 1) * given.every
    text = (FOLDER / "databricks.yml").read_text()
    assert f"0/{given.every:g} * * ?" in text


def test_the_blocks_of_python_compile() -> None:
    found = blocks("python")
    assert found
    for block in found:
        compile(block, "DATABRICKS_SETUP.md", "exec")


def test_what_nobody_has_seen_on_a_workspace_is_marked() -> None:
    assert PAGE.count(OPEN) >= 8
    marked = [paragraph for paragraph in PAGE.split("\n\n") if OPEN.removesuffix(")") in paragraph.replace("\n", " ")]
    assert any("instance profile's credentials" in each for each in marked)
    assert any("serverless notebooks take" in each.lower() for each in marked)


def test_every_file_that_is_rendered_is_named_in_the_table_of_ways() -> None:
    (row,) = re.findall(r"^\| rendered as \|.*$", PAGE, re.MULTILINE)
    named = set(re.findall(r"`([a-z.]+)`", row))
    made = {path.removeprefix("libraries/") for name, keys in CASES.items() for path in render(name, **keys).files}
    assert named == made - {"lock.txt"}
