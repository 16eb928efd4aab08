"""Every day somebody looks whether everything that was released is where it should be, and one issue says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.workflows.conftest import TAG
from tests.workflows.event import every_day
from tests.workflows.holdings import holdings, lent

if TYPE_CHECKING:
    from tests.workflows.hub import Hub
    from tests.workflows.run import Run


def look(hub: Hub) -> Run:
    """Let a day begin."""
    return hub.go(hub.begin("reconcile.yml", every_day(hub.origin.head)))


def test_a_finding_opens_an_issue_that_is_kept_up_to_date_and_closed_when_it_is_cured(hub: Hub, signed: Run) -> None:
    conversations, repository = hub.outside.world.github.conversations, hub.outside.world.github.repository
    hub.go(signed.fork(), before=["notify"])
    (release,) = repository.releases
    repository.releases.clear()  # somebody takes the release away from GitHub
    before = holdings(hub.outside)
    hub.outside.sts.asked.clear()
    first = look(hub)
    assert first.results == {"look": "success", "tell": "failure"}, "\n".join(each.log for each in first.jobs.values())
    assert first.jobs["tell"].code == 15, first.jobs["look"].log + first.jobs["tell"].log
    (issue,) = conversations.issues
    assert (issue.state, TAG in issue.body) == ("open", True)
    assert {*lent(hub.outside)} == {"Auditor"}
    assert holdings(hub.outside) == before
    issue.body = issue.body.replace(TAG, "outdated")
    second = first.fork()  # another day that found the same
    del second.jobs["tell"]
    hub.go(second)
    assert [each.number for each in conversations.issues] == [issue.number]
    assert TAG in conversations.issues[0].body
    repository.releases.append(release)
    cured = look(hub)
    assert cured.results == {"look": "success", "tell": "success"}, "\n".join(each.log for each in cured.jobs.values())
    (issue,) = conversations.issues
    assert (issue.state, len(issue.comments)) == ("closed", 1)
