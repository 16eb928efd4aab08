"""What the documents say is so: their commands run, their links lead somewhere, their settings are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release.model.policy import PackagePolicy, RootPolicy
from release.model.trust import DOCUMENT, Builder
from release.settings import parse_table
from tests.repository.terminal import INSTALLED, Terminal
from tests.repository.tree import ROOT, copy_repository
from tests.repository.typed import scripts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

README = (ROOT / "README.md").read_text()


def block_after(marker: str) -> list[str]:
    """Give the commands of the code block behind a comment of the README."""
    found = re.search(rf"<!-- {marker} -->\n```sh\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no block “{marker}”"
    return [line.partition(" #")[0].strip() for line in found[1].splitlines() if line.strip()]


def test_continuous_integration_runs_the_two_commands() -> None:
    first, second = block_after("the two commands")
    assert first.endswith("hatch run release rehearse")
    assert second.endswith("hatch run test")
    assert "the two commands" in (ROOT / ".ci" / "run").read_text()


def test_the_settings_of_the_release_page_are_read() -> None:
    text = (ROOT / "RELEASING.md").read_text()
    root, package = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert parse_table(root.encode(), "RELEASING.md", RootPolicy, "tool", "release").audit.ignore
    assert parse_table(package.encode(), "RELEASING.md", PackagePolicy, "tool", "release").smoke.spark == "4.0"


def test_the_settings_of_the_security_page_are_read() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", (ROOT / "SECURITY.md").read_text(), re.DOTALL)
    policy = parse_table(text.encode(), "SECURITY.md", RootPolicy, "tool", "release")
    assert policy.trusted_keys[0].builders == ("separate-signer",)


def test_the_settings_of_the_runbook_are_read() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", (ROOT / "OPERATOR_RUNBOOK.md").read_text(), re.DOTALL)
    policy = parse_table(text.encode(), "OPERATOR_RUNBOOK.md", RootPolicy, "tool", "release")
    assert policy.trusted_keys[0].builders == ("separate-signer",)


def test_the_readme_names_every_command_of_hatch_toml() -> None:
    (row,) = re.findall(r"^\| `hatch.toml` \| environments and commands: (.*) \|$", README, re.MULTILINE)
    assert set(re.findall(r"`([\w-]+)`", row)) == {name for name in scripts() if ":" not in name}


def test_every_promise_names_a_test_that_there_is() -> None:
    promises = re.findall(
        r"^\| [^|]+ \| [^|]+ \| `([^`:]+)(?:::(\w+))?` \|$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE
    )
    assert len(promises) > 15
    for place, name in promises:
        assert f"def {name or 'test_'}" in (ROOT / place).read_text(), f"{place}::{name}"


def test_the_build_type_leads_to_its_page_and_each_builder_to_its_heading() -> None:
    page = (ROOT / DOCUMENT.partition("/blob/main/")[2]).read_text()
    assert not [each for each in Builder if f"\n### {each.short}\n" not in page]
    assert all(f"**{each.level}**" in page.partition(f"### {each.short}\n")[2].partition("###")[0] for each in Builder)


def test_every_folder_that_the_readme_names_is_there() -> None:
    rows = re.findall(r"^\| `([^`<]+)`", README, re.MULTILINE)
    assert rows
    assert not [row for row in rows if not (ROOT / row).exists()]


def test_the_next_seven_commands_of_the_readme_run(outside: Mapping[str, str], tmp_path: Path) -> None:
    copy_repository(tmp_path / "clone")
    terminal = Terminal.make(tmp_path / "programs", outside)
    commands, name = block_after("commands that a test runs"), free_name("my-library")
    assert len(commands) == 7
    for command in commands:
        terminal.type(command.replace("my-library", name), tmp_path / "clone")
    assert (tmp_path / "clone" / INSTALLED / name.replace("-", "_") / "__init__.py").is_file()


def free_name(name: str) -> str:
    """Give another name where whoever followed the README has that one already."""
    return f"{name}-again" if (ROOT / "packages" / name).exists() else name
