"""`plan --since --matrix`: which tests a change asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.scene import Scene

HATCH = """\
[envs.matrix]
dependencies = ["pytest"]

[[envs.matrix.matrix]]
python = ["3.10", "3.12"]
spark = ["3.5"]

[[envs.matrix.matrix]]
python = ["3.12", "3.13"]
spark = ["3.5", "4.0"]
"""
PAIRS = [("3.10", "3.5"), ("3.12", "3.5"), ("3.12", "4.0"), ("3.13", "3.5"), ("3.13", "4.0")]
NEW = "0" * 40


@pytest.fixture
def three(scene: Scene) -> Scene:
    """Give three packages, of which beta needs alpha, and a matrix."""
    scene.repository.write("hatch.toml", HATCH)
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).add("gamma").tagged()
    return scene


def affected(scene: Scene, since: str = "HEAD~1") -> list[str]:
    """Give the packages for which there is any job."""
    ended = scene.call("plan", "--since", since, "--matrix").expect(0)
    return list(dict.fromkeys(each["package"] for each in ended.document["include"]))


def change(scene: Scene, path: str, content: str = "# changed\n") -> None:
    """Commit a change of one file."""
    scene.repository.write(path, content)
    scene.repository.commit()


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("packages/gamma/README.md", ["gamma"]),
        ("packages/alpha/src/alpha/more.py", ["alpha", "beta"]),
        ("packages/beta/CHANGELOG.md", ["beta"]),
        ("README.md", []),
        ("databricks/policy.json", []),
        (".github/workflows/ci.yml", ["alpha", "beta", "gamma"]),
        ("tests/conftest.py", ["alpha", "beta", "gamma"]),
        ("tools/locks/environments.txt", ["alpha", "beta", "gamma"]),
        ("hatch.toml", ["alpha", "beta", "gamma"]),
        ("pyproject.toml", ["alpha", "beta", "gamma"]),
    ],
)
def test_what_changed_and_what_needs_it_is_tested(three: Scene, path: str, names: list[str]) -> None:
    content = {"hatch.toml": f"{HATCH}# changed\n", "pyproject.toml": "[tool.release]\n# changed\n"}
    change(three, path, content.get(path, "# changed\n"))
    assert affected(three) == names


def test_a_job_stands_for_each_environment_that_a_package_is_for(three: Scene, tmp_path: Path) -> None:
    three.repository.edit("packages/gamma/pyproject.toml", 'requires-python = ">=3.10"', 'requires-python = ">=3.12.1"')
    three.repository.commit()
    output = tmp_path / "output"
    ended = three.call("plan", "--since", "HEAD~1", "--matrix", GITHUB_OUTPUT=str(output)).expect(0)
    jobs = [(each["python"], each["spark"]) for each in ended.document["include"]]
    assert jobs == [pair for pair in PAIRS if pair[0] != "3.10"]
    told = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert json.loads(told["packages"]) == ["gamma"]
    assert json.loads(told["matrix"]) == ended.document


def test_nothing_that_changed_is_an_empty_matrix(three: Scene, tmp_path: Path) -> None:
    output = tmp_path / "output"
    with three.untouched():
        ended = three.call("plan", "--since", "HEAD", "--matrix", GITHUB_OUTPUT=str(output)).expect(0)
    assert ended.document == {"include": []}
    assert output.read_text() == 'matrix={"include": []}\npackages=[]\n'


def test_of_a_branch_that_is_new_everything_is_tested(three: Scene) -> None:
    assert affected(three, NEW) == ["alpha", "beta", "gamma"]
    assert affected(three, "0" * 64) == ["alpha", "beta", "gamma"]


def test_the_matrix_is_the_one_that_is_committed(three: Scene) -> None:
    change(three, "packages/gamma/README.md")
    three.repository.write("hatch.toml", "broken")
    assert affected(three) == ["gamma"]


@pytest.mark.parametrize(("environments", "packages"), [(85, "alpha"), (86, "alpha beta gamma")])
def test_more_jobs_than_a_matrix_holds_are_one_for_each_environment(
    three: Scene, environments: int, packages: str, tmp_path: Path
) -> None:
    add_environments(three, environments)
    output = tmp_path / "output"
    ended = three.call("plan", "--since", NEW, "--matrix", GITHUB_OUTPUT=str(output)).expect(0)
    first, *others = ended.document["include"]
    assert first == {"package": packages, "python": "3.10", "spark": "4.0"}
    assert len(others) + 1 == environments * 3 / len(packages.split())
    assert output.read_text().endswith('packages=["alpha", "beta", "gamma"]\n')


def test_more_environments_than_a_matrix_holds_jobs_are_refused(three: Scene) -> None:
    add_environments(three, 257)
    three.refuse("plan", "--since", NEW, "--matrix", code=2, says=("257 environments are more than the 256",))


def add_environments(scene: Scene, count: int) -> None:
    pythons = [f"3.{minor}" for minor in range(10, 10 + count)]
    change(scene, "hatch.toml", f"[[envs.matrix.matrix]]\npython = {pythons}\nspark = ['4.0']\n")


@pytest.mark.parametrize(
    ("hatch", "says"),
    [
        ("", "hatch.toml: envs.matrix.matrix: Field required"),
        ("[[envs.matrix.matrix]]\npython = ['3.10']\n", "spark: Field required"),
        (HATCH.replace('"3.10"', "3.10"), "should be a valid string"),
        (HATCH.replace('"3.10"', '"3.10; id"'), "should match pattern"),
        (HATCH.replace("spark", "java = []\nspark", 1), "unknown key"),
        ("[", "hatch.toml is not valid TOML"),
        (HATCH.replace('"3.10"', '"2.7"').replace('"3.12"', '"2.7"').replace('"3.13"', '"2.7"'),
         "no environment of hatch.toml is for alpha, which asks for Python >=3.10"),
    ],
)  # fmt: skip
def test_a_matrix_that_can_not_be_read_is_refused(three: Scene, hatch: str, says: str) -> None:
    change(three, "hatch.toml", hatch)
    three.refuse("plan", "--since", "HEAD~1", "--matrix", code=2, says=(says,))


def test_without_hatch_s_settings_there_is_no_matrix(three: Scene) -> None:
    three.repository.git("rm", "--quiet", "hatch.toml")
    three.repository.commit()
    three.refuse("plan", "--since", "HEAD~1", "--matrix", code=2, says=("hatch.toml is missing",))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('">=3.10"', '"three"', "project.requires-python is not a specifier: 'three'"),
        ('name = "gamma"', 'named = "gamma"', "project.name is missing"),
    ],
)
def test_a_package_that_is_broken_is_named(three: Scene, old: str, new: str, says: str) -> None:
    three.repository.edit("packages/gamma/pyproject.toml", old, new)
    three.repository.commit()
    three.refuse("plan", "--since", "HEAD~1", "--matrix", code=2, says=("packages/gamma/pyproject.toml", says))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "--since is for --matrix alone"),
        (("--matrix", "--verify"), "--since is for --matrix alone"),
        (("--matrix", "alpha/v0.1.0"), "--since asks for tests"),
        (("--matrix", "--to", "local"), "--since asks for tests"),
    ],
)
def test_words_that_contradict_each_other_are_refused(three: Scene, words: tuple[str, ...], says: str) -> None:
    three.refuse("plan", "--since", "HEAD", *words, code=2, says=(says,))


def test_a_commit_that_is_not_there_is_refused(three: Scene) -> None:
    three.refuse("plan", "--since", "", "--matrix", code=2, says=("'' names no commit",))
    three.refuse("plan", "--since", "gone", "--matrix", code=2, says=("'gone' names no commit",), hint="git fetch")


def test_a_rehearsal_means_the_same_by_what_changed(three: Scene) -> None:
    change(three, "README.md")
    document: dict[str, Any] = three.call("rehearse", "--since", "HEAD~1", "--json").expect(0).document
    assert document == {"outcomes": [], "exit_code": 0}
