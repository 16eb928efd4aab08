"""`cluster runtime`: tables listed, captured, compared and described."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest

from cluster.adapters import capture_script
from cluster.model.capture import Capture
from release.steps.runtime_tables import FACTS, in_folder, read_runtimes
from tests.servers.index import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.locksmith import Locksmith

CAPTURED: dict[str, Any] = {
    "python": "3.11.4",
    "pip": "23.2.1",
    "glibc": "2.35",
    "spark": "",
    "distributions": {
        "idna": {"version": "3.4", "requires": []},
        "pandas": {"version": "1.5.3", "requires": ["numpy>=1.21"]},
        "requests": {"version": "2.32.0", "requires": []},
        "rich": {"version": "14.0", "requires": []},
    },
}


@pytest.fixture
def captured(tmp_path: Path) -> Path:
    file = tmp_path / "captured.json"
    file.write_text(json.dumps(CAPTURED))
    return file


def test_a_list_says_what_is_known_of_each_and_what_is_not(locksmith: Locksmith) -> None:
    lines = [line.split() for line in locksmith.call("runtime", "list").expect(0).out.splitlines()]
    assert lines == [
        ["runtime", "python", "spark", "pip", "glibc", "pins", "described"],
        ["tiny", "3.11", "-", "-", "-", "4", "4"],
    ]
    (tiny,) = locksmith.call("runtime", "list", "--json").expect(0).document["runtimes"]
    assert tiny == {
        "name": "tiny", "python": "3.11", "spark": "", "pip": "", "glibc": "", "pins": 4, "described": 4,
    }  # fmt: skip


def test_an_environment_is_captured_by_its_own_python(locksmith: Locksmith, tmp_path: Path) -> None:
    node = tmp_path / "node"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(node)], check=True)
    (packages,) = (node / "lib").glob("python*/site-packages")
    info = packages / "Ruamel_Yaml-0.17.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Ruamel.Yaml\nVersion: 0.17\nRequires-Dist: idna\n")
    ended = locksmith.call("runtime", "capture", "--python", str(node / "bin" / "python")).expect(0)
    assert ended.out.splitlines()[0].startswith("# source: captured by `hatch run cluster runtime capture` on 2")
    assert ended.out.splitlines()[1].startswith(f"# python {sys.version.split()[0]}, glibc 2.")
    assert ended.out.splitlines()[2:] == ["ruamel-yaml==0.17"]


def test_the_script_needs_nothing_but_the_standard_library_and_leaves_pyspark_out() -> None:
    done = subprocess.run([sys.executable, "-I", "-S", capture_script.__file__], capture_output=True, check=True)
    assert Capture.model_validate_json(done.stdout).distributions == {}
    found = Capture.model_validate(capture_script.read_environment())
    assert found.spark == version("pyspark")
    assert "pyspark" not in found.distributions
    assert found.pip == version("pip")
    assert any(line.startswith("packaging") for line in found.distributions["pytest"].requires)


def test_an_environment_of_another_c_library_has_no_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> str:
        raise ValueError(name)

    monkeypatch.setattr(os, "confstr", refuse)
    assert capture_script.read_environment()["glibc"] == ""


def test_a_captured_runtime_becomes_one_of_the_repository(locksmith: Locksmith, captured: Path) -> None:
    locksmith.call("runtime", "capture", "--from", str(captured), "--name", "18.1").expect(0)
    (found,) = read_runtimes(in_folder(locksmith.repository.root), ["18.1"])
    assert (found.python, found.pip, found.glibc, found.spark) == ("3.11", "23.2.1", "2.35", "")
    assert [str(each) for each in found.shipped] == ["idna==3.4", "pandas==1.5.3", "requests==2.32.0", "rich==14.0"]
    assert found.by_name["pandas"].requires == ("numpy>=1.21",)
    assert all(each.is_described for each in found.shipped)
    facts = (locksmith.repository.root / FACTS).read_text()
    refused = locksmith.call("runtime", "capture", "--from", str(captured), "--name", "18.1").expect(14)
    assert "there is a runtime 18.1 already" in refused.err
    assert (locksmith.repository.root / FACTS).read_text() == facts


def test_a_table_is_written_where_it_is_asked_for(locksmith: Locksmith, captured: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    ended = locksmith.call("runtime", "capture", "--from", str(captured), "--output", str(table), "--json").expect(0)
    assert ended.document["written"] == str(table)
    assert table.read_text().splitlines()[2:] == ["idna==3.4", "pandas==1.5.3", "requests==2.32.0", "rich==14.0"]
    assert "4 pins in" in locksmith.call("runtime", "capture", "--from", str(captured), "--output", str(table)).out


def test_a_comparison_says_what_was_added_is_missing_and_moved(locksmith: Locksmith, captured: Path) -> None:
    words = ("runtime", "capture", "--from", str(captured), "--diff", "tiny")
    found = locksmith.call(*words, "--json").expect(12).document
    assert found == {
        "against": "tiny",
        "same": False,
        "facts": {},
        "added": {"rich": "14.0"},
        "missing": {"numpy": "1.23.5"},
        "moved": {"requests": ["2.31.0", "2.32.0"]},
    }
    rows = [line.split() for line in locksmith.call(*words).expect(12).out.splitlines()[1:]]
    assert rows == [
        ["moved", "requests", "2.31.0", "2.32.0"],
        ["added", "rich", "-", "14.0"],
        ["missing", "numpy", "1.23.5", "-"],
    ]


def test_an_environment_that_is_the_runtime_differs_in_nothing(locksmith: Locksmith, captured: Path) -> None:
    locksmith.call("runtime", "capture", "--from", str(captured), "--name", "18.1").expect(0)
    words = ("runtime", "capture", "--from", str(captured), "--diff", "18.1")
    assert locksmith.call(*words, "--json").expect(0).document["same"] is True
    assert "no pin differs" in locksmith.call(*words).expect(0).out
    captured.write_text(json.dumps({**CAPTURED, "python": "3.12.3", "spark": "4.0.0"}))
    assert locksmith.call(*words, "--json").expect(12).document["facts"] == {"python": ["3.11", "3.12"]}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["capture", "--diff", "15.5"], 2, "there is no runtime '15.5'"),
        (["capture", "--python", "/nowhere/python"], 2, "/nowhere/python can't be run"),
        (["capture", "--python", "/bin/false"], 2, "/bin/false can't say what it has"),
        (["capture", "--python", "/bin/true"], 2, "this is not what capture_script.py prints"),
        (["capture", "--python", "/bin/true", "--from", "x"], 2, "name two environments"),
        (["capture", "--from", "nowhere.json"], 15, "nowhere.json"),
        (["describe", "15.5"], 2, "there is no runtime '15.5'"),
    ],
)
def test_wrong_words_are_refused(locksmith: Locksmith, words: list[str], code: int, says: str) -> None:
    ended = locksmith.call("runtime", *words).expect(code)
    assert says in ended.err
    assert "hint: " in ended.err


def test_what_an_index_knows_of_rows_is_written_down_once(locksmith: Locksmith) -> None:
    locksmith.ship("new", {})
    rows = "alpha-beta==1.0\nnative==1.0\nnowhere==1.0\nidna==3.4\nother==1.0\n"
    locksmith.repository.write("databricks/runtimes/new.txt", f"# made up\n{rows}")
    locksmith.offer("alpha-beta", "1.0", ["idna>=3", "extra; extra == 'more'"])
    locksmith.offer("native", "1.0", ["numpy"], tag="cp311-cp311-manylinux_2_17_x86_64")
    locksmith.offer("other", "1.0", ["numpy"], tag="cp39-cp39-manylinux_2_17_x86_64")
    (told,) = locksmith.call("runtime", "describe", "new", "--json").expect(0).document["runtimes"]
    assert told == {"name": "new", "undescribed": ["nowhere==1.0", "other==1.0"]}
    (found,) = read_runtimes(in_folder(locksmith.repository.root), ["new"])
    assert found.by_name["native"].requires == ("numpy",)
    assert found.by_name["alpha-beta"].requires[0] == "idna>=3"
    assert not found.by_name["nowhere"].is_described
    locksmith.index.forget()
    said = locksmith.call("runtime", "describe").expect(0).out
    assert re.search(r"^new +nowhere==1\.0, other==1\.0$", said, re.MULTILINE)
    assert re.search(r"^tiny +-$", said, re.MULTILINE)
    assert locksmith.index.asked() <= {"nowhere", "other"}


def test_an_index_that_cannot_be_asked_is_told(locksmith: Locksmith) -> None:
    locksmith.repository.write("databricks/runtimes/tiny.txt", "rich==1.0\n")
    locksmith.index.fail(Fault.ERROR, "rich")
    locksmith.call("runtime", "describe", UV_HTTP_RETRIES="0").expect(13)


@pytest.mark.parametrize(
    ("strange", "says"),
    [
        ({"distributions": {"distro-info": {"version": "1.1build1"}}}, "distributions.distro-info.version"),
        ({"distributions": {"idna": {"version": "3.4\nevil==1.0"}}}, "distributions.idna.version"),
        ({"distributions": {"idna": {"version": "3.4", "requires": ["a\nName: b"]}}}, "distributions.idna.requires"),
        ({"spark": "3.5.0\nevil==1.0"}, "spark"),
        ({"pip": "23.2.1\nevil==1.0"}, "pip"),
        ({"python": "3.11.4\nevil==1.0"}, "python"),
    ],
)
def test_what_no_table_could_be_read_with_is_not_written(
    locksmith: Locksmith, tmp_path: Path, strange: dict[str, Any], says: str
) -> None:
    file = tmp_path / "strange.json"
    file.write_text(json.dumps(CAPTURED | strange))
    assert says in locksmith.call("runtime", "capture", "--from", str(file), "--name", "new").expect(2).err
    assert not (locksmith.repository.root / "databricks" / "runtimes" / "new.txt").exists()


@pytest.mark.parametrize("name", ["../../elsewhere", "15.4\n[evil]", "A"])
def test_a_name_that_is_a_path_or_more_than_a_line_is_no_runtimes(
    locksmith: Locksmith, captured: Path, name: str
) -> None:
    refused = locksmith.call("runtime", "capture", "--from", str(captured), "--name", name).expect(2)
    assert "is no name of a runtime" in refused.err
    assert not list(locksmith.repository.root.rglob("elsewhere.txt"))
