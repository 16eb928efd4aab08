"""Publishing: everything is brought everywhere before anything is offered anywhere, and only what is absent is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete
from release.model.forecast import Does
from release.model.ledger import Listing, State
from release.steps.forecast import forecast
from release.steps.ledger import ask_targets
from release.steps.publish import Publish, do_side_by_side
from tests.release.crash.cases import is_write, verb_of
from tests.release.steps.dock import EVIDENCE
from tests.servers.codeartifact.store import Asset, PackageVersion
from tests.servers.faults import Faults
from tests.servers.stand_in import Answer
from tests.servers.upload import Fault
from tests.servers.world import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.ports import Target
    from tests.release.steps.dock import Dock
    from tests.servers.faults import Call
    from tests.servers.world import World

NOWHERE: dict[str, list[str]] = {"local": [], "index": [], "codeartifact": [], "s3": [], "github": []}
CHANNELS = ["stable", "preview", "dev"]
TO_LOOK = (
    "sts:GetServiceBearerToken",
    "GetAuthorizationToken",
    "GetRepositoryEndpoint",
    "DescribePackage",
    "DescribePackageVersion",
    "ListPackageVersions",
    "ListPackageVersionAssets",
)


def writes(world: World) -> list[Call]:
    """Give every call that changes something."""
    return [each for each in world.faults.calls if is_write(each)]


def verbs(world: World) -> set[str]:
    """Give what kinds of calls changed something."""
    return {verb_of(each) for each in writes(world)}


def stored(world: World) -> dict[str, bytes]:
    """Give every object that S3 keeps, with the bytes and the time at which they came."""
    found = {key: world.s3.do("GET", key) for key in world.s3.stored()}
    return {key: each.content + each.headers["last-modified"].encode() for key, each in found.items()}


def test_a_release_is_offered_by_every_target_and_the_ledger_says_so(dock: Dock) -> None:
    published = dock.publish(dock.context())
    assert {each.state for each in published.entries} == {State.IDENTICAL}
    assert published.brought == TARGETS
    assert published.summary == f"to {', '.join(TARGETS)}"
    wheel, sdist = dock.judged().artifacts.release.tag.files
    assert dock.offered() == {
        "local": CHANNELS,
        "index": [wheel, sdist],
        "codeartifact": CHANNELS,
        "s3": CHANNELS,
        "github": ["alpha/v0.1.0"],
    }


def test_where_one_target_cannot_be_brought_anything_no_other_offers_anything(dock: Dock, world: World) -> None:
    world.index.fail("POST", Fault.UNAVAILABLE)
    with pytest.raises(Incomplete, match=r"alpha-0\.1\.0-py3-none-any\.whl could not be brought to http://127"):
        dock.publish(dock.context())
    assert dock.offered() == NOWHERE
    [draft] = world.github.repository.releases
    assert draft.draft
    assert {each.name for each in draft.assets} > {*EVIDENCE}, "it was brought whatever became of the others"
    assert f"stable/alpha/0.1.0/{EVIDENCE[0]}" in world.s3.stored()
    assert world.codeartifact.digests("staging", "alpha", "0.1.0")


@pytest.mark.parametrize("has_staging", [True, False])
def test_what_offers_a_file_from_the_moment_it_is_brought_comes_last(
    dock: Dock, world: World, *, has_staging: bool
) -> None:
    if not has_staging:
        del world.codeartifact.domain.repositories["staging"]
        world.codeartifact.has_staging = False
    world.s3.denied.add("PutObject")
    with pytest.raises(Incomplete, match="could not write s3://"):
        dock.publish(dock.context())
    assert world.index.files == {}, "nobody is offered what another target lacks"
    assert dock.offered() == NOWHERE
    world.s3.denied.clear()
    assert {each.state for each in dock.publish(dock.context()).entries} == {State.IDENTICAL}


def test_the_next_run_offers_what_the_stopped_one_has_brought(dock: Dock, world: World) -> None:
    world.index.fail("POST", Fault.UNAVAILABLE, times=4)
    with pytest.raises(Incomplete):
        dock.publish(dock.context())
    brought = stored(world)
    world.arm(Faults())
    published = dock.publish(dock.context())
    assert {each.state for each in published.entries} == {State.IDENTICAL}
    assert verbs(world) == {"upload", "PutObject", "PublishRelease", "CopyPackageVersions"}, "nothing is brought twice"
    assert brought.items() <= stored(world).items()
    assert dock.offered()["github"] == ["alpha/v0.1.0"]


def test_the_first_error_is_raised_and_the_others_are_said(
    dock: Dock, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.codeartifact.restrict(*TO_LOOK, "PutPackageOriginConfiguration")
    world.github.wrong["CreateRelease alpha/v0.1.0"] = [Answer(b"{}", 403)] * 9
    world.s3.denied.add("PutObject")
    with pytest.raises(Incomplete, match="could not be brought to") as first:
        dock.publish(dock.context())
    told = " ".join(capsys.readouterr().err.split())
    assert first.value.message not in told
    assert "warning: could not write s3://wheelyard-wheels/stable/alpha/0.1.0/" in told
    assert "warning: could not make a draft for alpha/v0.1.0" in told
    assert dock.offered() == NOWHERE


def test_the_work_is_done_for_every_target_whatever_becomes_of_the_others(dock: Dock) -> None:
    done: list[str] = []

    def work(target: Target) -> None:
        done.append(target.name)
        raise Incomplete(f"{target.name} is away")

    context = dock.context("local", "s3", "github")
    with pytest.raises(Incomplete, match=r"^local is away$"):
        do_side_by_side(context.targets, work, context)
    assert sorted(done) == ["github", "local", "s3"]


def test_where_nothing_is_absent_nothing_is_written(dock: Dock, world: World) -> None:
    dock.publish(dock.context())
    world.arm(Faults())
    published = dock.publish(dock.context())
    assert (published.brought, published.summary) == ((), "everything was there already")
    assert writes(world) == []


def test_only_the_targets_that_lack_something_are_brought_it(dock: Dock, world: World) -> None:
    dock.publish(dock.context("s3", "github"))
    world.arm(Faults())
    published = dock.publish(dock.context("s3", "index", "github"))
    assert published.brought == ("index",)
    assert {each.service for each in writes(world)} == {"UploadIndex"}


SILENT: dict[str, Callable[[World], object]] = {
    "index": lambda world: world.index.fail("GET", Fault.REFUSED),
    "codeartifact": lambda world: world.codeartifact.restrict(),
    "s3": lambda world: world.s3.denied.add("ListBucket"),
    "github": lambda world: world.github.tokens.clear(),
}


@pytest.mark.parametrize("target", SILENT)
def test_a_target_that_cannot_be_asked_stops_everything_before_anything_is_brought(
    dock: Dock, world: World, target: str
) -> None:
    SILENT[target](world)
    with pytest.raises(Incomplete, match=f"^alpha/v0.1.0: {target} could not be asked: "):
        dock.publish(dock.context())
    assert writes(world) == []
    assert dock.offered() == NOWHERE


def test_other_bytes_at_one_target_stop_everything_before_anything_is_brought(
    dock: Dock, elsewhere: Dock, world: World
) -> None:
    elsewhere.publish(elsewhere.context("s3"))
    world.arm(Faults())
    with pytest.raises(Conflict, match=r"^alpha/v0\.1\.0: s3 holds other bytes as alpha-0\.1\.0") as conflict:
        dock.publish(dock.context("local", "index", "codeartifact", "s3"), dock.judged(source="# other"))
    assert "never replaced" in conflict.value.hint
    assert writes(world) == []


def test_a_sibling_that_was_taken_off_offer_is_refused_at_once_and_not_waited_for(dock: Dock, world: World) -> None:
    context = dock.context("s3", "local")
    dock.publish(context)
    tag = dock.judged().artifacts.release.tag
    s3 = next(each for each in dock.targets("s3"))
    s3.relist(tag, {Listing.OFFERED}, Listing.UNLISTED, "loses rows")  # type: ignore[attr-defined]
    ready = dock.ready(context)
    assert {each.state for each in Publish().run(ready, context).entries} == {State.IDENTICAL}, "by itself it may be so"
    world.arm(Faults())
    with pytest.raises(Conflict, match="s3 has it unlisted, and another release of this run needs it") as refused:
        Publish(is_awaited=True).run(ready, context)
    assert "hatch run release restore alpha/v0.1.0 --to s3" in refused.value.hint
    asked = [each.name for each in world.faults.calls if each.name.startswith("ListObjectsV2")]
    assert len(asked) == 1, "it was looked at once"
    assert writes(world) == []


@pytest.mark.parametrize("listing", [Listing.UNLISTED, Listing.ARCHIVED])
def test_what_was_taken_off_offer_is_not_offered_elsewhere_and_plan_says_so(
    dock: Dock, world: World, listing: Listing
) -> None:
    dock.publish(dock.context("s3"))
    tag = dock.judged().artifacts.release.tag
    (s3,) = dock.targets("s3")
    s3.relist(tag, {Listing.OFFERED}, listing, "loses rows")  # type: ignore[attr-defined]
    ready = dock.ready(dock.context("s3", "github", "index"))
    world.arm(Faults())
    with pytest.raises(Conflict, match=f"s3 has it {listing}, and this run would offer it at github, index") as refused:
        Publish().run(ready, dock.context("s3", "github", "index"))
    assert "hatch run release restore alpha/v0.1.0 --to s3" in refused.value.hint
    assert writes(world) == []
    digests = ready.judged.artifacts.digests | ready.judged.evidence.digests
    told = forecast(tag, digests, dock.targets("s3", "github", "index"))
    assert (told.does, told.exit_code) == (Does.STOP, 14)
    assert told.why.startswith(f"s3 has it {listing}, and a run would offer it at github, index")


def test_evidence_of_what_was_taken_off_offer_is_brought_back(dock: Dock, world: World) -> None:
    dock.publish(dock.context("s3"))
    (s3,) = dock.targets("s3")
    s3.relist(dock.judged().artifacts.release.tag, {Listing.OFFERED}, Listing.UNLISTED, "loses rows")  # type: ignore[attr-defined]
    world.s3.do("DELETE", f"stable/alpha/0.1.0/{EVIDENCE[0]}")
    published = dock.publish(dock.context("s3"))
    assert {(each.state, each.detail) for each in published.entries} == {(State.IDENTICAL, "unlisted")}


def test_what_is_awaited_and_never_offered_is_incomplete_when_the_patience_ends(dock: Dock) -> None:
    dock.publish(dock.context("index"))
    context = dock.context("index", patience=0.2)
    ready = dock.ready(context)
    assert {each.name for each in ask_targets(ready.judged.artifacts.release.tag, context.targets)[0].files}
    dock.world.index.fail("GET", Fault.LATE)
    with pytest.raises(Incomplete, match=r"alpha/v0\.1\.0: index says absent of .* after it was put there") as late:
        Publish(is_awaited=True).run(ready, context)
    assert late.value.hint == "run the same command again"


def test_of_several_errors_a_conflict_is_raised_and_the_hints_of_the_others_are_said(
    dock: Dock, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(target: Target) -> None:
        if target.name == "s3":
            raise Conflict("s3 has other bytes")
        raise Incomplete(f"{target.name} is away", hint="ask again")

    context = dock.context("local", "s3", "github")
    with pytest.raises(Conflict, match=r"^s3 has other bytes$"):
        do_side_by_side(context.targets, work, context)
    told = capsys.readouterr().err
    assert "warning: local is away (ask again)" in told
    assert "warning: github is away (ask again)" in told


def test_what_somebody_adds_meanwhile_is_a_conflict_at_once_and_not_waited_for(dock: Dock, world: World) -> None:
    dock.publish(dock.context("codeartifact"))
    context = dock.context("codeartifact", "s3", patience=600.0)
    ready = dock.ready(context)
    world.codeartifact.append("dev", "alpha", "0.1.0", Asset("alpha-0.1.0-cp311-cp311-linux_x86_64.whl", b"worse"))
    with pytest.raises(Conflict, match=r"codeartifact holds other bytes as .*linux_x86_64.*: somebody added it"):
        Publish().run(ready, context)


def test_a_version_whose_bytes_are_gone_stops_everything_before_anything_is_brought(dock: Dock, world: World) -> None:
    repository = world.codeartifact.domain.repositories["preview"]
    gone = PackageVersion("0.1.0", {}, status="Disposed")
    repository.packages["alpha"] = world.codeartifact.package("preview", "alpha").plus(gone)
    context = dock.context("local", "codeartifact")
    local, remote = ask_targets(dock.judged().artifacts.release.tag, context.targets)
    assert local.error is None, "of the others it says nothing"
    assert isinstance(remote.error, Conflict)
    with pytest.raises(
        Conflict, match=r"^alpha/v0\.1\.0: codeartifact: .* is Disposed in wheelyard/preview"
    ) as refused:
        dock.publish(context)
    assert refused.value.hint == "release the next version"
    assert writes(world) == []
    assert dock.offered()["local"] == []
