"""What can't be asked is not known: nothing is published on a guess, and no answer is taken for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from release.errors import Conflict, Incomplete, UsageError
from release.model.ledger import Listing
from release.model.tag import Channel
from tests.release.adapters.codeartifact.world import STAGING, World, artifacts
from tests.servers.codeartifact import CodeArtifact
from tests.servers.codeartifact.store import PackageVersion
from tests.servers.codeartifact.wire import Refused
from tests.servers.stand_in import Answer, Drop, Hang, closed_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from release.adapters.codeartifact.target import CodeArtifactTarget
    from release.model.parcel import Parcel
    from tests.servers.stand_in import Request

WORK: dict[str, Callable[[CodeArtifactTarget, Parcel], object]] = {
    "held": lambda target, parcel: target.held(parcel.tag),
    "inventory": lambda target, parcel: target.inventory([parcel.tag.package]),
    "put": lambda target, parcel: target.put(parcel),
    "show": lambda target, parcel: target.show(parcel),
    "offered": lambda target, parcel: target.offered(parcel.tag.package, Channel.DEV),
}


class Broken(CodeArtifact):
    """Answers some calls wrongly."""

    def __init__(self, wrong: Callable[[], Answer | Hang | Drop], *calls: str) -> None:
        super().__init__()
        self.wrong: Callable[[], Answer | Hang | Drop] | None = wrong
        self.calls = calls

    def answer(self, request: Request) -> Any:  # noqa: ANN401  # an answer, or none
        """Answer wrongly what begins with one of these names."""
        if self.wrong and self.call(request).startswith(self.calls):
            return self.wrong()
        return super().answer(request)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, world: World) -> Iterator[Callable[..., World]]:
    """Give a world whose CodeArtifact answers some calls wrongly, and knows the keys of the other."""

    def start(wrong: Callable[[], Answer | Hang | Drop], *calls: str) -> World:
        server = Broken(wrong, *calls)
        for name, value in server.__enter__().environment.items():
            monkeypatch.setenv(name, value)
        started.append(server)
        return World(server, world.folder)

    started: list[Broken] = []
    yield start
    for server in started:
        server.__exit__()


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize(
    "variable",
    ["CODEARTIFACT_DOMAIN", "CODEARTIFACT_ACCOUNT_ID", "CODEARTIFACT_DEV_REPOSITORY"],
)
def test_what_is_not_there_is_not_taken_for_empty(world: World, variable: str, work: str) -> None:
    parcel = world.parcel(version="0.1.0.dev1")
    world.target().put(parcel)
    wrong = {"CODEARTIFACT_ACCOUNT_ID": "999999999999"}.get(variable, "nowhere")
    target = world.target({variable: wrong}, patience=0.1)
    refused = world.refused(lambda: WORK[work](target, parcel))
    assert isinstance(refused, UsageError)
    assert "ResourceNotFoundException" in refused.message
    assert "AWS_REGION" in refused.hint


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"CODEARTIFACT_PREVIEW_REPOSITORY": "stable"}, "CODEARTIFACT_REPOSITORY and CODEARTIFACT_PREVIEW_REPOSITORY"),
        ({STAGING: "dev"}, "CODEARTIFACT_DEV_REPOSITORY and CODEARTIFACT_STAGING_REPOSITORY"),
        ({STAGING: "Stable"}, "name the same repository"),
        ({"CODEARTIFACT_DOMAIN": "Wheel Yard"}, "CODEARTIFACT_DOMAIN is 'Wheel Yard'"),
        ({"CODEARTIFACT_ACCOUNT_ID": "1111"}, "CODEARTIFACT_ACCOUNT_ID is '1111'"),
        ({"CODEARTIFACT_REPOSITORY": "wheelyard/stable"}, "CODEARTIFACT_REPOSITORY is 'wheelyard/stable'"),
        ({"CODEARTIFACT_REPOSITORY": ""}, "CODEARTIFACT_REPOSITORY is ''"),
    ],
)
def test_names_that_can_not_be_right_are_refused(world: World, changes: dict[str, str], says: str) -> None:
    refused = world.refused(lambda: world.target(changes))
    assert isinstance(refused, UsageError)
    assert says in refused.message
    assert world.asked() == []


@pytest.mark.parametrize(
    ("work", "missing"),
    [
        ("held", "DescribePackageVersion"),
        ("inventory", "ListPackageVersions"),
        ("put", "PutPackageOriginConfiguration"),
        ("put", "GetAuthorizationToken"),
        ("put", "sts:GetServiceBearerToken"),
        ("show", "CopyPackageVersions/dev"),
        ("show", "ReadFromRepository/staging"),
    ],
)
def test_a_missing_permission_is_named(world: World, work: str, missing: str) -> None:
    parcel = world.parcel()
    if work == "show":
        world.target().put(parcel)
    allowed = {
        f"{action}/{place}"
        for action in (
            "CopyPackageVersions",
            "DescribePackage",
            "DescribePackageVersion",
            "GetAuthorizationToken",
            "GetRepositoryEndpoint",
            "ListPackageVersionAssets",
            "ListPackageVersions",
            "PublishPackageVersion",
            "PutPackageOriginConfiguration",
            "ReadFromRepository",
            "sts:GetServiceBearerToken",
        )
        for place in ("wheelyard", "staging", "stable", "preview", "dev")
    }
    world.server.restrict(*(each for each in allowed if not each.startswith(missing)))
    refused = world.refused(lambda: WORK[work](world.target(), parcel))
    assert isinstance(refused, Incomplete)
    assert f"codeartifact:{missing.partition('/')[0]}" in refused.message
    assert "give the role that permission" in refused.hint


@pytest.mark.parametrize("work", ["held", "inventory", "offered"])
@pytest.mark.parametrize(
    "content", [b"{}", b"<!DOCTYPE html><title>Sign in</title>", b'{"versions": null, "packageVersion": {}}']
)
def test_an_answer_that_is_none_is_not_taken_for_nothing(
    broken: Callable[..., World], work: str, content: bytes
) -> None:
    world = broken(lambda: Answer(content), "DescribePackageVersion", "ListPackageVersions", "GetRepositoryEndpoint")
    refused = world.refused(lambda: WORK[work](world.target(), world.parcel()))
    assert isinstance(refused, Incomplete)
    assert "an answer holds no" in refused.message


@pytest.mark.parametrize(
    ("wrong", "says"), [(Hang, "ReadTimeoutError"), (Drop, "ConnectionClosedError"), (lambda: Answer(b"", 503), "503")]
)
def test_what_does_not_answer_is_incomplete(
    broken: Callable[..., World], wrong: Callable[[], Answer | Hang | Drop], says: str
) -> None:
    world = broken(wrong, "ListPackageVersionAssets")
    refused = world.refused(lambda: world.target(seconds=0.3).put(world.parcel()))
    assert isinstance(refused, Incomplete)
    assert says in refused.message
    assert world.asked("Upload") == []


def test_a_place_where_nobody_listens_is_incomplete(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_CODEARTIFACT", closed_address())
    refused = world.refused(lambda: world.target().held(world.parcel().tag))
    assert isinstance(refused, Incomplete)
    assert "EndpointConnectionError" in refused.message


def test_throttling_that_passes_is_waited_for(world: World) -> None:
    world.server.throttle("DescribePackageVersion", 4)
    assert world.target().held(world.parcel().tag) == ()
    assert len(world.asked("DescribePackageVersion")) == 8


def test_throttling_that_does_not_pass_is_incomplete(world: World) -> None:
    world.server.throttle("DescribePackageVersion", 100)
    refused = world.refused(lambda: world.target().held(world.parcel().tag))
    assert isinstance(refused, Incomplete)
    assert "ThrottlingException" in refused.message


def test_credentials_that_nobody_knows_are_told_without_repeating_them(world: World) -> None:
    world.server.callers.keys.clear()
    refused = world.refused(lambda: world.target().held(world.parcel().tag))
    assert isinstance(refused, Incomplete)
    assert "UnrecognizedClientException" in refused.message


def test_missing_credentials_are_asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    refused = world.refused(lambda: world.target().held(world.parcel().tag))
    assert isinstance(refused, UsageError)
    assert "there are no AWS credentials" in refused.message
    assert world.asked() == []


@pytest.mark.parametrize(
    ("status", "kind"), [("Disposed", Conflict), ("Deleted", Conflict), ("Unfinished", Incomplete)]
)
def test_a_version_whose_files_are_not_to_be_had_is_told(world: World, status: str, kind: type[Exception]) -> None:
    parcel = world.parcel()
    version = PackageVersion("0.1.0", {}, status=status)
    repository = world.server.domain.repositories["preview"]
    repository.packages["alpha"] = world.server.package("preview", "alpha").plus(version)
    refused = world.refused(lambda: world.target().held(parcel.tag))
    assert isinstance(refused, kind)
    assert f"alpha/v0.1.0 is {status} in wheelyard/preview" in refused.message
    unknown = world.target().inventory(["alpha"])
    assert {(each.name, each.sha256) for each in unknown} == {(name, "") for name in artifacts(parcel)}


def test_an_answer_that_names_no_digest_is_not_taken_for_the_same_bytes(broken: Callable[..., World]) -> None:
    listed = b'{"versionRevision": "r1", "assets": [{"name": "alpha-0.1.0.tar.gz", "hashes": {"MD5": "0"}}]}'
    world = broken(lambda: Answer(listed), "ListPackageVersionAssets")
    refused = world.refused(lambda: world.target().put(world.parcel()))
    assert isinstance(refused, Incomplete)
    assert "does not say what bytes it holds under alpha-0.1.0.tar.gz" in refused.message
    assert world.asked("Upload") == []


@pytest.mark.parametrize("content", [b"[]", b"null"])
@pytest.mark.parametrize("what", WORK)
def test_a_document_of_another_shape_is_incomplete_and_no_defect(
    broken: Callable[..., World], what: str, content: bytes
) -> None:
    world = broken(lambda: Answer(content), "")
    refused = world.refused(lambda: WORK[what](world.target(patience=0.1), world.parcel()))
    assert isinstance(refused, Incomplete)
    assert "no answer that could be read" in refused.message


def test_two_answers_that_contradict_each_other_are_incomplete(broken: Callable[..., World]) -> None:
    described = b'{"packageVersion": {"version": "0.1.0", "status": "Published", "revision": "r1"}}'
    world = broken(lambda: Answer(described), "DescribePackageVersion")
    refused = world.refused(lambda: world.target(patience=0.1).held(world.parcel().tag))
    assert isinstance(refused, Incomplete)
    assert "lists none of it" in refused.message


def test_an_address_of_elsewhere_is_not_shown_the_token(world: World) -> None:
    parcel, target = world.parcel(), world.target()
    world.publish(parcel, target)
    (offer, *_) = target.offered("alpha", Channel.STABLE)
    elsewhere = world.target({"CODEARTIFACT_REPOSITORY": "public"})
    world.server.forget()
    refused = world.refused(lambda: elsewhere.fetch(offer))
    assert isinstance(refused, UsageError)
    assert world.asked("Simple") == []


def test_a_list_that_changes_between_its_pages_is_incomplete(broken: Callable[..., World]) -> None:
    pages = iter(
        [b'{"versionRevision": "r1", "assets": [], "nextToken": "1"}', b'{"versionRevision": "r2", "assets": []}']
    )
    world = broken(lambda: Answer(next(pages)), "ListPackageVersionAssets")
    refused = world.refused(lambda: world.target().put(world.parcel()))
    assert isinstance(refused, Incomplete)
    assert "changed while it was read" in refused.message


def test_two_who_list_a_version_at_once_are_told(broken: Callable[..., World]) -> None:
    answer = Refused("ConflictException", "The operation did not succeed because prerequisites are not met.").answer
    world = broken(lambda: answer, "UpdatePackageVersionsStatus")
    parcel = world.parcel()
    world.publish(parcel)
    refused = world.refused(lambda: world.target().relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "x"))
    assert isinstance(refused, Conflict)
    assert "alpha/v0.1.0 is Published in wheelyard/stable" in refused.message


def test_a_package_of_which_no_setting_is_known_is_given_one(broken: Callable[..., World]) -> None:
    world = broken(lambda: Answer(b'{"package": {"format": "pypi", "name": "alpha"}}'), "DescribePackage ")
    world.target().put(world.parcel())
    assert len(world.asked("PutPackageOriginConfiguration")) == 4
