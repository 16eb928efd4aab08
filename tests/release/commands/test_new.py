"""`new`: what it makes passes every gate as it is, and what it refuses leaves nothing behind."""

from __future__ import annotations

import shlex
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import tomli

from release.template import TEMPLATE
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import ReleaseCommand
    from tests.release.repository import Repository

FILES = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "src/table_history/__init__.py",
    "src/table_history/py.typed",
    "tests/test_mean.py",
}


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def bring_runtimes(repository: Repository) -> None:
    for table in (ROOT / "databricks" / "runtimes").iterdir():
        repository.write(f"databricks/runtimes/{table.name}", table.read_bytes())


def test_what_it_makes_is_released_as_it_is_and_installs(
    repository: Repository, release: ReleaseCommand, tmp_path: Path
) -> None:
    bring_runtimes(repository)
    repository.commit()
    release("new", "table-history").expect(0)
    repository.commit("Add table-history")
    doctor = release("doctor", "table-history", "--json").expect(0).document
    assert {each["check"] for each in doctor["checks"] if each["state"] != "ok"} <= {"hatch"}
    release("tag", "table-history", "0.1.0").expect(0)
    (outcome,) = release("run", "--json").expect(0).document["outcomes"]
    verdicts = {gate["name"]: gate["verdict"] for gate in outcome["receipt"]["gates"]}
    assert verdicts == {"check": "passed", "smoke": "passed", "audit": "passed", "runtimes": "passed"}
    installed = tmp_path / "installed"
    words = ["install", "--quiet", "--no-deps", "--target", str(installed), "--index-url", repository.index().as_uri()]
    subprocess.run([sys.executable, "-m", "pip", *words, "table-history==0.1.0"], check=True)
    said = subprocess.run(
        [sys.executable, "-c", "from table_history import mean; print(mean([1.0, 2.0, 6.0]))"],
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "3.0\n"


def test_it_makes_every_file_and_says_what_comes_next(repository: Repository, release: ReleaseCommand) -> None:
    repository.commit()
    ended = release("new", "table-history").expect(0)
    assert files_below(repository.root / "packages" / "table-history") == FILES
    assert ended.out.splitlines() == [
        'git add packages/table-history && git commit -m "Add table-history" -- packages/table-history',
        "hatch run release rehearse table-history",
        "hatch run release tag table-history 0.1.0",
    ]
    changelog = (repository.root / "packages/table-history/CHANGELOG.md").read_text()
    assert f"## [0.1.0] - {datetime.now(UTC).date()}" in changelog


def test_the_first_command_it_names_commits_the_package_alone(repository: Repository, release: ReleaseCommand) -> None:
    repository.commit()
    repository.write("unrelated.txt", "left alone")
    first = release("new", "table-history").expect(0).out.splitlines()[0]
    for command in first.split(" && "):
        repository.git(*shlex.split(command)[1:])
    assert repository.git("status", "--porcelain") == "?? unrelated.txt"


def test_the_document_names_the_files(repository: Repository, release: ReleaseCommand) -> None:
    repository.commit()
    document = release("new", "table-history", "--json").expect(0).document
    assert document["folder"] == "packages/table-history"
    assert set(document["files"]) == FILES
    assert document["documents"] == []
    assert len(document["next"]) == 3


@pytest.mark.parametrize(
    ("remote", "home"),
    [
        ("git@github.com:ada/engine.git", "https://github.com/ada/engine"),
        ("https://ada:secret@git.example.com:8443/ada/engine.git", "https://git.example.com/ada/engine"),
        ("ssh://git@git.example.com:22/ada/engine", "https://git.example.com/ada/engine"),
        ("/srv/engine.git", "https://github.com/wheelyard/wheelyard"),
    ],
)
def test_its_links_lead_to_the_remote_without_any_secret(
    remote: str, home: str, repository: Repository, release: ReleaseCommand
) -> None:
    repository.commit()
    repository.git("remote", "add", "origin", remote)
    release("new", "table-history").expect(0)
    project = (repository.root / "packages/table-history/pyproject.toml").read_text()
    assert f'Source = "{home}/tree/main/packages/table-history"' in project
    assert "secret" not in project


def test_without_a_remote_its_links_lead_where_the_repository_says_that_it_is(
    repository: Repository, release: ReleaseCommand
) -> None:
    repository.write("pyproject.toml", '[tool.release]\nrepository = "https://git.example.com/ada/engine"\n')
    repository.commit()
    release("new", "table-history").expect(0)
    project = (repository.root / "packages/table-history/pyproject.toml").read_text()
    assert 'Source = "https://git.example.com/ada/engine/tree/main/packages/table-history"' in project


@pytest.mark.parametrize(
    ("licence", "name"),
    [
        ("MIT License\n\nCopyright (c) 1999 Ada\n", "MIT"),
        ("        Apache License\n  Version 2.0, January 2004\n", "Apache-2.0"),
        ("All rights reserved. For members of the company alone.\n", "LicenseRef-Proprietary"),
    ],
)
def test_its_licence_is_the_repositorys_and_named_as_what_it_is(
    licence: str, name: str, repository: Repository, release: ReleaseCommand
) -> None:
    repository.write("LICENSE", licence)
    repository.commit()
    release("new", "table-history").expect(0)
    folder = repository.root / "packages/table-history"
    assert (folder / "LICENSE").read_text() == licence
    assert tomli.loads((folder / "pyproject.toml").read_text())["project"]["license"] == name


def test_where_the_repository_has_no_licence_it_has_one_of_its_own(
    repository: Repository, release: ReleaseCommand
) -> None:
    repository.commit()
    release("new", "table-history").expect(0)
    assert (repository.root / "packages/table-history/LICENSE").read_text().startswith("MIT License\n")


def test_a_licence_of_a_company_passes_the_gates_too(repository: Repository, release: ReleaseCommand) -> None:
    repository.write("LICENSE", "All rights reserved.\n")
    bring_runtimes(repository)
    repository.commit()
    release("new", "table-history").expect(0)
    repository.commit()
    release("rehearse", "table-history").expect(0)


def test_documents_with_a_row_for_each_package_get_theirs(repository: Repository, release: ReleaseCommand) -> None:
    form = (
        "<!-- packages: | [$name]($folder/README.md) | `$imports` | $description | -->\n| a | b | c |\n|---|---|---|\n"
    )
    gone = "| [gone](packages/gone/README.md) | `gone` | It has left. |\n"
    repository.add("alpha").write("packages/broken/pyproject.toml", "not a project")
    readme = repository.write("README.md", f"# Ours\n\n{form}{gone}\nMore.\n")
    other = repository.write("OTHER.md", "| a |\n|---|\n")
    repository.commit()
    first = release("new", "table-history").expect(0).out.splitlines()[0]
    assert readme.read_text() == (
        f"# Ours\n\n{form}| [alpha](packages/alpha/README.md) | `alpha` | The package alpha |\n"
        "| [broken](packages/broken/README.md) | `broken` |  |\n"
        "| [table-history](packages/table-history/README.md) | `table_history` "
        "| The arithmetic mean of finite numbers |\n\nMore.\n"
    )
    assert other.read_text() == "| a |\n|---|\n"
    assert first.endswith('"Add table-history" -- packages/table-history README.md')


def test_a_document_that_is_no_text_is_named_and_the_package_is_made(
    repository: Repository, release: ReleaseCommand
) -> None:
    repository.write("README.md", b"\xff")
    repository.commit()
    ended = release("new", "table-history").expect(15)
    assert "README.md can't be given the rows of its packages" in ended.err
    assert (repository.root / "packages/table-history/pyproject.toml").is_file()


def test_it_stands_where_the_members_are_and_leads_back_to_the_root(
    repository: Repository, release: ReleaseCommand
) -> None:
    repository.write("pyproject.toml", '[tool.release]\nmembers = ["libraries/python/*"]\n')
    repository.commit()
    release("new", "table-history").expect(0)
    project = (repository.root / "libraries/python/table-history/pyproject.toml").read_text()
    assert 'root = "../../.."' in project


def test_members_without_a_place_for_it_are_refused(repository: Repository, release: ReleaseCommand) -> None:
    repository.write("pyproject.toml", '[tool.release]\nmembers = ["packages/alpha"]\n')
    repository.commit()
    assert 'members = ["packages/*"]' in release("new", "table-history").expect(2).err
    assert not (repository.root / "packages").exists()


def test_a_repository_without_a_commit_takes_its_first_package(repository: Repository, release: ReleaseCommand) -> None:
    release("new", "table-history").expect(0)
    assert (repository.root / "packages/table-history/pyproject.toml").is_file()


@pytest.mark.parametrize("name", ["Table_History", "table--history", "-x", "tâble", "a/b", "..", "", "a\n", "a" * 65])
def test_a_name_that_is_not_normalised_or_not_safe_is_refused(
    name: str, repository: Repository, release: ReleaseCommand
) -> None:
    repository.commit()
    before = files_below(repository.root)
    assert "hint:" in release("new", "--", name).expect(2).err
    assert files_below(repository.root) == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class", "a word of Python itself"),
        ("match", "a word of Python itself"),
        ("json", "a module of the standard library"),
        ("3d-tables", "begins with a digit"),
        ("com1", "Windows keeps the name"),
        ("cluster", "called so themselves"),
        ("hatchling", "a distribution that the environments install"),
        ("alpha", "a package of this repository"),
        ("retired", "the tag retired/v1.0.0"),
    ],
)
def test_a_name_of_something_else_is_refused_with_the_reason(
    name: str, reason: str, repository: Repository, release: ReleaseCommand
) -> None:
    repository.add("alpha").commit()
    repository.tag("retired/v1.0.0")
    before = files_below(repository.root)
    assert reason in release("new", name).expect(2).err
    assert files_below(repository.root) == before


@pytest.mark.parametrize("there", ["table-history", "Table-History"])
def test_what_is_there_already_is_left_alone(there: str, repository: Repository, release: ReleaseCommand) -> None:
    repository.write(f"packages/{there}/notes.txt", "mine")
    assert "is there already" in release("new", "table-history").expect(2).err
    assert files_below(repository.root / "packages") == {f"{there}/notes.txt"}


def test_a_name_that_leads_nowhere_is_taken_too(repository: Repository, release: ReleaseCommand) -> None:
    (repository.root / "packages").mkdir()
    (repository.root / "packages/table-history").symlink_to("nowhere")
    assert "is there already" in release("new", "table-history").expect(2).err


def test_where_nothing_can_be_written_nothing_is_left(repository: Repository, release: ReleaseCommand) -> None:
    repository.write("packages", "a file")
    assert "packages" in release("new", "table-history").expect(15).err
    assert (repository.root / "packages").read_text() == "a file"


def test_every_template_is_rendered_and_none_is_python_that_tools_would_read() -> None:
    kept = {path.name for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {name for name in kept if not name.endswith(".template")} == {"__init__.py"}
