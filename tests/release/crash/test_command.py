"""The command as its users have it, ended or disturbed at calls to real adapters: the same command again ends well."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.release.crash.state import compare, look
from tests.release.crash.truth import Truth, wrong_notices
from tests.servers.faults import Call, Fault, Faults
from tests.servers.world import TARGETS, World
from tests.summary import SUMMARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.release.scene import Scene

TAGS = ("alpha/v0.1.0", "beta/v0.1.0")
WORDS = ("run", *(word for target in TARGETS for word in ("--to", target)))
CASES = (
    ("UploadIndex", "GET /simple/alpha/", Fault.EXPIRED),
    ("CodeArtifact", "CopyPackageVersions alpha 0.1.0 staging→preview", Fault.KILLED_AFTER),
    ("S3", "PutObject stable/simple/alpha/index.html", Fault.LOST),
    ("GitHub", "PublishRelease beta/v0.1.0", Fault.KILLED_AFTER),
)


@pytest.fixture
def world(scene: Scene) -> Iterator[World]:
    """Give everything outside, with two packages that are tagged: beta needs alpha."""
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged(*TAGS)
    with World() as found:
        for tag in TAGS:
            found.github.repository.tag(tag, scene.repository.git("rev-parse", "HEAD"))
        scene.release.more.update(found.environment)
        yield found


def test_the_same_command_again_ends_as_if_nothing_had_happened(
    scene: Scene, world: World, record_property: Callable[[str, object], None]
) -> None:
    dist = scene.repository.root / "dist"
    scene.call(*WORDS).expect(0)
    truth = Truth(world.kms.key.public, TAGS, look(world, dist))
    failed = []
    for service, name, fault in CASES:
        faults = begin_anew(scene, world, Faults(Call(service, name, 1), fault))
        with scene.release.start(*WORDS) as process:
            faults.victim = process.pid
            said = "\n".join(process.communicate())
        again = scene.release(*WORDS)  # what was killed leaves its scratch folder
        state = look(world, dist)
        problems = [*compare(truth.undisturbed, state), *truth.doubts(state), *wrong_notices(world.webhooks, TAGS)]
        if problems or not faults.is_spent or again.code:
            failed.append(f"{service}: {name}: {fault}: {process.returncode} and {again.code}: {problems}\n{said}")
    record_property(SUMMARY, f"{len(CASES)} cases of the whole command, of which {len(failed)} failed")
    assert failed == []
    last = scene.release(*WORDS, "--json").expect(0)
    assert {each["ending"] for each in last.document["outcomes"]} == {"identical"}


def begin_anew(scene: Scene, world: World, faults: Faults) -> Faults:
    """Take away all that was released, with something in store for the next run."""
    world.empty()
    world.arm(faults)
    shutil.rmtree(scene.repository.root / "dist")
    return faults
