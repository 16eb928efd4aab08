"""The job that rotates the index's secret, the stand-ins that it runs against, and how its refusals are read."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tests.repository.tree import ROOT
from tests.servers.account import ACCOUNT, NO_FILES, REGION
from tests.servers.codeartifact import DOMAIN, CodeArtifact
from tests.servers.databricks import Databricks
from tests.servers.stand_in import as_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from databricks import rotate_index_secret as job
else:
    spec = importlib.util.spec_from_file_location("rotate_index_secret", ROOT / "databricks/rotate_index_secret.py")
    sys.modules["rotate_index_secret"] = job = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(job)

__all__ = [
    "ACL",
    "KEY",
    "REPOSITORY",
    "SCOPE",
    "give_words",
    "job",
    "open_workspace",
    "refuse",
    "secret_of",
    "token_of",
]

SCOPE, KEY = "databricks-package-management", "pip-index-url"
REPOSITORY = "stable"
ACL = "/api/2.0/secrets/acls/put"


@contextmanager
def open_workspace(folder: Path) -> Iterator[Databricks]:
    """Give a workspace in which the job's user may let others read a scope."""
    with Databricks(folder / "volumes") as server:
        server.wrong[ACL].append(as_json({}))
        yield server


def give_words(codeartifact: CodeArtifact, workspace: Databricks, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the job's words, and this process the identity and the workspace of the job."""
    variables = {**codeartifact.environment, **workspace.environment, **NO_FILES}
    variables.pop("AWS_ENDPOINT_URL_CODEARTIFACT")  # the boto3 of 14.3 does not look at it
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    given = {"region": REGION, "domain": DOMAIN, "account": ACCOUNT, "repository": REPOSITORY}
    return [f"--{name}={value}" for name, value in {**given, "endpoint-url": codeartifact.address}.items()]


def secret_of(workspace: Databricks) -> str:
    return workspace.secrets.scopes[SCOPE][KEY].decode()


def token_of(workspace: Databricks) -> str:
    return unquote(urlsplit(secret_of(workspace)).password or "")


def refuse(capsys: pytest.CaptureFixture[str], words: list[str], code: int, word: str) -> str:
    """Require a refusal in one line, with what to do next, and give what was said of it."""
    assert job.main(words) == code
    said = capsys.readouterr()
    assert said.out == f"wheelyard: FAIL rotate=secret code={word}\n"
    assert "hint: " in said.err
    return said.err
