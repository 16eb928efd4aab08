"""What GitHub allows a job, hands from one to the next, and starts for an event."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.workflows.document import WrongWorkflowError
from tests.workflows.event import Event, by_hand, fits, pull_request, push_main, push_tag
from tests.workflows.small import PIN, run, workflow

if TYPE_CHECKING:
    from tests.workflows.hub import Hub
    from tests.workflows.outside import Outside


def test_a_step_sees_no_secret_that_it_is_not_given(small: Hub, outside: Outside) -> None:
    log = run(small, "a:\n  RUN\n    - run: env | cut -d= -f1 | sort\n").jobs["a"].log
    assert "GITHUB_REPOSITORY" in log
    secret = ("ACTIONS_ID_TOKEN", "AWS_ACCESS", "AWS_SECRET", "AWS_SESSION", "GITHUB_TOKEN", "SLACK", "TEAMS", "TWINE")
    assert not [line for line in log.splitlines() if line.startswith(secret)]
    assert outside.world.github.tokens == {}


def test_a_secret_that_a_job_prints_is_found(small: Hub) -> None:
    with pytest.raises(AssertionError, match="a secret is in the log of a"):
        run(small, "a:\n  RUN\n    - {run: 'echo $T', env: {T: '${{ github.token }}'}}\n")


def test_only_a_job_that_may_have_a_token_can_ask_for_one_and_it_says_who_asks(small: Hub, outside: Outside) -> None:
    outside.tokens.given.clear()
    jobs = run(
        small,
        """
          a:
            environment: sign
            permissions: {id-token: write}
            RUN
              - run: >-
                  curl --silent --header "Authorization: bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN}"
                  "${ACTIONS_ID_TOKEN_REQUEST_URL}&audience=a" | wc --chars
          b:
            permissions: {id-token: none}
            RUN
              - run: test -z "$ACTIONS_ID_TOKEN_REQUEST_URL$ACTIONS_ID_TOKEN_REQUEST_TOKEN"
        """,
        tag="alpha/v1.0.0",
    ).jobs
    assert [each.result for each in jobs.values()] == ["success", "success"]
    (claims,) = outside.tokens.given
    assert claims["sub"] == "repo:wheelyard@815/wheelyard@4711:environment:sign"
    assert claims["job_workflow_ref"] == "wheelyard/wheelyard/.github/workflows/w.yml@refs/tags/alpha/v1.0.0"
    assert (claims["aud"], claims["ref"], claims["environment"]) == ("a", "refs/tags/alpha/v1.0.0", "sign")


def test_a_job_deploys_only_where_the_rules_let_its_ref(small: Hub) -> None:
    jobs = "a:\n  environment: sign\n  RUN\n    - run: echo never\n"
    ended = run(small, jobs).jobs["a"]
    assert (ended.result, ended.log) == ("failure", "refs/heads/main is not allowed to deploy to sign")
    assert run(small, jobs, tag="alpha/v1.0.0").results == {"a": "success"}
    with pytest.raises(WrongWorkflowError, match="no environment sing"):
        run(small, jobs.replace("sign", "sing"))


def test_failed_jobs_are_run_again_with_what_went_well_before(small: Hub) -> None:
    first = run(
        small,
        """
          a:
            RUN
              - run: echo a
          b:
            needs: a
            RUN
              - run: test "$GITHUB_RUN_ATTEMPT" = 2
          c:
            needs: b
            RUN
              - run: echo c
        """,
    )
    assert first.results == {"a": "success", "b": "failure", "c": "skipped"}
    before = first.jobs["a"]
    small.again(first, failed=True)
    assert first.results == {"a": "success", "b": "success", "c": "success"}
    assert first.jobs["a"] is before
    small.again(first, failed=False)
    assert first.jobs["a"] is not before


def test_an_annotated_tag_stays_one_and_history_is_there_as_far_as_asked_for(small: Hub) -> None:
    log = run(
        small,
        f"""
          a:
            permissions: {{contents: read}}
            RUN
              - {{uses: actions/checkout@{PIN}, with: {{fetch-depth: 0, persist-credentials: false}}}}
              - run: git cat-file -t alpha/v1.0.0; git rev-list --count HEAD; git branch --remotes; cat .git/config
          b:
            permissions: {{contents: write}}
            RUN
              - {{uses: actions/checkout@{PIN}, with: {{persist-credentials: false}}}}
              - run: git cat-file -t alpha/v1.0.0; git rev-list --count HEAD
          c:
            permissions: {{contents: read}}
            RUN
              - {{uses: actions/checkout@{PIN}, with: {{persist-credentials: "true"}}}}
        """,
        tag="alpha/v1.0.0",
    ).jobs
    assert "tag\n1\n  origin/main\n" in log["a"].log
    assert "tag\n1\n" in log["b"].log
    assert (log["c"].result, "persist-credentials" in log["c"].log) == ("failure", True)


def test_artifacts_go_from_job_to_job_by_their_id_and_only_as_they_were(small: Hub) -> None:
    jobs = f"""
      a:
        outputs: {{id: "${{{{ steps.up.outputs.artifact-id }}}}"}}
        RUN
          - run: mkdir -p dist/x; echo well > dist/x/y
          - {{id: up, uses: actions/upload-artifact@{PIN}, with: {{name: built, path: dist}}}}
      b:
        needs: a
        if: github.run_attempt == 2
        RUN
          - {{uses: actions/download-artifact@{PIN}, with: {{artifact-ids: "${{{{ needs.a.outputs.id }}}}", path: d}}}}
          - run: cat d/x/y
    """
    first = run(small, jobs)
    assert first.results == {"a": "success", "b": "skipped"}
    other = first.fork()
    assert "well\n" in small.again(first, failed=True).jobs["b"].log
    other.artifacts.tamper("built", {"x/y": b"ill"})
    ended = small.again(other, failed=True).jobs["b"]
    assert ended.result == "failure"
    assert "the digest is" in ended.log
    assert "ill" not in ended.log.replace("built", "")


def test_an_action_of_the_repository_sees_its_inputs_and_no_secret(small: Hub) -> None:
    action = """\
    name: A
    description: Says something
    inputs:
      word: {description: What, default: nothing}
    runs:
      using: composite
      steps:
        - {run: 'echo "said $WORD ${{ inputs.word }}"', shell: bash, env: {WORD: "${{ inputs.word }}"}}
    """
    small.origin.write(".github/actions/say/action.yml", dedent(action).encode())
    jobs = "a:\n  RUN\n    - uses: $/.github/actions/say\n    - {uses: $/.github/actions/say, with: {word: well}}\n"
    log = run(small, jobs).jobs["a"].log
    assert "said nothing nothing\n" in log
    assert "said well well\n" in log
    small.origin.write(".github/actions/say/action.yml", dedent(action).replace("inputs.word", "secrets.A").encode())
    with pytest.raises(WrongWorkflowError, match="no secrets in a step of an action"):
        run(small, jobs)


def test_a_change_from_a_fork_may_write_nothing_and_knows_no_secret(small: Hub, outside: Outside) -> None:
    jobs = "a:\n  permissions: {contents: write, id-token: write}\n  RUN\n    - {run: 'echo \"<$S>\"', env: {S: X}}\n"
    run(small, jobs.replace("X", "y"))
    small.origin.write(".github/workflows/w.yml", workflow(jobs.replace("X", "'${{ secrets.SLACK_WEBHOOK_URL }}'")))
    small.origin.commit("Change")
    base, head, merged = small.origin.propose(7)
    outside.tokens.given.clear()
    event = pull_request(7, base=base, head=head, merged=merged, fork=True)
    begun = small.begin("w.yml", event)
    assert begun.permissions(begun.workflow.jobs["a"]) == {"contents": "read"}
    assert "<>\n" in small.go(begun).jobs["a"].log
    assert outside.tokens.given == []


@pytest.mark.parametrize(
    ("name", "patterns", "expected"),
    [
        ("alpha/v1.0.0", ["*/v*"], True),
        ("v1.0.0", ["*/v*"], False),
        ("a/b/v1.0.0", ["*/v*"], False),
        ("a/b/v1.0.0", ["**"], True),
        ("foo/v1.0.0$(id)", ["*/v*"], True),
        ("alpha/v1.0.0", ["*/v*", "!alpha/*"], False),
    ],
)
def test_a_star_does_not_reach_beyond_a_slash(name: str, patterns: list[str], expected: bool) -> None:  # noqa: FBT001
    assert fits(name, patterns) is expected


def test_an_event_starts_only_what_is_for_it(small: Hub) -> None:
    jobs = "a:\n  RUN\n    - run: x\n"
    small.origin.write(".github/workflows/tags.yml", workflow(jobs, on="{push: {tags: ['*/v*']}}"))
    on_main = "{push: {branches: [main]}, workflow_dispatch: }"
    small.origin.write(".github/workflows/main.yml", workflow(jobs, on=on_main))
    commit = small.origin.commit("Work")
    small.origin.push("main")
    started = {event.ref: small.started_by(event) for event in (push_tag("a/v1", commit), push_main(commit, commit))}
    assert started == {"refs/tags/a/v1": ["tags.yml"], "refs/heads/main": ["main.yml"]}
    assert small.started_by(by_hand("refs/tags/a/v1", commit)) == ["main.yml"]
    assert small.started_by(Event("pull_request", "refs/pull/7/merge", commit, base_ref="main")) == []
