"""What another run has done already, here or on another machine, is found, kept byte for byte and not done again."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete
from release.model.evidence import bundle_name
from release.model.ledger import State
from release.model.receipt import read_receipt
from release.model.tag import parse_tag
from release.model.trust import Trust, TrustedKey
from release.steps.ledger import ask_targets
from release.steps.publish import Publish
from release.steps.resume import find_done, is_known, recover, seal
from tests.release.crash.cases import is_write
from tests.release.crash.state import files_of
from tests.release.steps.dock import EVIDENCE, TAG
from tests.servers.faults import Call, Faults
from tests.servers.upload import Fault

if TYPE_CHECKING:
    from release.context import Context
    from tests.release.steps.dock import Dock
    from tests.servers.world import World

ALPHA = parse_tag(TAG)
BUNDLE = bundle_name(ALPHA)
AUDIT = "alpha-0.1.0.audit.json"
RECEIPT = "alpha-0.1.0.receipt.json"
AT_S3 = "stable/alpha/0.1.0/"


def recovered(dock: Dock, context: Context) -> bool:
    """Fetch what others have published."""
    return recover(dock.judged().artifacts, ask_targets(ALPHA, context.targets), context)


def shelf(dock: Dock) -> dict[str, bytes]:
    """Give what stands on the shelf of the release."""
    return files_of(dock.context("local").dist.folder(ALPHA))


def trusting(context: Context, other: Context) -> Context:
    """Give a context that trusts the other's key."""
    assert other.signer
    return replace(context, trust=Trust((TrustedKey(other.signer.key),)))


def evidence_at(world: World, name: str) -> list[bytes]:
    """Give a file of the release wherever S3 and GitHub have it."""
    kept = [world.s3.do("GET", key).content for key in world.s3.stored() if key == f"{AT_S3}{name}"]
    assets = [asset for release in world.github.repository.releases for asset in release.assets]
    return [*kept, *(each.content for each in assets if each.name == name)]


def put_of(name: str) -> Call:
    """Name the call that brings a file to S3."""
    return Call("S3", f"PutObject {AT_S3}{name}", 1)


@pytest.mark.parametrize("target", ["s3", "github"])
def test_evidence_that_another_machine_has_published_is_fetched_and_kept_byte_for_byte(
    dock: Dock, elsewhere: Dock, target: str
) -> None:
    elsewhere.release(elsewhere.context(target), elsewhere.judged(report="of that day"))
    assert recovered(dock, dock.context(target))
    theirs = shelf(elsewhere)
    names = {BUNDLE, AUDIT, *([RECEIPT] if target == "s3" else [])}
    assert shelf(dock) == {name: theirs[name] for name in names}


@pytest.mark.parametrize("target", ["s3", "github"])
def test_what_was_fetched_is_what_is_published_further(dock: Dock, elsewhere: Dock, world: World, target: str) -> None:
    theirs = elsewhere.context(target)
    elsewhere.release(theirs, elsewhere.judged(report="of that day"))
    context = trusting(dock.context("s3", "github"), theirs)
    receipt = dock.release(context, dock.judged(report="of today"))
    assert receipt.is_complete
    assert shelf(dock)[BUNDLE] == shelf(elsewhere)[BUNDLE]
    assert shelf(dock)[AUDIT] == shelf(elsewhere)[AUDIT]
    [release] = world.github.repository.releases
    at_github = {each.name: each.content for each in release.assets}
    for name in (BUNDLE, AUDIT):
        assert at_github[name] == world.s3.do("GET", f"{AT_S3}{name}").content == shelf(elsewhere)[name]


def test_of_a_draft_that_another_machine_has_left_evidence_is_fetched_as_well(dock: Dock, elsewhere: Dock) -> None:
    theirs = elsewhere.context("github")
    ready = elsewhere.ready(theirs)
    Publish().run(ready, theirs)
    dock.world.github.repository.releases[0].draft = True
    assert recovered(dock, dock.context("github"))
    assert shelf(dock)[BUNDLE] == shelf(elsewhere)[BUNDLE]


@pytest.mark.parametrize("content", [b"", b"{}", b"no receipt"])
def test_a_receipt_that_nobody_can_read_is_not_fetched_and_stops_no_run(
    dock: Dock, elsewhere: Dock, world: World, content: bytes
) -> None:
    theirs = elsewhere.context("s3")
    elsewhere.release(theirs)
    world.s3.do("PUT", f"{AT_S3}{RECEIPT}", content)
    context = trusting(dock.context("s3"), theirs)
    receipt = dock.release(context)
    assert receipt.is_complete
    assert shelf(dock)[BUNDLE] == shelf(elsewhere)[BUNDLE]
    assert read_receipt(context.dist.receipt(ALPHA)) == receipt


def test_a_bundle_of_ours_gives_way_to_one_that_is_proven(dock: Dock, elsewhere: Dock) -> None:
    theirs, ours = elsewhere.context("s3"), dock.context("local")
    elsewhere.release(theirs)
    dock.publish(ours)
    assert shelf(dock)[BUNDLE] != shelf(elsewhere)[BUNDLE]
    assert recovered(dock, trusting(dock.context("s3"), theirs))
    assert shelf(dock)[BUNDLE] == shelf(elsewhere)[BUNDLE]


def test_a_bundle_of_ours_stays_where_nobody_who_counts_has_signed_the_other(dock: Dock, elsewhere: Dock) -> None:
    elsewhere.release(elsewhere.context("s3"))
    dock.publish(dock.context("local"))
    before = shelf(dock)
    assert not recovered(dock, dock.context("s3"))
    assert shelf(dock) == before


def test_an_unsigned_bundle_of_ours_gives_way_to_what_is_published(dock: Dock, elsewhere: Dock, world: World) -> None:
    world.index.fail("POST", Fault.REFUSED)
    with pytest.raises(Incomplete):
        dock.publish(dock.context("index", signer=None, invocation="urn:uuid:another-run"))
    elsewhere.release(elsewhere.context("s3", signer=None))
    assert shelf(dock)[BUNDLE] != shelf(elsewhere)[BUNDLE]
    receipt = dock.release(dock.context("s3", signer=None))
    assert receipt.is_complete
    assert shelf(dock)[BUNDLE] == shelf(elsewhere)[BUNDLE]


def test_a_draft_that_can_be_replaced_counts_less_than_what_cannot_be_in_whatever_order_they_are_named(
    dock: Dock, elsewhere: Dock, world: World
) -> None:
    dock.publish(dock.context("s3"))
    theirs = elsewhere.context("github")
    elsewhere.publish(theirs)
    world.github.repository.releases[0].draft = True
    ours = shelf(dock)[BUNDLE]
    receipt = dock.release(trusting(dock.context("github", "s3"), theirs))
    assert receipt.is_complete
    [release] = world.github.repository.releases
    at_github = {each.name: each.content for each in release.assets}
    assert at_github[BUNDLE] == world.s3.do("GET", f"{AT_S3}{BUNDLE}").content == ours


def test_a_proven_bundle_of_other_artifacts_takes_the_place_of_none(dock: Dock, elsewhere: Dock) -> None:
    theirs = elsewhere.context("s3")
    elsewhere.release(theirs, elsewhere.judged(source="# other"))
    dock.publish(dock.context("local"))
    before = shelf(dock)
    assert not recovered(dock, trusting(dock.context("s3"), theirs))
    assert shelf(dock) == before


def test_a_complete_receipt_here_is_left_alone(dock: Dock, elsewhere: Dock, world: World) -> None:
    theirs = elsewhere.context("s3")
    dock.release(dock.context("local"))
    elsewhere.release(theirs)
    before = shelf(dock)
    world.arm(Faults())
    assert not recovered(dock, trusting(dock.context("s3"), theirs))
    assert shelf(dock) == before
    assert [each for each in world.faults.calls if each.name.startswith(f"GetObject {AT_S3}")] == []


def test_the_same_bundle_is_not_fetched_twice(dock: Dock, elsewhere: Dock) -> None:
    elsewhere.publish(elsewhere.context("s3"))
    context = dock.context("s3")
    assert recovered(dock, context)
    assert not recovered(dock, context)


def test_targets_that_keep_no_evidence_have_none_to_give(dock: Dock, elsewhere: Dock) -> None:
    elsewhere.publish(elsewhere.context("index", "codeartifact"))
    assert not recovered(dock, dock.context("index", "codeartifact"))
    assert shelf(dock) == {}


def test_with_an_empty_dist_a_release_that_is_everywhere_is_done_and_nothing_is_written_outside(
    dock: Dock, world: World
) -> None:
    first = dock.release(dock.context("index", "codeartifact", "s3", "github"))
    before = shelf(dock)
    shutil.rmtree(dock.repository.root / "dist")
    world.arm(Faults())
    context = dock.context("index", "codeartifact", "s3", "github")
    artifacts = dock.judged().artifacts
    assert not find_done(artifacts, ask_targets(ALPHA, context.targets), context)
    assert not is_known(ALPHA, context)
    dock.release(context)
    assert [each for each in world.faults.calls if is_write(each)] == [put_of(RECEIPT)], "the first receipt stays"
    assert shelf(dock).keys() == before.keys()
    assert json.loads(world.s3.do("GET", f"{AT_S3}{RECEIPT}").content) == json.loads(first.as_json())
    assert is_known(ALPHA, context)


def test_only_a_receipt_that_s3_lacks_is_written_by_a_run_that_finds_everything_done(dock: Dock, world: World) -> None:
    context = dock.context("s3", "github")
    receipt = dock.release(context)
    holdings = ask_targets(ALPHA, context.targets)
    world.arm(Faults())
    assert find_done(dock.judged().artifacts, holdings, context) == receipt
    assert [each for each in world.faults.calls if is_write(each)] == []
    world.s3.do("DELETE", f"{AT_S3}{RECEIPT}")
    world.arm(Faults())
    assert find_done(dock.judged().artifacts, ask_targets(ALPHA, context.targets), context) == receipt
    assert [each for each in world.faults.calls if is_write(each)] == [put_of(RECEIPT)]
    assert world.s3.do("GET", f"{AT_S3}{RECEIPT}").content == receipt.as_json().encode()


def test_a_release_is_not_done_where_a_target_lacks_a_file_of_it(dock: Dock, world: World) -> None:
    context = dock.context("s3")
    dock.release(context)
    world.s3.do("DELETE", f"{AT_S3}{ALPHA.files[1]}")
    assert find_done(dock.judged().artifacts, ask_targets(ALPHA, context.targets), context) is None


@pytest.mark.parametrize("name", EVIDENCE)
@pytest.mark.parametrize("target", ["s3", "github"])
def test_a_release_is_not_done_where_a_target_lost_evidence_and_the_next_run_brings_it_back(
    dock: Dock, world: World, target: str, name: str
) -> None:
    context = dock.context(target)
    dock.release(context)
    lost = evidence_at(world, name)
    world.s3.do("DELETE", f"{AT_S3}{name}")
    for release in world.github.repository.releases:
        release.assets = [each for each in release.assets if each.name != name]
    again = dock.context(target)
    assert find_done(dock.judged().artifacts, ask_targets(ALPHA, again.targets), again) is None
    receipt = dock.release(again, dock.judged(report="of another day"))
    assert evidence_at(world, name) == lost != [], "what was proven then is what is brought back"
    done = dock.context(target)
    assert find_done(dock.judged().artifacts, ask_targets(ALPHA, done.targets), done) == receipt


def test_a_release_is_not_done_where_evidence_has_other_bytes(dock: Dock, world: World) -> None:
    context = dock.context("s3")
    dock.release(context)
    world.s3.do("PUT", f"{AT_S3}{AUDIT}", b"clean, believe me")
    with pytest.raises(Conflict, match=r"s3 holds other bytes as alpha-0\.1\.0\.audit\.json"):
        find_done(dock.judged().artifacts, ask_targets(ALPHA, context.targets), context)


def test_a_release_stays_done_where_its_provenance_was_signed_once_more(dock: Dock, world: World) -> None:
    context = dock.context("s3")
    receipt = dock.release(context)
    bundle = world.s3.do("GET", f"{AT_S3}{BUNDLE}").content
    world.s3.do("PUT", f"{AT_S3}{BUNDLE}", bundle * 2)
    assert find_done(dock.judged().artifacts, ask_targets(ALPHA, context.targets), context) == receipt


def test_a_receipt_is_kept_by_targets_that_keep_evidence_and_the_first_one_stays(dock: Dock, world: World) -> None:
    context = dock.context("local", "s3", "github")
    receipt = dock.release(context)
    seal(ALPHA, receipt.model_copy(update={"tool": "another"}), context.targets)
    assert world.s3.do("GET", f"{AT_S3}{RECEIPT}").content == receipt.as_json().encode()
    [release] = world.github.repository.releases
    assert RECEIPT not in {each.name for each in release.assets}
    assert read_receipt(context.dist.receipt(ALPHA)) == receipt


def test_evidence_is_named_by_the_bytes_that_s3_and_github_have_in_the_end(dock: Dock, world: World) -> None:
    context = dock.context("s3", "github")
    receipt = dock.release(context)
    states = {(each.target, each.name): (each.state, each.sha256) for each in receipt.publications}
    for name in (BUNDLE, AUDIT):
        digest = hashlib.sha256(world.s3.do("GET", f"{AT_S3}{name}").content).hexdigest()
        assert states["s3", name] == states["github", name] == (State.IDENTICAL, digest)
