from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.adapters.git import Git
from release.errors import UsageError
from release.steps.runtime_tables import FACTS, FOLDER, NEEDS, in_commit, in_folder, read_runtimes
from tests.release.runtimes import write_runtimes
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.repository import Repository


def test_every_table_of_the_repository_is_read_with_what_is_known_of_it() -> None:
    found = {each.name: each for each in read_runtimes(in_folder(ROOT))}
    assert set(found) == {path.stem for path in (ROOT / FOLDER).glob("*.txt")}
    runtime = found["15.4"]
    assert (runtime.python, runtime.spark, runtime.pip, runtime.glibc) == ("3.11", "3.5.0", "23.2.1", "2.35")
    assert runtime.by_name["numpy"].version == "1.23.5"
    assert runtime.origin[0].startswith("source: https://docs.databricks.com/")
    assert all(each.origin for each in found.values())


def test_what_a_row_says_of_pip_is_what_is_known_of_it() -> None:
    for each in read_runtimes(in_folder(ROOT)):
        assert each.pip == (each.by_name["pip"].version if "pip" in each.by_name else "")


@pytest.mark.parametrize("name", ["14.3", "15.4", "16.4", "17.3", "18", "19", "serverless-v4"])
def test_what_the_rows_need_is_known_but_for_a_few_without_wheels(name: str) -> None:
    (runtime,) = read_runtimes(in_folder(ROOT), [name])
    undescribed = [each.name for each in runtime.shipped if not each.is_described]
    assert len(undescribed) <= 12
    assert not {"numpy", "pandas", "scipy", "protobuf", "pydantic", "requests"} & set(undescribed)


def test_an_unknown_name_lists_those_that_are_known() -> None:
    with pytest.raises(UsageError, match=r"there is no runtime '15\.5'") as refused:
        read_runtimes(in_folder(ROOT), ["15.5"])
    assert "14.3, 14.3-ml-cpu, 15.4" in refused.value.hint


def test_where_there_are_no_tables_a_name_is_unknown_and_nothing_is_listed(tmp_path: Path) -> None:
    assert read_runtimes(in_folder(tmp_path)) == ()
    with pytest.raises(UsageError) as refused:
        read_runtimes(in_folder(tmp_path), ["15.4"])
    assert "none: databricks/runtimes/runtimes.toml names none" in refused.value.hint


def test_a_commit_is_read_and_not_the_work_tree(repository: Repository) -> None:
    write_runtimes(repository.root, r15_4={"idna==1.0": []})
    repository.commit()
    write_runtimes(repository.root, r15_4={"idna==2.0": []})
    source = Git(repository.root, {})
    (committed,) = read_runtimes(in_commit(source, "HEAD"), ["15.4"])
    (edited,) = read_runtimes(in_folder(repository.root), ["15.4"])
    assert [str(each) for each in (*committed.shipped, *edited.shipped)] == ["idna==1.0", "idna==2.0"]
    assert committed.sha256 != edited.sha256


def test_names_are_normalised_and_comments_left_out(tmp_path: Path) -> None:
    write_runtimes(tmp_path, r15_4={})
    (tmp_path / FOLDER / "15.4.txt").write_text("# here\nPyYAML==6.0  # [c]\n\nruamel.yaml==0.17\n")
    (runtime,) = read_runtimes(in_folder(tmp_path), ["15.4"])
    assert [str(each) for each in runtime.shipped] == ["pyyaml==6.0", "ruamel-yaml==0.17"]
    assert not any(each.is_described for each in runtime.shipped)


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        (f"{FOLDER}/15.4.txt", "numpy>=1\n", "'numpy>=1' is no row"),
        (f"{FOLDER}/15.4.txt", "numpy==one\n", "has no version"),
        (f"{FOLDER}/15.4.txt", "a_b==1.0\na-b==2.0\n", "a-b has two rows"),
        (FACTS, '["15.4"]\npython = "3.11"\nspam = 1\n', "15.4.spam: unknown key"),
        (FACTS, '["15.4"]\nspark = "3.5.0"\n', "15.4.python"),
        (FACTS, '["15.4"]\npython = "2.7"\n', "15.4.python"),
        (FACTS, '["16.4"]\npython = "3.12"\n["15.4"]\npython = "3.11"\n', "16.4.txt is missing"),
        (NEEDS, "{", "requires.json is no JSON"),
        (NEEDS, "[]", "requires.json is no object"),
    ],
)
def test_a_file_that_is_broken_is_named_with_what_is_wrong(tmp_path: Path, file: str, content: str, says: str) -> None:
    write_runtimes(tmp_path, r15_4={"idna==1.0": []})
    (tmp_path / file).write_text(content)
    with pytest.raises(UsageError) as refused:
        read_runtimes(in_folder(tmp_path))
    assert says in refused.value.message
    assert refused.value.hint
