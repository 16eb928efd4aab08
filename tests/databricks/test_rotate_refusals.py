"""How the job that renews the workspace's default index fails: with a word, a hint, and the old secret in place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.request import Request

import pytest

from tests.databricks.rotation import ACL, KEY, SCOPE, job, refuse, secret_of
from tests.servers.stand_in import Answer, closed_address

if TYPE_CHECKING:
    from tests.servers.codeartifact import CodeArtifact
    from tests.servers.databricks import Databricks


def test_a_scope_that_nobody_could_read_is_told_and_holds_no_secret(
    words: list[str], workspace: Databricks, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.wrong[ACL][0] = Answer(b'{"error_code": "PERMISSION_DENIED"}', 403)
    assert "letting users read" in refuse(capsys, words, 15, "workspace")
    assert workspace.secrets.scopes[SCOPE] == {}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["--hours=0.1"], "--hours"),
        (["--hours=13"], "--hours"),
        (["--hours=4", "--every=3"], "--every"),
        (["--every=0"], "--every"),
    ],
)
def test_words_that_make_no_sense_are_refused_before_anybody_is_asked(  # noqa: PLR0913, PLR0917  # fixtures
    wrong: list[str],
    says: str,
    words: list[str],
    codeartifact: CodeArtifact,
    workspace: Databricks,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert says in refuse(capsys, [*words, *wrong], 2, "settings")
    assert not codeartifact.requests + workspace.requests


def test_without_a_workspace_nothing_is_asked(
    words: list[str],
    codeartifact: CodeArtifact,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("DATABRICKS_TOKEN")
    assert "DATABRICKS_HOST and DATABRICKS_TOKEN" in refuse(capsys, words, 2, "settings")
    monkeypatch.setenv("DATABRICKS_TOKEN", "dapi")
    monkeypatch.setenv("DATABRICKS_HOST", "file:///etc")
    assert "https://" in refuse(capsys, words, 2, "settings")
    assert not codeartifact.requests


def test_who_may_get_no_token_is_told_and_the_old_secret_stays(
    words: list[str], codeartifact: CodeArtifact, workspace: Databricks, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.secrets.scopes[SCOPE] = {KEY: b"old"}
    codeartifact.restrict("ReadFromRepository/stable")
    assert "AccessDeniedException" in refuse(capsys, words, 15, "token")
    assert secret_of(workspace) == "old"


def test_a_token_that_the_repository_does_not_let_in_replaces_no_secret(
    words: list[str], codeartifact: CodeArtifact, workspace: Databricks, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.secrets.scopes[SCOPE] = {KEY: b"old"}
    codeartifact.restrict("GetAuthorizationToken", "sts:GetServiceBearerToken", "GetRepositoryEndpoint")
    assert "403" in refuse(capsys, words, 15, "index")
    assert secret_of(workspace) == "old"


def test_what_is_not_reached_is_told_and_the_old_secret_stays(
    words: list[str], workspace: Databricks, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = closed_address()
    workspace.secrets.scopes[SCOPE] = {KEY: b"old"}
    monkeypatch.setenv("DATABRICKS_HOST", nowhere)
    assert "5 times" in refuse(capsys, words, 15, "unreachable")
    assert secret_of(workspace) == "old"


def test_codeartifact_that_is_not_reached_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "CodeArtifact does not answer" in refuse(
        capsys, [*words, f"--endpoint-url={closed_address()}"], 15, "unreachable"
    )


def test_a_node_that_is_nobody_to_aws_is_told(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    assert "instance profile" in refuse(capsys, words, 15, "token")


def test_what_boto3_does_not_take_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "boto3" in refuse(capsys, [*words, "--domain=x"], 2, "settings")


def test_who_may_not_write_the_scope_is_told_without_what_was_sent(
    words: list[str], workspace: Databricks, codeartifact: CodeArtifact, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.wrong["PutSecrets"] = [Answer(b"a page of a proxy that repeats what was sent", 403)]
    assert "the workspace says 403" in refuse(capsys, words, 15, "workspace")
    workspace.wrong["PutSecrets"] = [Answer(b'["PERMISSION_DENIED"]', 403)]
    said = refuse(capsys, words, 15, "workspace")
    assert not [token for token in codeartifact.callers.tokens if token in said]


def test_whoever_stays_busy_is_asked_five_times_with_longer_and_longer_pauses(workspace: Databricks) -> None:
    pauses: list[float] = []
    workspace.wrong["PutSecrets"] = [Answer(b"", 503)] * 9
    with pytest.raises(job.Failed, match="answers 503, 5 times"):
        job.ask(Request(f"{workspace.address}/api/2.0/secrets/put", b"{}"), pauses.append)  # noqa: S310  # loopback
    assert len(workspace.requests) == 5
    assert pauses == sorted(pauses)
    assert len(set(pauses)) == 4


def test_an_index_that_sends_elsewhere_gets_no_token_sent_there(
    words: list[str], codeartifact: CodeArtifact, workspace: Databricks, capsys: pytest.CaptureFixture[str]
) -> None:
    place = {"repositoryEndpoint": f"{workspace.address}/pypi/"}
    del words
    index = job.Index(f"{place['repositoryEndpoint']}simple/", "t", datetime.now(UTC))
    workspace.wrong[f"/pypi/simple/{job.PROBE}/"] = [Answer(b"", 302, headers={"Location": codeartifact.address})]
    with pytest.raises(job.Failed, match="302"):
        job.require_open(index)
    assert not codeartifact.requests
    assert capsys.readouterr().out == ""


def test_a_defect_is_told_without_its_text(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "http://[")  # what urllib makes of it is an error of its own
    assert "ValueError" in refuse(capsys, words, 1, "defect")
