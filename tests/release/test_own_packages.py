"""The guide of packages/README.md, block by block: in a copy without our libraries, two others are released."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from release.model.strict_json import parse_strictly
from tests.repository.terminal import INSTALLED, Terminal
from tests.repository.tree import PACKAGES, ROOT, copy_repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GUIDE = (ROOT / "packages" / "README.md").read_text()
ADDRESS = "https://github.com/wheelyard/wheelyard"
BLOCKS = re.findall(r"<!-- bring your own packages: (\d) -->\n```sh\n(.*?)```", GUIDE, re.DOTALL)
LEFT_OUT = "not the_next_seven_commands_of_the_readme"
"""What does by seven other commands what the guide does."""


def test_the_guide_has_a_block_for_each_of_its_steps() -> None:
    steps = re.findall(r"^\*\*(\d)\. ", GUIDE, re.MULTILINE)
    assert [number for number, _ in BLOCKS] == steps == [str(number) for number in range(1, 8)]


def test_who_follows_the_guide_releases_packages_of_their_own(outside: Mapping[str, str], tmp_path: Path) -> None:
    copy_repository(tmp_path / "wheelyard")
    moved = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_VALUE_0": ADDRESS}
    moved["GIT_CONFIG_KEY_0"] = f"url.{(tmp_path / 'wheelyard').as_uri()}.insteadOf"
    terminal = Terminal.make(tmp_path / "programs", {**outside, **moved}, "-k", LEFT_OUT)
    folder = tmp_path
    for _, block in BLOCKS:
        folder = terminal.type(block, folder)
    own = {path.name for path in (folder / "packages").iterdir() if path.is_dir()}
    assert own == {"rolling-means", "table-history"}
    assert not own & {package.name for package in PACKAGES}
    (receipt,) = (folder / "dist").glob("table-history/0.1.0/*.receipt.json")
    assert {gate["verdict"] for gate in parse_strictly(receipt.read_bytes())["gates"]} == {"passed"}
    said = subprocess.run(
        [sys.executable, "-c", "from table_history import mean; print(mean([1.0, 2.0, 6.0]))"],
        env={"PYTHONPATH": str(folder / INSTALLED)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "3.0\n"
