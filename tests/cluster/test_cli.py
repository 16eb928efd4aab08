"""The command `cluster` as its users have it."""

from __future__ import annotations

import json
import re

import pytest

from cluster.cli import ClusterCommands, main
from tests.repository.tree import ROOT


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def test_it_counts_the_libraries_of_every_runtime(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "tests")
    assert call("runtime", "list", "--json") == 0
    counted = {each["name"]: each["pins"] for each in json.loads(capsys.readouterr().out)["runtimes"]}
    assert set(counted) == {path.stem for path in (ROOT / "databricks" / "runtimes").glob("*.txt")}
    table = (ROOT / "databricks" / "runtimes" / "15.4.txt").read_text()
    assert counted["15.4"] == len(re.findall(r"^[a-zA-Z0-9._-]+==", table, re.MULTILINE))


def test_it_prints_a_line_for_each_runtime(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert call("runtime", "list") == 0
    assert re.search(r"^17\.3 +3\.12 +4\.0\.0 +25\.0\.1 +2\.39 +\d+ +\d+$", capsys.readouterr().out, re.MULTILINE)


def test_elsewhere_it_says_that_there_is_no_table(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert call("runtime", "list") == 2
    assert "databricks/runtimes holds no table" in capsys.readouterr().err


def test_an_unknown_word_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("lsit") == 2
    assert "lsit" in capsys.readouterr().err


@pytest.mark.parametrize("name", ClusterCommands.known)
def test_what_help_says_of_defaults_is_written_as_it_is_read(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(name, "--help") == 0
    said = capsys.readouterr().out
    assert "Usage: cluster" in said
    assert "\\[" not in said
