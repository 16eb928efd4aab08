"""Notices of whole runs: told once for each ending, and never in a release's way."""

from __future__ import annotations

import json
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.planted import plant
from tests.release.commands.desk import ACTIONS
from tests.servers.faults import Call, Fault, Faults
from tests.servers.stand_in import Answer, closed_address
from tests.servers.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.release.scene import Scene

BOTH = ("slack", "teams")


@pytest.fixture
def webhooks(scene: Scene) -> Iterator[Webhooks]:
    """Give the stand-in, named to every call."""
    with Webhooks() as server:
        scene.release.more.update(server.environment)
        yield server


def count(webhooks: Webhooks) -> tuple[int, int]:
    """Give how many messages each service had."""
    return len(webhooks.said["slack"]), len(webhooks.said["teams"])


def page(scene: Scene, package: str = "alpha") -> Path:
    """Give where the book speaks of a tag."""
    return scene.repository.dist(package) / f"{package}-0.1.0.notices.json"


def standings(scene: Scene, package: str = "alpha") -> list[dict[str, str]]:
    """Give what the book says of each notice of a tag."""
    document: dict[str, Any] = json.loads(page(scene, package).read_text())
    assert document["expected"] is False
    return [each["services"] for each in document["entries"]]


def test_a_release_is_told_once_to_both_with_where_by_whom_and_how_long(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    scene.call().expect(0)
    assert count(webhooks) == (1, 1)
    for service in BOTH:
        [told] = webhooks.told(service)
        assert "alpha/v0.1.0 released" in told
        assert "local: " in told
        assert "to local, by " in told
        assert " s · " in told
        assert "pip install --no-deps --index-url file://" in told
        assert "(again" not in told
    assert standings(scene) == [{"slack": "sent", "teams": "sent"}]
    assert page(scene).stat().st_mode & 0o777 == 0o644


def test_a_job_on_actions_is_named_with_its_actor_and_its_address(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    variables = ACTIONS | {"GITHUB_ACTOR": "grace", "GITHUB_SHA": scene.repository.git("rev-parse", "HEAD")}
    scene.call(folder=None, **variables)
    for service in BOTH:
        [told] = webhooks.told(service)
        assert "by grace" in told
        assert "https://github.com/ada/packages/actions/runs/7/attempts/2" in told


def test_what_was_there_before_anybody_listened_is_not_told(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call(SLACK_WEBHOOK_URL="", TEAMS_WEBHOOK_URL="").expect(0)
    scene.call().expect(0)
    assert count(webhooks) == (0, 0)
    assert not page(scene).exists()


def test_a_refusal_is_told_once_however_often_it_is_tried_and_the_release_after_it(
    scene: Scene, webhooks: Webhooks
) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.git("checkout", "--quiet", "--detach")
    scene.repository.write("packages/alpha/new.py", "A = 1\n")
    scene.repository.commit()
    scene.repository.git("tag", "--force", "--annotate", "--message", "x", "alpha/v0.1.0")
    for _ in range(2):
        scene.call("run", "alpha/v0.1.0").expect(10)
    assert count(webhooks) == (1, 1)
    [told] = webhooks.told("slack")
    assert "alpha/v0.1.0 refused" in told
    assert "hatch run release plan alpha/v0.1.0" in told
    scene.repository.git("checkout", "--quiet", "main")
    scene.repository.git("tag", "--force", "--annotate", "--message", "x", "alpha/v0.1.0")
    scene.call().expect(0)
    assert count(webhooks) == (2, 2)
    assert "alpha/v0.1.0 released" in webhooks.told("teams")[1]


def test_wrong_words_are_for_whoever_wrote_them_alone(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call("run", "--to", "nowhere").expect(2)
    assert count(webhooks) == (0, 0)


def test_what_is_held_back_is_told_with_what_holds_it(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha", files={"src/alpha/__init__.py": "1/0\n"}).add("beta", requires=["alpha>=0.1"])
    scene.tagged("alpha/v0.1.0", "beta/v0.1.0")
    scene.call().expect(12)
    [told] = webhooks.told("slack")
    assert "beta/v0.1.0 incomplete" in told
    assert "needs alpha/v0.1.0" in told
    assert "hatch run release run" in told


def test_a_service_that_takes_nothing_is_a_warning_and_told_by_the_next_run(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    gone = webhooks.environment["SLACK_WEBHOOK_URL"].replace("T00000000", "T00000001")
    ended = scene.call(SLACK_WEBHOOK_URL=gone).expect(0)
    assert "warning: slack was not told: it answers 404 no_service" in ended.err
    assert count(webhooks) == (0, 1)
    assert standings(scene) == [{"slack": "owed", "teams": "sent"}]
    scene.call().expect(0)
    assert count(webhooks) == (1, 1)
    assert "(again" not in webhooks.told("slack")[0]
    assert standings(scene) == [{"slack": "sent", "teams": "sent"}]


def test_nobody_at_an_address_is_a_warning_and_no_more(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    address = f"{closed_address()}/services/{plant('nobody')}"
    ended = scene.call(SLACK_WEBHOOK_URL=address, TEAMS_WEBHOOK_URL=address).expect(0)
    for service in BOTH:
        assert f"warning: {service} was not told: it can't be reached" in ended.err


def test_an_answer_that_was_lost_is_asked_for_again_by_the_next_run_which_says_so(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    with Webhooks(faults=Faults(Call("Webhooks", "tell slack", 1), Fault.LOST)) as webhooks:
        ended = scene.call(folder=None, **webhooks.environment).expect(0)
        assert "warning: slack may not have been told: its answer was lost" in ended.err
        for _ in range(2):
            scene.call(folder=None, **webhooks.environment).expect(0)
        assert count(webhooks) == (2, 1)
        assert "again" in webhooks.told("slack")[-1]


@pytest.mark.parametrize(
    ("fault", "messages"), [(Fault.KILLED_BEFORE, 1), (Fault.KILLED_AFTER, 2)], ids=["before", "after"]
)
def test_a_run_that_is_killed_while_it_tells_tells_again_and_says_so(scene: Scene, fault: Fault, messages: int) -> None:
    scene.add("alpha").add("beta").tagged("alpha/v0.1.0", "beta/v0.1.0")
    faults = Faults(Call("Webhooks", "tell slack", 1), fault)
    with Webhooks(faults=faults) as webhooks:
        with scene.release.start(**webhooks.environment) as process:
            faults.victim = process.pid
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        for left in scene.temporary.iterdir():
            shutil.rmtree(left)
        scene.call(folder=None, **webhooks.environment).expect(0)
        assert len(webhooks.said["slack"]) == messages
        assert "(again: an earlier one may have arrived)" in webhooks.told("slack")[-1]
        assert all("beta/v0.1.0" in told for told in webhooks.told("slack"))
        scene.call(folder=None, **webhooks.environment).expect(0)
        assert len(webhooks.said["slack"]) == messages
        assert {each["slack"] for each in standings(scene) + standings(scene, "beta")} == {"sent"}


def test_a_release_whose_run_was_killed_before_it_told_is_told_by_the_next(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    page(scene).write_text('{"schema": "urn:wheelyard:notices:v1", "expected": true, "entries": []}')
    webhooks.said["slack"].clear()
    scene.call().expect(0)
    assert "alpha/v0.1.0 released" in webhooks.told("slack")[0]
    scene.call().expect(0)
    assert len(webhooks.said["slack"]) == 1


def test_two_runs_that_end_at_once_tell_once(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    with ThreadPoolExecutor(2) as pool:
        for ended in pool.map(lambda _: scene.release.apart(), range(2)):
            ended.expect(0)
    assert count(webhooks) == (1, 1)


@pytest.mark.parametrize("name", ["SLACK_WEBHOOK_URL", "TEAMS_WEBHOOK_URL"])
@pytest.mark.parametrize(
    "address",
    [
        "hooks.example.com/{}",
        "ftp://hooks.example.com/{}",
        "https:///{}",
        "https://a:{}/x",
        "https://a/ {}",
        "https://hooks.example.com",
    ],
)
def test_what_is_no_address_is_refused_before_the_build_and_not_repeated(name: str, address: str, scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    ended = scene.refuse(
        "run", code=2, says=(f"{name} is not the address of a webhook",), **{name: address.format(plant("x"))}
    )
    assert "build" not in ended.err


def test_a_rehearsal_tells_nobody(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged()
    scene.call("rehearse").expect(0)
    assert webhooks.requests == ()


def test_a_snapshot_tells_of_failures_alone(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged()
    scene.call("snapshot").expect(0)
    assert webhooks.requests == ()
    scene.repository.write("packages/alpha/src/alpha/__init__.py", "1/0\n")
    scene.repository.commit()
    scene.call("snapshot", "alpha").expect(12)
    assert count(webhooks) == (1, 1)


def test_a_book_that_cannot_be_read_is_a_warning(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    page(scene).parent.mkdir(parents=True)
    page(scene).write_text("[]")
    ended = scene.call().expect(0)
    assert "is no list of notices" in ended.err
    assert count(webhooks) == (0, 0)


def test_a_throttled_service_is_waited_for(scene: Scene, webhooks: Webhooks) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    webhooks.reply("slack", Answer(b"rate_limited", 429, headers={"Retry-After": "1"}))
    webhooks.reply("teams", Answer(b"", 503))
    ended = scene.call().expect(0)
    assert "told" not in ended.err
    assert count(webhooks) == (1, 1)
