"""The README's example runs and prints what the README says it prints."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

README = Path(__file__).parents[1] / "README.md"


@pytest.mark.spark
def test_the_example_prints_what_the_readme_shows(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = dict(re.findall(r"```(toml|python|text)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL))
    (tmp_path / "orders.toml").write_text(blocks["toml"], encoding="utf-8")
    (tmp_path / "example.py").write_text(blocks["python"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path("example.py", init_globals={"spark": spark})
    assert capsys.readouterr().out == blocks["text"]
