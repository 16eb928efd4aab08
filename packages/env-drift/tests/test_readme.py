from __future__ import annotations

import re
from pathlib import Path

import pytest

import env_drift
from env_drift import Kind
from env_drift.command import make_parser

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", env_drift.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert re.search(rf"\| `{name}\b", README) or re.search(rf"`{name}` ", README)
    assert getattr(env_drift, name).__doc__


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_documented(kind: Kind) -> None:
    assert f"| `{kind}` |" in README


def test_every_option_is_documented() -> None:
    (commands,) = (action for action in make_parser()._actions if action.dest == "command")  # noqa: SLF001  # no other way
    assert isinstance(commands.choices, dict)
    options = {option for action in commands.choices["check"]._actions for option in action.option_strings}  # noqa: SLF001
    assert options - {"-h", "--help"}
    for option in options - {"-h", "--help"}:
        assert f"`{option}" in README


def test_the_examples_of_the_readme_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "requirements.txt").write_text("requests==2.32.0\nidna==3.8\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    example = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[1]
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102  # the README's own words
    assert capsys.readouterr().out == "idna: 3.8 is locked, 3.7 is installed\n"
