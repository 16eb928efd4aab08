"""Whatever is killed, and however often: the end is that of an undisturbed run, or it is told why not."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release.errors import Conflict, ReleaseError
from release.model.tag import channel_of
from tests.release.adapters.codeartifact.world import STAGING, World, artifacts
from tests.servers.codeartifact import CHANNELS, CodeArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.adapters.codeartifact.target import CodeArtifactTarget
    from release.model.parcel import Parcel
    from tests.servers.stand_in import Answer, Request

ENDS = ("before", "after", "throttled", "expired")
VERSIONS = ("0.1.0", "0.1.0rc1", "0.1.0.dev1")


class Fragile(CodeArtifact):
    """Ends a run at one of its calls: from there on it is let in nowhere, as one that was killed asks nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.left = -1
        self.end = ""

    def answer(self, request: Request) -> Answer:
        """Answer, until the end has come."""
        if self.left < 0:
            return super().answer(request)
        self.left -= 1
        if self.left > 0:
            return super().answer(request)
        if self.left == 0 and self.end == "after":
            super().answer(request)
        self.left = 0 if self.end in {"before", "after"} else -1
        return self.throttled(request) if self.end == "throttled" else self.expired(request)

    def mend(self) -> None:
        """Let everything arrive again."""
        self.left = -1


@pytest.fixture(scope="module")
def fragile() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, Fragile() as server, tempfile.TemporaryDirectory() as folder:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield World(server, Path(folder))
    target_of.cache_clear()


@cache
def target_of(world: World, staging: str) -> CodeArtifactTarget:
    """Open the target once: boto3 takes a fifth of a second, and what it keeps is who asks and where."""
    return world.target({STAGING: staging}, seconds=2, patience=2)


def empty(server: CodeArtifact) -> Fragile:
    """Take everything away."""
    assert isinstance(server, Fragile)
    for repository in server.domain.repositories.values():
        repository.packages.clear()
    server.mend()
    return server


def shown_in(parcel: Parcel) -> set[str]:
    """Give the repositories that should offer a release in the end."""
    return {str(each) for each in channel_of(parcel.tag.version).offered_in}


@settings(max_examples=40)
@given(
    kills=st.lists(st.tuples(st.integers(1, 22), st.sampled_from(ENDS)), max_size=3),
    version=st.sampled_from(VERSIONS),
    staging=st.sampled_from(["staging", ""]),
)
def test_runs_that_are_ended_anywhere_converge(
    fragile: World, kills: list[tuple[int, str]], version: str, staging: str
) -> None:
    server, parcel = empty(fragile.server), fragile.parcel(version=version)
    for calls, end in kills:
        server.left, server.end = calls, end
        with suppress(ReleaseError):
            fragile.publish(parcel, target_of(fragile, staging))
        server.mend()
        for name in CHANNELS:
            assert fragile.digests(name, parcel).items() <= artifacts(parcel).items()
    fragile.publish(parcel, target_of(fragile, staging))
    assert {name for name in CHANNELS if fragile.digests(name, parcel)} == shown_in(parcel)
    assert all(fragile.digests(name, parcel) == artifacts(parcel) for name in shown_in(parcel))


@settings(max_examples=40)
@given(
    strangers=st.dictionaries(
        st.sampled_from(["staging", *CHANNELS]),
        st.sampled_from(["our wheel", "our sdist", "other wheel", "another file"]),
        min_size=1,
    )
)
def test_what_stands_there_already_is_used_or_refused_and_never_replaced(
    fragile: World, strangers: dict[str, str]
) -> None:
    server, parcel, other = empty(fragile.server), fragile.parcel(), fragile.parcel(content="other")
    assets = {
        "our wheel": fragile.asset(parcel, ".whl"),
        "our sdist": fragile.asset(parcel, ".tar.gz"),
        "other wheel": fragile.asset(other, ".whl"),
        "another file": fragile.asset(parcel, ".whl", "alpha-0.1.0-cp311-none-any.whl"),
    }
    for repository, which in strangers.items():
        server.append(repository, "alpha", "0.1.0", assets[which])
    before = {name: fragile.digests(name, parcel) for name in strangers}
    is_ours = all(which.startswith("our") for which in strangers.values())
    if is_ours:
        fragile.publish(parcel, target_of(fragile, "staging"))
        assert all(fragile.digests(name, parcel) == artifacts(parcel) for name in CHANNELS)
    else:
        assert isinstance(fragile.refused(lambda: fragile.publish(parcel, target_of(fragile, "staging"))), Conflict)
    for name, held in before.items():
        assert held.items() <= fragile.digests(name, parcel).items()
