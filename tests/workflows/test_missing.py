"""Where nothing can be fetched of what another job has left, people are told all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.workflows.conftest import TAG
from tests.workflows.event import every_day, pull_request
from tests.workflows.holdings import told
from tests.workflows.run import Ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.github.conversations import Post
    from tests.workflows.hub import Hub
    from tests.workflows.run import Run

GONE: Final = Ended("success", {"artifact": "999"})
"""A job that has left something, which nobody finds again."""


@pytest.fixture
def posts(hub: Hub) -> Iterator[list[Post]]:
    """Give what people can read on GitHub, and leave none of it to other tests."""
    found = hub.outside.world.github.conversations
    yield found.posts
    found.posts.clear()


def after(run: Run, ended: Ended, *but: str) -> Run:
    """Give a run in which all jobs but some have ended alike."""
    run.jobs |= {name: ended for name in run.workflow.jobs if name not in but}
    return run


def outcomes(run: Run, job: str) -> list[str]:
    """Give how the last two steps ended: what fetches, and what tells."""
    assert "download-artifact" in run.jobs[job].steps[-2].said
    return [each.outcome for each in run.jobs[job].steps[-2:]]


@pytest.mark.parametrize("look", [GONE, Ended("failure")])
def test_a_look_that_left_nothing_to_read_is_a_finding(hub: Hub, posts: list[Post], look: Ended) -> None:
    run = hub.go(after(hub.begin("reconcile.yml", every_day(hub.origin.head)), look, "tell"))
    (issue,) = posts
    assert issue.state == "open"
    assert issue.body.count("it is not there") >= 2
    assert (run.results["tell"], run.jobs["tell"].code) == ("failure", 15)
    assert outcomes(run, "tell") == ["failure" if look is GONE else "skipped", "failure"]


def test_a_rehearsal_that_left_nothing_is_told_in_the_comment(hub: Hub, posts: list[Post]) -> None:
    conversations, head = hub.outside.world.github.conversations, hub.origin.head
    change = conversations.add(title="Change something", is_change=True)
    event = pull_request(change.number, base=head, head=head, merged=head)
    run = after(hub.begin("ci.yml", event), Ended("failure"), "comment", "ci")
    hub.go(run, before=["ci"])
    assert posts == [change]
    assert "it did not come to its end" in change.comments[0].body
    assert (outcomes(run, "comment"), run.jobs["comment"].code) == (["failure", "success"], 0)
    assert hub.go(run).jobs["ci"].code == 12


def test_a_release_whose_receipt_cannot_be_fetched_is_told_without_it(hub: Hub, gated: Run) -> None:
    run = hub.go(after(gated.fork(), GONE, "notify"))
    assert outcomes(run, "notify") == ["failure", "success"]
    (notice,) = told(hub.outside)
    assert f"{TAG} released" in notice
