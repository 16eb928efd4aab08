"""The search for planted secrets finds them, and says where: else it would prove nothing."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from release.errors import ReleaseError, UsageError
from tests.planted import AUDITED, MARKS, SEARCH, VARIABLES, Search, plant, watch_arguments, watch_errors
from tests.repository.tree import ROOT
from tests.servers.codeartifact import CodeArtifact
from tests.servers.github.service import GitHub
from tests.servers.kms import Kms
from tests.servers.s3 import S3
from tests.servers.upload import UploadIndex
from tests.servers.webhooks import Webhooks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.stand_in import StandIn

SECRET = ("KEY", "TOKEN", "WEBHOOK_URL", "PASSWORD")
OTHER = "sown-Kq4v"
_LEAK = """\
from tests.planted import plant

def test_it(tmp_path):
    (tmp_path / "receipt.json").write_text(plant("a-token"))
"""


@pytest.fixture
def search() -> Search:
    """Give a search of its own, for a mark of its own."""
    return Search([OTHER])


@pytest.mark.parametrize(
    "text",
    [
        f"got {OTHER} back",
        base64.b64encode(f"aws:{OTHER}-and-more".encode()).decode(),
        base64.b64encode(f"a:{OTHER}-and-more".encode()).decode(),
        base64.b64encode(f"ab:{OTHER}-and-more".encode()).decode(),
        OTHER.encode().hex(),
    ],
)
def test_a_secret_is_found_in_every_form(text: str, search: Search) -> None:
    assert search.look("a text", text)
    assert search.found == ["a text"]


def test_what_holds_no_secret_is_not_found(search: Search) -> None:
    assert not search.look("a text", "sown Kq4v")
    assert (search.found, search.searched) == ([], 1)


def test_a_secret_is_found_in_a_file_and_within_what_is_released(tmp_path: Path, search: Search) -> None:
    dist = tmp_path / "dist/alpha/0.1.0"
    dist.mkdir(parents=True)
    (dist / "alpha-0.1.0.receipt.json").write_text(OTHER)
    with zipfile.ZipFile(dist / "alpha-0.1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("alpha/__init__.py", f"{OTHER}\n" * 20)
    with tarfile.open(dist / "alpha-0.1.0.tar.gz", "w:gz") as sdist:
        sdist.add(dist / "alpha-0.1.0.receipt.json", "PKG-INFO")
    (dist / "spoilt-0.1.0.tar.gz").write_bytes(b"no archive")
    (dist / "spoilt-0.1.0-py3-none-any.whl").write_bytes(b"no archive")
    (tmp_path / "stand-in").mkdir()
    (tmp_path / "stand-in/state.json").write_text(OTHER)
    search.look_below(tmp_path)
    assert sorted(search.found) == [
        str(dist / "alpha-0.1.0.receipt.json"),
        f"inside {dist / 'alpha-0.1.0-py3-none-any.whl'}",
        f"inside {dist / 'alpha-0.1.0.tar.gz'}",
    ]


def test_a_secret_is_found_in_the_arguments_of_a_process(search: Search) -> None:
    watch_arguments(search)
    subprocess.run([sys.executable, "-c", "", OTHER], check=True)
    assert search.found
    assert all(place.startswith("the arguments of ") for place in search.found)


def test_a_secret_is_found_in_what_a_refusal_says(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReleaseError, "__init__", ReleaseError.__init__)  # so that it is as it was afterwards
    watch_errors(search)
    assert UsageError("which", hint=f"with {OTHER}").exit_code == 2
    assert len(search.found) == 1
    assert search.found[0].startswith("UsageError in tests/release/test_planted.py::")


def test_a_process_of_its_own_writes_down_what_it_starts(tmp_path: Path, search: Search) -> None:
    variables = {"PYTHONPATH": str(AUDITED), "TESTS_ARGUMENTS": str(tmp_path / "arguments.txt")}
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '', '{OTHER}'], check=True)"
    subprocess.run([sys.executable, "-c", program], env=os.environ | variables, check=True)
    search.look_below(tmp_path)
    assert search.found == [str(tmp_path / "arguments.txt")]


def test_a_run_of_tests_that_leaves_a_secret_fails_and_names_the_place(tmp_path: Path) -> None:
    own = tmp_path / "stand-in"
    own.mkdir()
    (own / "test_leak.py").write_text(_LEAK)
    words = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-q", f"--basetemp={own / 'base'}"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *words, f"--rootdir={own}", str(own / "test_leak.py")],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tools")))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout
    assert "secrets left by" in ended.stdout
    assert str(own / "base/test_it0/receipt.json") in ended.stdout
    assert "1 passed, 1 error" in ended.stdout


@pytest.mark.parametrize("name", VARIABLES)
def test_every_secret_variable_is_planted(name: str, outside: dict[str, str]) -> None:
    assert any(mark in outside[name] for mark in MARKS)


@pytest.mark.parametrize("kind", [CodeArtifact, GitHub, Kms, S3, UploadIndex, Webhooks])
def test_what_a_stand_in_keeps_secret_is_marked(kind: type[StandIn]) -> None:
    with kind() as stand_in:
        environment: dict[str, str] = stand_in.environment  # type: ignore[attr-defined]  # each of these has one
    secrets = {name: value for name, value in environment.items() if name.endswith(SECRET)}
    assert secrets
    assert [name for name, value in secrets.items() if not any(mark in value for mark in MARKS)] == []


def test_the_search_of_this_run_has_looked_somewhere() -> None:
    assert SEARCH.searched > 0
    assert plant("anything") not in repr(SEARCH.found)
