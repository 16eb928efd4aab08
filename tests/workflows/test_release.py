"""A tag becomes a release: the workflow, job by job, with every ending that it can have once it was signed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Final

import pytest

from tests.release.command import ReleaseCommand
from tests.servers.account import ACCESS_KEY
from tests.servers.codeartifact.callers import Caller
from tests.servers.faults import Call, Fault, Faults
from tests.servers.github.conversations import Writer
from tests.servers.stand_in import Answer
from tests.workflows.conftest import TAG
from tests.workflows.holdings import holdings, lent, told

if TYPE_CHECKING:
    from tests.workflows.hub import Hub
    from tests.workflows.run import Run

WHEEL: Final = "env_drift-0.1.0-py3-none-any.whl"
RECEIPT: Final = "env-drift/0.1.0/env_drift-0.1.0.receipt.json"
"""What a release leaves, however it ended."""
ALL: Final = ("gate", "build", "rebuild", "verify", "sign", "publish", "release", "notify")


@pytest.fixture(scope="module")
def undisturbed(github: Hub, signed: Run) -> dict[str, str]:
    """Give what services hold after a release that nothing went wrong in."""
    github.outside.empty()
    run = github.go(signed.fork(), before=["notify"])
    assert {*run.results.values()} == {"success"}, "\n".join(each.log for each in run.jobs.values())
    return holdings(github.outside)


def test_a_tag_is_released_everywhere_and_a_consumer_can_prove_it(hub: Hub, signed: Run) -> None:
    run = hub.go(signed.fork())
    assert run.results == dict.fromkeys(ALL, "success")
    found = holdings(hub.outside)
    for place in ("staging", "stable", "preview", "dev"):
        assert any(each.startswith(f"codeartifact {place} ") and each.endswith(WHEEL) for each in found), place
    for place in ("s3 stable/env-drift/0.1.0/", f"github {TAG} published "):
        names = {each.removeprefix(place) for each in found if each.startswith(place)}
        assert {WHEEL, "env_drift-0.1.0.tar.gz", "SHA256SUMS", "env_drift-0.1.0.intoto.jsonl"} <= names
        assert {"env_drift-0.1.0.cdx.json", "env_drift-0.1.0.audit.json"} <= names
    assert "s3 stable/env-drift/0.1.0/env_drift-0.1.0.receipt.json" in found
    (notice,) = told(hub.outside)
    assert f"{TAG} released" in notice
    assert set(lent(hub.outside)) == {"Publisher", "Promoter"}
    assert hub.outside.sts.refused == []
    assert "separate-signer" in prove(hub)


def prove(hub: Hub) -> str:
    """Fetch the release from the bucket, verify it as somebody does who may read alone, and give what is said."""
    world, folder = hub.outside.world, hub.origin.clone / "dist" / "env-drift" / "0.1.0"
    folder.mkdir(parents=True)
    for key in world.s3.stored("stable/env-drift/0.1.0/"):
        (folder / key.rpartition("/")[2]).write_bytes(world.s3.do("GET", key).content)
    world.codeartifact.callers.keys[ACCESS_KEY] = Caller()
    hub.outside.s3.lent[ACCESS_KEY] = "auditor"
    hub.outside.s3.callers.add(ACCESS_KEY)
    environment = {
        **hub.outside.variables,
        **world.environment,
        "PATH": hub.machine.path,
        "HOME": str(hub.machine.home),
    }
    token = next(iter(world.github.tokens), "")
    assert token == "", "the token of a job outlived it"
    world.github.tokens["a-readers"] = Writer(push=False)
    try:
        command = ReleaseCommand(hub.origin.clone, {**environment, "GITHUB_TOKEN": "a-readers"})
        ended = command("verify", TAG, "--to", "codeartifact", "--to", "s3", "--to", "github").expect(0)
    finally:
        hub.outside.lock_out()
        shutil.rmtree(folder)
    return ended.out + ended.err


def half_way(hub: Hub, run: Run, undisturbed: dict[str, str], call: Call, fault: Fault) -> None:
    """Kill the publication at a call, run again what failed, and require that nothing tells the two endings apart."""
    faults = Faults(call, fault)
    hub.outside.world.arm(faults)
    hub.go(run)
    assert faults.is_spent, [str(each) for each in faults.calls]
    assert (run.jobs["publish"].result, run.jobs["release"].result) == ("failure", "skipped")
    assert f"env-drift/0.1.0/{WHEEL}" in left(run, "publish-stopped")
    assert holdings(hub.outside).items() < undisturbed.items() or holdings(hub.outside).keys() < undisturbed.keys()
    (notice,) = told(hub.outside)
    assert "publish" in notice
    assert "released" not in notice.splitlines()[0]
    hub.again(run, failed=True)
    assert run.results == dict.fromkeys(ALL, "success")
    assert holdings(hub.outside) == undisturbed
    assert f"{TAG} released" in told(hub.outside)[-1]


def left(run: Run, artifact: str) -> dict[str, bytes]:
    """Give the files of an artifact that no job reads."""
    kept = run.artifacts.named(artifact)
    assert kept is not None, [each.name for each in run.artifacts.kept.values()]
    assert str(kept.id) not in {value for each in run.jobs.values() for value in each.outputs.values()}
    return kept.files


@pytest.mark.usefixtures("fully")
def test_a_publication_that_one_target_breaks_off_leaves_a_receipt_of_what_the_other_took(
    hub: Hub, signed: Run
) -> None:
    codeartifact = hub.outside.world.codeartifact
    codeartifact.throttle("CopyPackageVersions", 1000)
    try:
        run = hub.go(signed.fork(), before=["release"])
    finally:
        codeartifact.throttle("CopyPackageVersions", 0)
    assert (run.jobs["publish"].code, run.jobs["publish"].outputs) == (15, {}), run.jobs["publish"].log
    receipt = json.loads(left(run, "publish-stopped")[RECEIPT])
    assert receipt["tag"] == TAG
    assert {each["target"] for each in receipt["publications"] if each["state"] == "identical"} == {"s3"}
    assert run.artifacts.named("published") is None


def test_a_publication_that_was_killed_half_way_ends_well_when_failed_jobs_are_run_again(
    hub: Hub, signed: Run, undisturbed: dict[str, str]
) -> None:
    call = Call("RoleS3", f"PutObject stable/env-drift/0.1.0/{WHEEL}", 1)
    half_way(hub, signed.fork(), undisturbed, call, Fault.KILLED_AFTER)


@pytest.mark.usefixtures("fully")
def test_a_publication_that_was_killed_at_an_upload_ends_well_too(
    hub: Hub, signed: Run, undisturbed: dict[str, str]
) -> None:
    half_way(hub, signed.fork(), undisturbed, Call("CodeArtifact", f"Upload staging {WHEEL}", 1), Fault.KILLED_BEFORE)


@pytest.mark.usefixtures("fully")
def test_a_release_that_a_target_broke_off_ends_well_when_failed_jobs_are_run_again(
    hub: Hub, signed: Run, undisturbed: dict[str, str]
) -> None:
    answers = hub.outside.world.github.wrong[f"CreateRelease {TAG}"]
    answers += [Answer(b"", 500)] * 20
    run = hub.go(signed.fork())
    assert run.results == {**dict.fromkeys(ALL, "success"), "release": "failure", "notify": "failure"}
    assert not [each for each in holdings(hub.outside) if each.startswith("github")]
    assert RECEIPT in left(run, "release-stopped")
    answers.clear()
    hub.again(run, failed=True)
    assert run.results == dict.fromkeys(ALL, "success")
    assert holdings(hub.outside) == undisturbed


@pytest.mark.usefixtures("fully")
def test_all_jobs_run_again_change_nothing_of_what_is_released(
    hub: Hub, signed: Run, undisturbed: dict[str, str]
) -> None:
    run = hub.go(signed.fork())
    hub.again(run, failed=False)
    assert run.results == dict.fromkeys(ALL, "success")
    assert run.attempt == 2
    assert holdings(hub.outside) == undisturbed
