"""A change is tried before it is merged, and what is merged can be tried by anybody."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from tests.workflows.event import pull_request, push_main
from tests.workflows.holdings import untouched

if TYPE_CHECKING:
    from tests.servers.github.conversations import Post
    from tests.workflows.event import Event
    from tests.workflows.hub import Hub
    from tests.workflows.run import Run

CHANGED: Final = "packages/env-drift/src/env_drift/__init__.py"


def propose(hub: Hub, path: str, text: str) -> tuple[Post, Event]:
    """Change one package, and ask for it to be merged; give the pull request as people see it, and the event."""
    hub.origin.append(path, text)
    hub.origin.commit("Change something")
    post = hub.outside.world.github.conversations.add(title="Change something", is_change=True)
    base, head, merged = hub.origin.propose(post.number)
    return post, pull_request(post.number, base=base, head=head, merged=merged)


def without(run: Run, *jobs: str) -> Run:
    """Give the same, in which some jobs are still to be run."""
    left = run.fork()
    for name in jobs:
        del left.jobs[name]
    return left


def test_a_change_of_one_package_is_tried_alone_and_told_in_one_comment(daily: Hub) -> None:
    change, event = propose(daily, CHANGED, "\n# changed\n")
    first = daily.go(daily.begin("ci.yml", event))
    assert {*first.results.values()} == {"success"}, "\n".join(each.log for each in first.jobs.values())
    assert json.loads(first.jobs["affected"].outputs["packages"]) == ["env-drift"]
    combinations = first.jobs["matrix"].combinations
    assert {each["package"] for each in combinations} == {"env-drift"}
    assert {each["python"] for each in combinations} == {"3.10", "3.11", "3.12", "3.13"}
    assert first.jobs["matrix"].not_run.count("hatch run matrix") == len(combinations)
    assert "env-drift" in first.jobs["rehearse"].summary
    (comment,) = change.comments
    assert "env-drift" in comment.body
    assert untouched(daily.outside)
    comment.body = comment.body.replace("env-drift", "outdated")
    daily.go(without(first, "comment", "ci"))  # another push, and the same rehearsal
    assert [each.number for each in change.comments] == [comment.number]
    assert "env-drift" in change.comments[0].body
    hostile = without(first, "comment", "ci")  # the change's own code wrote what it leaves, and can leave more
    stop = b"raise SystemExit(99)"
    hostile.artifacts.tamper("rehearsal", {"tools/release/commands/tell.py": stop, "hatch.toml": stop}, digest=True)
    daily.go(hostile)
    assert hostile.jobs["comment"].code == 0, hostile.jobs["comment"].log
    theirs = without(first, "comment", "ci")
    sha = theirs.event.sha
    theirs.event = pull_request(change.number, base=sha, head=sha, merged=sha, fork=True)
    daily.go(theirs)
    assert (theirs.results["comment"], theirs.results["ci"]) == ("skipped", "success")
    assert theirs.permissions(theirs.workflow.jobs["comment"]) == {"contents": "read", "pull-requests": "read"}
    assert len(change.comments) == 1


@pytest.mark.usefixtures("fully")
def test_a_rehearsal_that_fails_is_told_and_keeps_the_check_red(daily: Hub) -> None:
    change, event = propose(daily, "packages/quiet/src/quiet/__init__.py", "\nimport nothing_that_is_there\n")
    run = daily.begin("ci.yml", event)
    daily.go(run, before=["affected", "matrix", "test", "types", "lint", "dependencies", "ci"])
    assert (run.jobs["rehearse"].code, run.results["comment"]) == (12, "success")
    assert "nothing_that_is_there" in change.comments[0].body
    others = dict.fromkeys(("affected", "matrix", "test", "types", "lint", "dependencies"), run.jobs["comment"])
    run.jobs |= {name: replace(each, result="success") for name, each in others.items()}
    daily.go(run)
    assert run.jobs["ci"].code == 12


def test_what_is_merged_is_built_and_kept_for_ten_days(daily: Hub) -> None:
    before = daily.origin.head
    daily.origin.append(CHANGED, "\n# changed\n")
    commit = daily.origin.commit("Change env-drift")
    daily.origin.push("main")
    event = push_main(before, commit)
    assert {*daily.started_by(event)} == {"ci.yml", "codeql.yml", "scorecard.yml", "snapshot.yml"}
    run = daily.go(daily.begin("snapshot.yml", event))
    assert run.results == {"snapshot": "success"}, run.jobs["snapshot"].log
    kept = run.artifacts.named("snapshot")
    assert kept is not None
    assert kept.days == 10
    assert any(name.endswith(".whl") and ".dev" in name for name in kept.files)
    assert untouched(daily.outside)


def test_scanners_run_on_github_alone_and_are_named(daily: Hub) -> None:
    commit = daily.origin.head
    for file, action in {"codeql.yml": "codeql-action/analyze", "scorecard.yml": "scorecard-action"}.items():
        run = daily.go(daily.begin(file, push_main(commit, commit)))
        assert run.results == {"analyze": "success"}
        assert any(action in each for each in run.jobs["analyze"].not_run)
