"""The stand-in refuses what CodeArtifact refuses, and says what CodeArtifact says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from release.errors import Conflict, Incomplete
from release.redaction import redact
from tests.release.adapters.codeartifact.world import World, artifacts
from tests.servers.account import REGION
from tests.servers.codeartifact.store import INGESTED, Asset, Package
from tests.servers.codeartifact.wire import Refused, read_call, write_answer
from tests.servers.stand_in import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

ALPHA = {"domain": "wheelyard", "format": "pypi", "package": "alpha"}
COPY = {**ALPHA, "sourceRepository": "staging", "destinationRepository": "stable"}
UPDATE = {**ALPHA, "repository": "staging", "versions": ["0.1.0"]}


@pytest.fixture
def client(world: World) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
    assert world.server.address
    return boto3.client("codeartifact", region_name=REGION)


def upload(world: World, client: Any, file: Asset, **fields: str) -> requests.Response:  # noqa: ANN401  # likewise
    """Send what twine sends."""
    token = client.get_authorization_token(domain="wheelyard")["authorizationToken"]
    said = {":action": "file_upload", "protocol_version": "1", "name": "alpha", "version": "0.1.0"}
    said |= {"sha256_digest": file.sha256, **fields}
    address = f"{world.server.address}/pypi/staging/"
    return requests.post(
        address, data=said, files={"content": (file.name, file.content)}, auth=("aws", token), timeout=10
    )


@pytest.mark.parametrize(
    ("operation", "words", "code"),
    [
        ("describe_package", {**ALPHA, "repository": "nowhere"}, "ResourceNotFoundException"),
        ("describe_package", {**ALPHA, "domain": "nowhere", "repository": "stable"}, "ResourceNotFoundException"),
        ("describe_package", {**ALPHA, "repository": "stable", "package": "a b"}, "ValidationException"),
        ("describe_package", {**ALPHA, "repository": "stable", "format": "wheel"}, "ValidationException"),
        ("list_package_versions", {**ALPHA, "repository": "stable", "maxResults": 1001}, "ValidationException"),
        ("list_packages", {"domain": "wheelyard", "repository": "stable"}, "ValidationException"),
        ("copy_package_versions", {**COPY, "versions": ["0.1.0"], "versionRevisions": {"0.1.0": "x"}}, "Validation"),
        ("copy_package_versions", {**COPY, "destinationRepository": "staging", "versions": ["0.1.0"]}, "Validation"),
        ("copy_package_versions", {**COPY, "package": "beta", "versions": ["0.1.0"]}, "ResourceNotFoundException"),
        ("update_package_versions_status", {**UPDATE, "targetStatus": "Deleted"}, "ValidationException"),
        ("update_package_versions_status", {**UPDATE, "targetStatus": "Yanked"}, "ValidationException"),
    ],
)
def test_what_the_service_refuses_is_refused(
    world: World,
    client: Any,  # noqa: ANN401  # likewise
    operation: str,
    words: Mapping[str, Any],
    code: str,
) -> None:
    world.target().put(world.parcel())
    with pytest.raises(ClientError, match=code):
        getattr(client, operation)(**words)


def test_a_request_of_another_shape_is_refused(world: World) -> None:
    headers = {"authorization": "AWS4-HMAC-SHA256"}
    address = f"{world.server.address}/v1/package/versions/copy"
    answer = requests.post(address, headers=headers, timeout=10)
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


def test_a_request_of_another_region_or_another_time_is_refused(world: World) -> None:
    assert world.server.address
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        boto3.client("codeartifact", region_name="eu-west-1").describe_domain(domain="wheelyard")
    signed = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20200202/eu-central-1/codeartifact/aws4_request, "
    headers = {"authorization": f"{signed}SignedHeaders=host, Signature=0", "x-amz-date": "20200202T000000Z"}
    answer = requests.get(f"{world.server.address}/v1/package", headers=headers, timeout=10)
    assert answer.json()["message"] == "Signature expired"


def test_what_is_no_token_is_no_token(world: World) -> None:
    page = f"{world.server.address}/pypi/stable/simple/alpha/"
    for said in ("Basic %%%", "Bearer x", ""):
        assert requests.get(page, headers={"authorization": said}, timeout=10).status_code == 401


def test_a_body_that_is_no_json_and_a_word_that_nobody_knows_are_refused(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    assert client.meta.region_name == REGION
    for request in (
        Request("POST", "/v1/package/versions", {}, b"<xml>"),
        Request("POST", "/v1/package/versions", {}, b"{}", "domain=wheelyard&colour=red"),
        Request("POST", "/v1/package/versions", {}, b"{}", "domain=wheelyard"),
    ):
        with pytest.raises(Refused, match=r"JSON|colour|Missing required"):
            read_call(request)
    assert world.server.requests == ()


def test_an_answer_of_another_shape_is_never_given() -> None:
    with pytest.raises(AssertionError, match="restriction"):
        write_answer("PutPackageOriginConfiguration", {"originConfiguration": {"restriction": {}}})
    with pytest.raises(AssertionError, match="is none of"):
        write_answer("ListPackageVersions", {"versions": [{"version": "0.1.0", "status": "Yanked"}]})


@pytest.mark.parametrize(
    ("revision", "prepare", "code"),
    [
        ("another", None, "MISMATCHED_REVISION"),
        ("", ("stable", Package(publish="BLOCK")), "NOT_ALLOWED"),
        ("", ("stable", None), "ALREADY_EXISTS"),
    ],
)
def test_a_copy_that_can_not_be_made_is_made_of_nothing(
    world: World,
    client: Any,  # noqa: ANN401  # likewise
    revision: str,
    prepare: tuple[str, Any] | None,
    code: str,
) -> None:
    parcel = world.parcel()
    world.target().put(parcel)
    if prepare and prepare[1]:
        world.server.domain.repositories["stable"].packages["alpha"] = prepare[1]
    elif prepare:
        world.server.append("stable", "alpha", "0.1.0", Asset("alpha-0.1.0.zip", b"x"))
    before = world.digests("stable", parcel)
    now = world.server.package("staging", "alpha").versions["0.1.0"].revision
    answer = client.copy_package_versions(**COPY, versionRevisions={"0.1.0": revision or now, "0.2.0": "x"})
    assert {number: each["errorCode"] for number, each in answer["failedVersions"].items()} == {
        "0.1.0": code,
        "0.2.0": "NOT_FOUND",
    }
    assert world.digests("stable", parcel) == before


def test_an_identical_copy_is_in_neither_list(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    world.publish(world.parcel())
    answer = client.copy_package_versions(**COPY, versions=["0.1.0"])
    assert (answer["successfulVersions"], answer["failedVersions"]) == ({}, {})


def test_a_copy_may_be_made_from_upstream_where_that_is_asked_for(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    world.server.publish_elsewhere("alpha", "1.0", Asset("alpha-1.0.tar.gz", b"x"))
    words = {**COPY, "versions": ["1.0"]}
    with pytest.raises(ClientError, match="ResourceNotFound"):
        client.copy_package_versions(**words)
    assert set(client.copy_package_versions(**words, includeFromUpstream=True)["successfulVersions"]) == {"1.0"}


def test_a_status_is_set_by_whoever_knows_how_things_stand(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    world.target().put(world.parcel())

    def fault(**words: Any) -> str:  # noqa: ANN401  # likewise
        failed = client.update_package_versions_status(**{**UPDATE, **words})["failedVersions"]
        return str(next(iter(failed.values()))["errorCode"]) if failed else ""

    assert fault(targetStatus="Unlisted", expectedStatus="Archived") == "MISMATCHED_STATUS"
    assert fault(targetStatus="Unlisted", versionRevisions={"0.1.0": "x"}) == "MISMATCHED_REVISION"
    assert fault(targetStatus="Unlisted", versions=["9.9"]) == "NOT_FOUND"
    assert fault(targetStatus="Disposed") == ""
    assert fault(targetStatus="Published") == "NOT_ALLOWED"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 200),
        ({"sha256_digest": "0" * 64}, 400),
        ({"version": "0.2.0"}, 400),
        ({"version": "x"}, 400),
        ({"name": "beta"}, 400),
        ({":action": "submit"}, 400),
    ],
)
def test_an_upload_is_looked_at(world: World, client: Any, fields: dict[str, str], status: int) -> None:  # noqa: ANN401  # likewise
    file = world.asset(world.parcel(), ".whl")
    assert upload(world, client, file, **fields).status_code == status
    assert bool(world.digests("staging", world.parcel())) is (status == 200)


def test_a_file_that_is_there_is_taken_again_and_another_is_not(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    file, other = (world.asset(world.parcel(content=each), ".whl") for each in ("", "other"))
    assert [upload(world, client, each).status_code for each in (file, file, other)] == [200, 200, 409]
    more = Asset("alpha-0.1.0-cp311-none-any.whl", b"more")
    assert upload(world, client, more).status_code == 200  # a published version takes new files at any time


def test_a_package_that_is_closed_takes_nothing(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    world.server.domain.repositories["staging"].packages["alpha"] = INGESTED
    assert upload(world, client, world.asset(world.parcel(), ".whl")).status_code == 403


def test_a_version_has_no_more_files_than_its_quota(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    for number in range(150):
        world.server.append("staging", "alpha", "0.1.0", Asset(f"alpha-0.1.0-{number}-py3-none-any.whl", b""))
    assert upload(world, client, world.asset(world.parcel(), ".whl")).status_code == 402


def test_there_is_a_page_for_each_project_and_none_of_them_all(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    world.publish(world.parcel())
    token = client.get_authorization_token(domain="wheelyard")["authorizationToken"]

    def status(path: str) -> int:
        return requests.get(f"{world.server.address}/pypi/{path}", auth=("aws", token), timeout=10).status_code

    assert status("stable/simple/Alpha/") == 200
    paths = ("stable/simple/", "stable/simple/beta/", "nowhere/simple/alpha/", "stable/", "stable/simple/alpha/1/2/3")
    assert {status(each) for each in (*paths, "stable/simple/alpha/0.1.0/nothing.whl")} == {404}
    world.server.restrict("GetAuthorizationToken", "sts:GetServiceBearerToken")
    token = client.get_authorization_token(domain="wheelyard")["authorizationToken"]
    assert status("stable/simple/alpha/") == 403


def test_a_file_from_upstream_is_kept_and_closes_the_package(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    world.server.publish_elsewhere("gamma", "1.0", Asset("gamma-1.0.tar.gz", b"x"))
    token = client.get_authorization_token(domain="wheelyard")["authorizationToken"]
    address = f"{world.server.address}/pypi/stable/simple/gamma/1.0/gamma-1.0.tar.gz"
    assert requests.get(address, auth=("aws", token), timeout=10).content == b"x"
    words = {**ALPHA, "repository": "stable", "package": "gamma"}
    found = client.describe_package(**words)["package"]["originConfiguration"]["restrictions"]
    assert found == {"publish": "BLOCK", "upstream": "ALLOW"}
    (version,) = client.list_package_versions(**words)["versions"]
    assert version["origin"]["originType"] == "EXTERNAL"


def test_more_than_the_quota_is_throttled(world: World) -> None:
    target, tag = world.target(), world.parcel().tag
    world.server.quotas = {"DescribePackageVersion": 0}
    with pytest.raises(Incomplete, match="ThrottlingException"):
        target.held(tag)
    world.server.quotas = {"DescribePackageVersion": 1000}
    assert target.held(tag) == ()


def test_uploads_that_come_too_often_are_made_again(world: World) -> None:
    parcel = world.parcel()
    world.server.throttle("Upload", 1)
    world.target().put(parcel)
    assert world.digests("staging", parcel) == artifacts(parcel)
    assert len(world.asked("Upload")) == 3


def test_calls_have_names_that_people_read(world: World) -> None:
    world.publish(world.parcel())
    assert {"CopyPackageVersions alpha 0.1.0 staging→stable", "Upload staging alpha-0.1.0.tar.gz"} <= set(world.asked())
    assert world.server.call(Request("GET", "/elsewhere", {}, b"")) == "GET /elsewhere"


@pytest.mark.parametrize(
    ("path", "throttled", "expired"), [("/v1/package", 429, 403), ("/pypi/stable/simple/alpha/", 429, 401)]
)
def test_it_says_in_its_own_words_what_went_wrong(world: World, path: str, throttled: int, expired: int) -> None:
    request = Request("GET", path, {}, b"")
    assert world.server.throttled(request).status == throttled
    assert world.server.expired(request).status == expired


def test_an_error_repeats_no_token(world: World, client: Any) -> None:  # noqa: ANN401  # likewise
    world.target().put(world.parcel())
    world.server.append("stable", "alpha", "0.1.0", Asset("alpha-0.1.0-py3-none-any.whl", b"other"))
    refused = world.refused(lambda: world.target().show(world.parcel()))
    assert isinstance(refused, Conflict)
    assert all(token not in redact(token) for token in world.server.callers.tokens)
    assert client.meta.region_name == REGION
