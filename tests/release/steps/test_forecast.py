"""What a run would do is said of each release by itself: what can't be said of one hides nothing of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.errors import Incomplete
from release.model.forecast import Does
from release.model.ledger import State
from release.model.tag import parse_tag
from release.steps.forecast import forecast
from release.steps.publish import Publish
from tests.release.steps.dock import TAG
from tests.servers.codeartifact.store import PackageVersion
from tests.servers.upload import Fault

if TYPE_CHECKING:
    from tests.release.steps.dock import Dock
    from tests.servers.world import World

ALPHA = parse_tag(TAG)


def test_of_a_version_whose_bytes_are_gone_it_says_so_beside_what_other_targets_hold(dock: Dock, world: World) -> None:
    repository = world.codeartifact.domain.repositories["preview"]
    gone = PackageVersion("0.1.0", {}, status="Deleted")
    repository.packages["alpha"] = world.codeartifact.package("preview", "alpha").plus(gone)
    told = forecast(ALPHA, {}, dock.targets("local", "codeartifact"))
    assert (told.does, told.exit_code) == (Does.STOP, 14)
    assert "alpha/v0.1.0 is Deleted in wheelyard/preview" in told.why
    states = {
        target: {each.state for each in told.entries if each.target == target} for target in ("local", "codeartifact")
    }
    assert states == {"local": {State.ABSENT}, "codeartifact": {State.UNKNOWN}}


def test_evidence_that_cannot_be_read_stops_the_one_release_it_is_of(dock: Dock, world: World) -> None:
    dock.publish(dock.context("s3"))
    sums = "GetObject stable/alpha/0.1.0/SHA256SUMS"
    world.s3.between[sums] = lambda: world.s3.denied.add("GetObject")
    told = forecast(ALPHA, {}, dock.targets("s3"))
    assert (told.does, told.exit_code) == (Does.STOP, 15)
    assert "could not read s3://wheelyard-wheels/stable/alpha/0.1.0/SHA256SUMS" in told.why


def test_what_was_brought_and_is_not_offered_yet_is_to_be_finished(dock: Dock, world: World) -> None:
    world.index.fail("POST", Fault.REFUSED)
    ready = dock.ready(dock.context("github", "codeartifact", "index"))
    with pytest.raises(Incomplete):
        Publish().run(ready, dock.context("github", "codeartifact", "index"))
    digests = ready.judged.artifacts.digests | ready.judged.evidence.digests
    draft = forecast(ALPHA, digests, dock.targets("github"))
    assert (draft.does, draft.why) == (Does.FINISH, "github has 6 of 6 files and does not offer them yet")
    staged = forecast(ALPHA, digests, dock.targets("codeartifact"))
    assert (staged.does, staged.why) == (Does.FINISH, "codeartifact lacks 6 of 6 files"), "staging has them"
    nothing = forecast(ALPHA, digests, dock.targets("index"))
    assert (nothing.does, nothing.why) == (Does.RELEASE, "nothing of it is at index")
