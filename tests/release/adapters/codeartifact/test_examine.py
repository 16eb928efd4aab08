"""The doctor sees beforehand what would make a release fail, and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from release.adapters.codeartifact.repositories import read_repositories
from release.adapters.codeartifact.service import Service
from release.adapters.codeartifact.target import CodeArtifactTarget
from release.errors import Incomplete
from release.model.diagnosis import Diagnosis, State
from tests.servers.account import REGION
from tests.servers.codeartifact.store import INGESTED
from tests.servers.stand_in import Answer
from tests.servers.sts import Sts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.release.adapters.codeartifact.world import World
    from tests.servers.stand_in import Request


class SayingSts(Sts):
    """STS that can be made to say something."""

    said: Answer | None = None

    def answer(self, request: Request) -> Answer:
        """Answer as STS does, or what it is made to say."""
        return self.said or super().answer(request)


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[SayingSts]:
    """Give STS, which says who one is."""
    with SayingSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.address)
        yield server


def look(world: World, *packages: str) -> dict[str, Diagnosis]:
    """Give what the doctor says, by what was looked at."""
    found = list(world.target().examine(packages or ("alpha",)))
    assert all(each.cure for each in found if each.state is not State.OK)
    return {each.check: each for each in found}


@pytest.mark.usefixtures("sts")
def test_where_all_is_well_each_line_says_so(world: World) -> None:
    world.publish(world.parcel())
    world.server.forget()
    found = look(world, "alpha", "beta")
    assert {each.state for each in found.values()} == {State.OK}
    assert {name.removeprefix("codeartifact ") for name in found} == {
        *("credentials", "clock", "token", "alpha", "beta"),
        *(f"wheelyard/{name}" for name in ("stable", "preview", "dev", "staging")),
    }
    assert "first publish" in found["codeartifact beta"].detail
    assert "public" in found["codeartifact wheelyard/dev"].detail
    assert not world.asked("Put", "Update", "Copy", "Upload")


@pytest.mark.usefixtures("sts")
def test_long_lived_keys_are_warned_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    found = look(world)["codeartifact credentials"]
    assert (found.state, found.exit_code) == (State.WARNING, 0)
    assert "long-lived" in found.detail


def test_where_nobody_is_let_in_nothing_more_is_looked_at(world: World, sts: SayingSts) -> None:
    refused = b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>x</Message></Error></ErrorResponse>"
    sts.said = Answer(refused, 403, "text/xml")
    found = look(world)
    assert list(found) == ["codeartifact credentials"]
    assert (found["codeartifact credentials"].state, found["codeartifact credentials"].exit_code) == (State.FAILED, 15)
    assert world.asked() == []


@pytest.mark.usefixtures("sts")
@pytest.mark.parametrize(
    ("minutes", "state"), [(10, State.FAILED), (-10, State.FAILED), (4, State.WARNING), (1, State.OK)]
)
def test_a_clock_that_is_off_is_told(world: World, minutes: int, state: State) -> None:
    repositories = read_repositories(world.server.environment)
    service = Service(repositories.domain, repositories.owner, REGION, 3)
    target = CodeArtifactTarget(repositories, service, 3, 1, now=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    found = {each.check: each for each in target.examine([])}["codeartifact clock"]
    assert found.state is state
    assert found.exit_code == (Incomplete.exit_code if state is State.FAILED else 0)


@pytest.mark.usefixtures("sts")
def test_a_repository_that_is_not_there_is_told_and_the_others_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEARTIFACT_DEV_REPOSITORY", "nowhere")
    found = look(world)
    assert (found["codeartifact"].state, found["codeartifact"].exit_code) == (State.FAILED, 2)
    assert "wheelyard/nowhere" in found["codeartifact"].detail
    assert found["codeartifact wheelyard/stable"].state is State.OK


@pytest.mark.usefixtures("sts")
def test_a_channel_behind_another_is_warned_of(world: World) -> None:
    world.server.domain.repositories["dev"].upstreams.insert(0, "preview")
    found = look(world)["codeartifact wheelyard/dev"]
    assert found.state is State.WARNING
    assert "it has preview as upstream" in found.detail


@pytest.mark.usefixtures("sts")
def test_a_name_that_is_not_ours_alone_is_told(world: World) -> None:
    world.server.publish_elsewhere("alpha", "99.0.0", world.asset(world.parcel(version="99.0.0"), ".whl"))
    world.server.domain.ingest(world.server.domain.repositories["preview"], "alpha", "99.0.0")
    found = look(world)["codeartifact alpha"]
    assert (found.state, found.exit_code) == (State.FAILED, 14)
    assert "preview hold" in found.detail


@pytest.mark.usefixtures("sts")
def test_a_name_that_others_may_publish_under_is_warned_of(world: World) -> None:
    world.publish(world.parcel())
    package = world.server.domain.repositories["stable"].packages["alpha"]
    world.server.domain.repositories["stable"].packages["alpha"] = INGESTED.plus(*package.versions.values())
    found = look(world)["codeartifact alpha"]
    assert found.state is State.WARNING
    assert found.detail.startswith("stable: its origin configuration")


@pytest.mark.usefixtures("sts")
@pytest.mark.parametrize("missing", ["GetAuthorizationToken", "DescribeRepository", "DescribePackage"])
def test_a_missing_permission_is_told(world: World, missing: str) -> None:
    allowed = {"GetAuthorizationToken", "sts:GetServiceBearerToken", "DescribeRepository", "DescribePackage"}
    world.server.restrict(*(allowed - {missing}), "ListPackageVersions", "GetRepositoryEndpoint")
    found = [each for each in world.target().examine(["alpha"]) if each.state is State.FAILED]
    assert found
    assert all(f"codeartifact:{missing}" in each.detail and each.exit_code == 15 for each in found)
