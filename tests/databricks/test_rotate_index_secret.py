"""The job that renews the workspace's default index, against stand-ins of CodeArtifact and of a workspace."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.databricks.rotation import ACL, KEY, REPOSITORY, SCOPE, job, secret_of, token_of
from tests.repository.tree import ROOT
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.codeartifact import CodeArtifact
    from tests.servers.databricks import Databricks


def test_the_secret_becomes_an_address_that_pip_installs_from(
    words: list[str], codeartifact: CodeArtifact, workspace: Databricks, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.secrets.scopes[SCOPE] = {KEY: b"https://aws:old@example.com/simple/"}
    assert job.main(words) == 0
    address, token = secret_of(workspace), token_of(workspace)
    assert address.startswith("http://aws:")
    assert urlsplit(address).path == f"/pypi/{REPOSITORY}/simple/"
    assert list(codeartifact.callers.tokens) == [token]
    assert "CreateScopeSecrets" not in workspace.calls
    said = capsys.readouterr()
    assert re.fullmatch(
        rf"wheelyard: OK rotate=secret scope={SCOPE} key={KEY} until=\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", said.out
    )
    assert token not in said.out + said.err


def test_a_scope_that_is_missing_is_made_and_every_user_may_read_it(
    words: list[str], workspace: Databricks, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job.main(words) == 0
    assert secret_of(workspace).startswith("http://aws:")
    (granted,) = (json.loads(each.body) for each in workspace.requests if each.path == ACL)
    assert granted == {"scope": SCOPE, "principal": "users", "permission": "READ"}
    assert " scope-made=yes " in capsys.readouterr().out


def test_a_scope_that_another_run_makes_at_the_same_time_is_used(words: list[str], workspace: Databricks) -> None:
    workspace.before["CreateScopeSecrets"] = lambda: workspace.secrets.scopes.setdefault(SCOPE, {})
    assert job.main(words) == 0
    assert KEY in workspace.secrets.scopes[SCOPE]


def test_run_as_a_program_it_ends_with_the_code_and_shows_no_token(words: list[str], workspace: Databricks) -> None:
    program = [sys.executable, "-I", "-W", "error", str(ROOT / "databricks" / "rotate_index_secret.py")]
    done = subprocess.run([*program, *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("wheelyard: OK rotate=secret ")
    assert done.stderr == ""
    assert token_of(workspace) not in done.stdout
    failed = subprocess.run([*program, "--hours=99", *words], capture_output=True, text=True, check=False, timeout=60)
    assert (failed.returncode, failed.stdout) == (2, "wheelyard: FAIL rotate=secret code=settings\n")


def test_in_a_job_the_runtime_says_which_workspace_it_is(
    words: list[str],
    workspace: Databricks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The runtime's module stands in a folder, as `dbruntime` does on a cluster."""
    (tmp_path / "dbruntime").mkdir()
    context = f"type('Context', (), dict(apiUrl={workspace.address!r}, apiToken='dapi-of-the-job'))"
    (tmp_path / "dbruntime" / "databricks_repl_context.py").write_text(f"def get_context():\n    return {context}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("DATABRICKS_HOST")
    workspace.tokens = {"dapi-of-the-job": next(iter(workspace.tokens.values()))}
    try:
        assert job.main(words) == 0
    finally:
        for name in [name for name in sys.modules if name.startswith("dbruntime")]:
            del sys.modules[name]
    assert secret_of(workspace)


def test_a_token_that_ends_too_soon_is_told(
    words: list[str], codeartifact: CodeArtifact, capsys: pytest.CaptureFixture[str]
) -> None:
    index = job.Index(codeartifact.address, "token", datetime(2026, 1, 1, 8, tzinfo=UTC))
    with pytest.raises(job.Failed, match=r"lasts 7\.9 h"):
        job.require_lasting(index, 4, index.until - timedelta(hours=7, minutes=55))
    job.require_lasting(index, 4, index.until - timedelta(hours=8))
    assert job.main([*words, "--hours=8"]) == 0
    assert "until=" in capsys.readouterr().out


def test_a_busy_workspace_is_asked_again(words: list[str], workspace: Databricks) -> None:
    workspace.secrets.scopes[SCOPE] = {}
    workspace.wrong["PutSecrets"] = [Answer(b"", 429), Answer(b"", 503)]
    assert job.main(words) == 0
    assert workspace.calls.count("PutSecrets") == 3


def test_neither_value_shows_its_token_when_it_is_printed() -> None:
    index, workspace = job.Index("https://a/simple/", "secret-a", datetime.now(UTC)), job.Workspace("h", "secret-b")
    assert "secret" not in f"{index} {workspace!r}"
    assert (urlsplit(index.secret).username, urlsplit(index.secret).password) == ("aws", "secret-a")


def test_the_address_opens_the_index_and_a_later_run_brings_another_token(
    words: list[str], codeartifact: CodeArtifact, workspace: Databricks
) -> None:
    assert job.main(words) == 0
    first = token_of(workspace)
    assert job.main(words) == 0
    assert token_of(workspace) != first
    shown = base64.b64encode(f"aws:{token_of(workspace)}".encode()).decode()
    page = f"{codeartifact.address}/pypi/{REPOSITORY}/simple/"
    answers: dict[str, Any] = {}
    for name, value in {"with": f"Basic {shown}", "without": "Basic eDp5"}.items():
        request = Request(f"{page}{job.PROBE}/", headers={"Authorization": value})  # noqa: S310  # loopback
        try:
            answers[name] = urlopen(request).status  # noqa: S310  # likewise
        except OSError as error:
            answers[name] = getattr(error, "code", error)
    assert answers == {"with": 404, "without": 401}
