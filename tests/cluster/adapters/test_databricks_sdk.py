"""A workspace that is asked for the first time: whether anybody is there is known before anything is tried long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from cluster.adapters.databricks_sdk import open_client
from release.errors import Incomplete
from tests.servers.databricks import TOKEN, Databricks
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from pathlib import Path


def test_where_nobody_listens_that_is_said_within_seconds() -> None:
    address, started = closed_address(), time.monotonic()
    with pytest.raises(Incomplete, match="the workspace is not reached: the connection was refused") as refused:
        open_client(address.replace("://", "://ada:the-engine-weaves@"), TOKEN)
    assert time.monotonic() - started < 15
    assert refused.value.message.startswith(address)
    assert "DATABRICKS_HOST" in refused.value.hint


def test_whether_somebody_is_there_is_asked_without_any_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password the-engine-weaves\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Databricks(tmp_path / "volumes") as workspace:
        open_client(workspace.address, TOKEN)
        assert workspace.requests
        assert "authorization" not in workspace.requests[0].headers
