"""The workspace's stand-in answers databricks-sdk as a workspace does, and refuses what a workspace refuses."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from databricks.sdk import WorkspaceClient, errors
from databricks.sdk.core import Config
from databricks.sdk.service import catalog, compute, files, jobs, workspace

from tests.servers.databricks import TOKEN, Cluster, Databricks, Principal, log_name
from tests.servers.databricks.compute import STARTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VOLUME = "/Volumes/main/libraries/wheelyard"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Databricks]:
    with Databricks(tmp_path / "volumes") as running:
        running.volumes.add_volume(VOLUME)
        yield running


@pytest.fixture
def client(server: Databricks) -> WorkspaceClient:
    return open_as(server, TOKEN)


def open_as(server: Databricks, token: str) -> WorkspaceClient:
    return WorkspaceClient(config=Config(host=server.address, token=token, auth_type="pat", retry_timeout_seconds=9))


def put(client: WorkspaceClient, path: str, content: bytes, *, overwrite: bool = False) -> None:
    client.files.upload(path, io.BytesIO(content), overwrite=overwrite)


def read(client: WorkspaceClient, path: str) -> bytes:
    contents = client.files.download(path).contents
    assert contents is not None
    return contents.read()


def test_a_file_is_overwritten_only_if_that_is_asked_for(client: WorkspaceClient) -> None:
    path = f"{VOLUME}/a folder/file+1.txt"
    put(client, path, b"first")
    with pytest.raises(errors.AlreadyExists):
        put(client, path, b"second")
    assert read(client, path) == b"first"
    put(client, path, b"third", overwrite=True)
    assert read(client, path) == b"third"
    client.files.upload(path, io.BytesIO(b"fourth"))  # and where nothing is said
    assert read(client, path) == b"fourth"


def test_a_file_is_described_and_deleted(client: WorkspaceClient) -> None:
    put(client, f"{VOLUME}/a.txt", b"12345")
    said = client.files.get_metadata(f"{VOLUME}/a.txt")
    assert (said.content_length, bool(said.last_modified)) == (5, True)
    client.files.delete(f"{VOLUME}/a.txt")
    for question in (client.files.delete, client.files.download, client.files.get_metadata):
        with pytest.raises(errors.NotFound):
            question(f"{VOLUME}/a.txt")


def test_a_folder_is_listed_in_pages(server: Databricks, client: WorkspaceClient) -> None:
    for number in range(5):
        put(client, f"{VOLUME}/{number}.txt", b"-" * (number + 1))
    client.files.create_directory(f"{VOLUME}/folder/below")
    server.volumes.page_size = 2
    server.forget()
    entries = list(client.files.list_directory_contents(VOLUME))
    assert [each.name for each in entries] == ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt", "folder"]
    assert [each.file_size for each in entries] == [1, 2, 3, 4, 5, None]
    assert [each.is_directory for each in entries] == [False] * 5 + [True]
    assert entries[0].path == f"{VOLUME}/0.txt"
    assert server.calls == [f"ListDirectory {VOLUME}"] * 3
    assert all(isinstance(each, files.DirectoryEntry) for each in entries)


def test_a_folder_goes_only_if_it_is_empty(client: WorkspaceClient) -> None:
    put(client, f"{VOLUME}/folder/a.txt", b"content")
    with pytest.raises(errors.BadRequest) as refused:
        client.files.delete_directory(f"{VOLUME}/folder")
    info = refused.value.get_error_details().error_info
    assert info is not None
    assert info.reason == "FILES_API_DIRECTORY_IS_NOT_EMPTY"
    client.files.delete(f"{VOLUME}/folder/a.txt")
    client.files.delete_directory(f"{VOLUME}/folder")
    with pytest.raises(errors.NotFound):
        client.files.get_directory_metadata(f"{VOLUME}/folder")


def test_files_and_folders_do_not_take_each_others_place(client: WorkspaceClient) -> None:
    put(client, f"{VOLUME}/folder/a.txt", b"content")
    with pytest.raises(errors.ResourceConflict):
        put(client, f"{VOLUME}/folder", b"content", overwrite=True)
    with pytest.raises(errors.ResourceConflict):
        client.files.create_directory(f"{VOLUME}/folder/a.txt")


@pytest.mark.parametrize("path", ["/Volumes/main/libraries/other/a.txt", "/Volumes/main/libraries"])
def test_there_is_nothing_where_no_volume_is(client: WorkspaceClient, path: str) -> None:
    with pytest.raises(errors.NotFound, match="does not exist"):
        put(client, path, b"content")


@pytest.mark.parametrize("path", ["/Workspace/a.txt", f"{VOLUME}/../../a.txt"])
def test_what_is_no_path_in_a_volume_is_refused(server: Databricks, path: str) -> None:
    place = f"{server.address}/api/2.0/fs/files{path.replace('..', '%2E%2E')}"
    answer = requests.put(place, data=b"", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_files_are_those_of_the_folder_that_nodes_have(
    server: Databricks, client: WorkspaceClient, tmp_path: Path
) -> None:
    put(client, f"{VOLUME}/a.txt", b"seen by nodes")
    assert (tmp_path / "volumes" / "main" / "libraries" / "wheelyard" / "a.txt").read_bytes() == b"seen by nodes"
    assert server.volumes.written == [f"{VOLUME}/a.txt"]


def test_nobody_comes_in_without_a_token(server: Databricks) -> None:
    with pytest.raises(errors.PermissionDenied, match="Invalid access token"):
        next(iter(open_as(server, "dapi-token-of-nobody").clusters.list()))
    answer = requests.get(f"{server.address}/api/2.1/clusters/list", timeout=5)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED")


def test_a_token_may_be_denied_some_calls(server: Databricks) -> None:
    server.tokens["reader"] = Principal(frozenset({"Upload", "UpdateAllowLists"}))
    client = open_as(server, "reader")
    with pytest.raises(errors.PermissionDenied, match="privilege for Upload"):
        put(client, f"{VOLUME}/a.txt", b"content")
    with pytest.raises(errors.PermissionDenied):
        client.artifact_allowlists.update(catalog.ArtifactType.INIT_SCRIPT, [])
    assert client.artifact_allowlists.get(catalog.ArtifactType.INIT_SCRIPT).artifact_matchers == []


def test_more_than_ten_calls_of_files_at_once_are_refused(server: Databricks) -> None:
    server.delay = 0.2
    place = f"{server.address}/api/2.0/fs/directories{VOLUME}"

    def look(_: int) -> requests.Response:
        return requests.head(place, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5)

    with ThreadPoolExecutor(14) as pool:
        answers = list(pool.map(look, range(14)))
    refused = [each for each in answers if each.status_code == 429]
    assert len(refused) == server.limits.refused == 14 - 10
    assert all("Retry-After" in each.headers for each in refused)


def test_more_than_a_hundred_in_a_second_are_refused(server: Databricks, client: WorkspaceClient) -> None:
    server.limits.a_second = 3
    began = time.monotonic()
    for _ in range(5):
        client.files.get_directory_metadata(VOLUME)  # the SDK waits and tries again
    assert time.monotonic() - began > 1
    assert server.limits.refused


def test_a_cluster_is_got_and_clusters_are_listed_in_pages(server: Databricks, client: WorkspaceClient) -> None:
    for number in range(3):
        server.compute.add(
            Cluster(f"id-{number}", f"name-{number}", logs=f"{VOLUME}/logs", init_scripts=["/Volumes/a"])
        )
    server.compute.clusters["id-2"].termination = {"code": "INIT_SCRIPT_FAILURE", "parameters": {"a": "b"}}
    server.compute.page_size = 2
    assert [each.cluster_name for each in client.clusters.list()] == ["name-0", "name-1", "name-2"]
    found = client.clusters.get("id-2")
    assert (found.state, found.start_time) == (compute.State.RUNNING, STARTED)
    assert found.cluster_log_conf == compute.ClusterLogConf(volumes=compute.VolumesStorageInfo(f"{VOLUME}/logs"))
    assert found.init_scripts == [compute.InitScriptInfo(volumes=compute.VolumesStorageInfo("/Volumes/a"))]
    assert found.termination_reason is not None
    assert found.termination_reason.code is compute.TerminationReasonCode.INIT_SCRIPT_FAILURE
    with pytest.raises(errors.ResourceDoesNotExist, match="Cluster id-9 does not exist"):
        client.clusters.get("id-9")


def test_events_come_newest_first_and_in_pages(server: Databricks, client: WorkspaceClient) -> None:
    cluster = server.compute.add(Cluster("id", "name"))
    for number in range(7):
        cluster.happens("RESIZING", STARTED + number)
    cluster.runs_script("/Volumes/a", "SUCCEEDED", STARTED + 100)
    told = list(client.clusters.events("id", event_types=[compute.EventType.RESIZING], limit=3))
    assert [each.timestamp for each in told] == [STARTED + number for number in range(6, -1, -1)]
    oldest = list(client.clusters.events("id", order=compute.GetEventsOrder.ASC, start_time=STARTED + 3))
    assert [each.timestamp for each in oldest][:2] == [STARTED + 3, STARTED + 4]
    details = oldest[-1].details
    assert details is not None
    assert details.init_scripts is not None
    assert details.init_scripts.reported_for_node == "10.0.0.1"
    (run,) = details.init_scripts.cluster or []
    assert run.status is compute.InitScriptExecutionDetailsInitScriptExecutionStatus.SUCCEEDED


def test_libraries_have_their_states(server: Databricks, client: WorkspaceClient) -> None:
    cluster = server.compute.add(Cluster("id", "name"))
    cluster.installs("INSTALLED", whl="/Volumes/a.whl")
    cluster.installs("FAILED", "no such package", pypi={"package": "six==9"})
    first, second = client.libraries.cluster_status("id")
    assert first.library == compute.Library(whl="/Volumes/a.whl")
    assert (second.status, second.messages) == (compute.LibraryInstallStatus.FAILED, ["no such package"])


def test_policies_are_made_got_and_listed(client: WorkspaceClient) -> None:
    made = client.cluster_policies.create(name="locked", definition="{}", libraries=[compute.Library(whl="/Volumes/a")])
    assert made.policy_id is not None
    found = client.cluster_policies.get(made.policy_id)
    assert (found.name, found.libraries) == ("locked", [compute.Library(whl="/Volumes/a")])
    assert [each.policy_id for each in client.cluster_policies.list()] == [made.policy_id]
    with pytest.raises(errors.NotFound):
        client.cluster_policies.get("other")


def test_the_allow_list_is_replaced_whole(client: WorkspaceClient) -> None:
    kind, lists = catalog.ArtifactType.INIT_SCRIPT, client.artifact_allowlists
    matchers = [catalog.ArtifactMatcher(path, catalog.MatchType.PREFIX_MATCH) for path in ("/Volumes/a", "/Volumes/b")]
    lists.update(kind, matchers)
    assert lists.get(kind).artifact_matchers == matchers
    lists.update(kind, matchers[1:])
    assert lists.get(kind).artifact_matchers == matchers[1:]
    assert lists.get(catalog.ArtifactType.LIBRARY_JAR).artifact_matchers == []
    with pytest.raises(errors.InvalidParameterValue):
        lists.update(kind, [catalog.ArtifactMatcher("", catalog.MatchType.PREFIX_MATCH)])


def test_secrets_are_kept_and_never_listed_with_their_values(server: Databricks, client: WorkspaceClient) -> None:
    client.secrets.create_scope("packages")
    client.secrets.put_secret("packages", "pip-index-url", string_value="https://example.com/simple/")
    client.secrets.put_secret("packages", "pip-cert", bytes_value="AAE=")
    assert [each.name for each in client.secrets.list_scopes()] == ["packages"]
    listed = list(client.secrets.list_secrets("packages"))
    assert [each.key for each in listed] == ["pip-cert", "pip-index-url"]
    assert all(isinstance(each, workspace.SecretMetadata) for each in listed)
    assert server.secrets.scopes["packages"]["pip-cert"] == b"\x00\x01"
    client.secrets.delete_secret("packages", "pip-cert")
    assert list(server.secrets.scopes["packages"]) == ["pip-index-url"]


def test_secrets_that_are_wrong_are_refused(client: WorkspaceClient) -> None:
    client.secrets.create_scope("packages")
    with pytest.raises(errors.ResourceAlreadyExists):
        client.secrets.create_scope("packages")
    with pytest.raises(errors.ResourceDoesNotExist):
        client.secrets.put_secret("other", "key", string_value="value")
    with pytest.raises(errors.ResourceDoesNotExist):
        client.secrets.delete_secret("packages", "key")
    with pytest.raises(errors.InvalidParameterValue):
        client.secrets.put_secret("packages", "key")


def test_a_job_runs_and_its_run_is_told(server: Databricks, client: WorkspaceClient) -> None:
    made = client.jobs.create(name="rotate", tasks=[jobs.Task("rotate", environment_key="e")])
    assert made.job_id is not None
    server.jobs.work = lambda said: "SUCCESS" if said["name"] == "rotate" else "FAILED"
    run = client.jobs.run_now(made.job_id).bind()["run_id"]
    assert client.jobs.get_run(run).as_dict()["state"]["result_state"] == "SUCCESS"
    assert [each.job_id for each in client.jobs.list()] == [made.job_id]
    with pytest.raises(errors.ResourceDoesNotExist, match="Run 9 does not exist"):
        client.jobs.get_run(9)
    with pytest.raises(errors.BadRequest):
        client.jobs.run_now(9)


def test_what_it_does_not_know_it_says(server: Databricks) -> None:
    answer = requests.get(f"{server.address}/api/2.0/other", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


def test_a_log_has_the_place_that_databricks_gives_it() -> None:
    assert log_name("id", "10.0.0.1") == "id/init_scripts/id_10_0_0_1/20260102_030405_00_init.sh.stdout.log"
