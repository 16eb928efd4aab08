"""`cluster render --pushed`: documents name the init script that stands in the volume."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cluster.adapters.databricks_sdk import Questions, open_client
from cluster.adapters.volume import DatabricksVolume
from tests.cluster.desk import open_desk
from tests.cluster.rendering import VOLUME
from tests.servers.databricks import TOKEN, Databricks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Databricks]:
    with Databricks(tmp_path / "volumes") as server:
        server.volumes.add_volume(VOLUME)
        yield server


def put_script(desk: Desk, workspace: Databricks, floor: int) -> str:
    """Put a script into the volume as `push` does, and give its path."""
    path = str(desk("nightly-etl", f"--floor={floor}", "--json").expect(0).document["script"])
    content = desk.made("nightly-etl")["init.sh"]
    volume = DatabricksVolume(open_client(workspace.address, TOKEN), Questions())
    assert volume.add(path, content)
    return path


def test_the_script_that_was_pushed_is_the_one_that_documents_name(desk: Desk, workspace: Databricks) -> None:
    paths = [put_script(desk, workspace, floor) for floor in (4, 9)]
    said = desk("nightly-etl", "--pushed", "--json", folder=None, **workspace.environment).expect(0).document
    assert said["script"] == paths[1]
    assert paths[1].encode() in desk.made("nightly-etl")["cluster.tf"]


def test_a_script_of_other_settings_is_not_taken_for_the_one_that_was_pushed(desk: Desk, workspace: Databricks) -> None:
    put_script(desk, workspace, 4)
    shutil.rmtree(desk.repository.root / "dist")
    other = {**workspace.environment, "CODEARTIFACT_REPOSITORY": "another"}
    assert (
        "cluster push nightly-etl"
        in desk.refuse("nightly-etl", "--pushed", code=10, says="no init script", **other).err
    )


def test_the_floor_is_said_or_found_and_not_both(desk: Desk) -> None:
    desk.refuse("nightly-etl", "--pushed", "--floor=4", code=2, says="--pushed finds the floor by itself")


def test_which_workspace_was_pushed_to_has_to_be_said(desk: Desk) -> None:
    desk.refuse("nightly-etl", "--pushed", code=2, says="DATABRICKS_HOST", DATABRICKS_HOST="", DATABRICKS_TOKEN="")
    desk("serverless-reports", "--pushed", DATABRICKS_HOST="").expect(0)
