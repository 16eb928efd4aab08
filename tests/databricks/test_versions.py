"""The verifier answers alike on every Python and with every `cryptography` that a node may have."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.databricks.examples import EXAMPLES, TODAY
from tests.databricks.node import VERIFY
from tests.databricks.provenance import Release
from tests.databricks.versions import HERE, INTERPRETERS, LOCKS, OWN, PYTHONS, make_environment

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = HERE.parent / "corpus" / "verify"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take the Pythons that are here, or every one where that was asked for."""
    if "python" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-python", default=False)
        metafunc.parametrize("python", PYTHONS if every else list(INTERPRETERS))
        metafunc.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)


@pytest.fixture(scope="module")
def kept(pytestconfig: pytest.Config) -> Path:
    """Give the folder that keeps environments from run to run."""
    cache = pytestconfig.cache
    assert cache is not None, "environments are kept in pytest's cache: run without -p no:cacheprovider"
    return cache.mkdir("verify")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the examples as cases."""
    folder = tmp_path_factory.mktemp("examples")
    for example in EXAMPLES:
        release = Release(folder / example.name, example.bundle, example.trust).write()
        asked = {"reason": example.reason, "file": release.wheel.name, **example.asked}
        (release.folder / "paper_plane-1.2.0.intoto.jsonl").rename(release.folder / "bundle.intoto.jsonl")
        (release.folder / "expected.json").write_text(json.dumps(asked))
    return folder


def ask(program: str, folder: Path) -> dict[str, Any]:
    command = [program, "-I", "-O", str(HERE / "cases.py"), str(VERIFY), str(folder), TODAY.isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def reasons_of(folder: Path) -> dict[str, str | None]:
    return {path.parent.name: json.loads(path.read_text())["reason"] for path in folder.glob("*/expected.json")}


def test_the_answers_are_the_same_on(python: str, lock: Path, kept: Path, examples: Path) -> None:
    assert python in INTERPRETERS, f"there is no CPython {python} here: install it, with pyenv or on the PATH"
    program = make_environment(python, lock, kept)
    for folder in (examples, CORPUS):
        said = ask(program, folder)
        assert said["python"].startswith(f"{python}.")
        assert lock.stem.endswith("newest") or said["cryptography"].startswith(lock.stem.removeprefix("cryptography-"))
        assert {name: answer["reason"] for name, answer in said["answers"].items()} == reasons_of(folder)


def test_the_program_answers_the_same_on(python: str, lock: Path, kept: Path, release: Release) -> None:
    assert python in INTERPRETERS, f"there is no CPython {python} here: install it, with pyenv or on the PATH"
    command = [make_environment(python, lock, kept), "-I", str(VERIFY)]
    words = ["--trust", str(release.folder / "trust.json"), str(release.wheel)]
    proven = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    assert (proven.returncode, proven.stderr, proven.stdout.count("\n")) == (0, "", 1)
    assert proven.stdout.startswith(f"OK file={release.wheel} ")
    refused = subprocess.run([*command, *words, "--version", "2"], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout.split()[2]) == (16, "code=wrong-version")
    misused = subprocess.run([*command, str(release.wheel), "--no\nkeys"], capture_output=True, text=True, check=False)
    assert (misused.returncode, misused.stdout, misused.stderr.count("\n")) == (2, "", 1)


def test_the_python_that_runs_the_tests_is_one_of_them() -> None:
    assert OWN in INTERPRETERS
    assert [lock.stem.removeprefix("cryptography-") for lock in LOCKS] == ["3.4.8", "39", "41", "43", "newest"]


def test_the_examples_and_the_corpus_are_asked(examples: Path) -> None:
    assert len(reasons_of(examples)) == len(EXAMPLES)
    for folder in (examples, CORPUS):
        reasons = list(reasons_of(folder).values())
        assert 10 < reasons.count(None) < len(reasons) - 50
