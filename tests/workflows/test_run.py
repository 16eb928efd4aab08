"""Jobs and steps of small workflows do what GitHub's documentation says that they do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.workflows.document import WrongWorkflowError
from tests.workflows.small import run

if TYPE_CHECKING:
    from tests.workflows.hub import Hub


def test_variables_of_a_step_hide_those_of_the_job_and_of_the_workflow(small: Hub) -> None:
    ended = run(
        small,
        """
          a:
            env: {B: job, C: job}
            RUN
              - run: echo "$A $B $C $D-${{ env.C }}"
                env: {C: step, D: "${{ env.B }}"}
              - run: echo "D=exported" >> "$GITHUB_ENV"; echo "B=exported" >> "$GITHUB_ENV"
              - run: echo "$B $C $D"
                env: {D: "${{ env.B }}"}
        """,
        top="env: {A: top, B: top, C: top}\n",
    ).jobs["a"]
    assert "top job step job-step\n" in ended.log
    assert "exported job exported\n" in ended.log


def test_a_step_that_fails_ends_the_job_but_for_steps_that_ask_for_it(small: Hub) -> None:
    ended = run(
        small,
        """
          a:
            RUN
              - {id: well, run: "false", continue-on-error: true}
              - run: false | true
              - {run: false | true, shell: bash, id: ill}
              - run: exit 7
              - {if: always(), run: "echo ${{ steps.well.outcome }} ${{ steps.well.conclusion }}"}
              - {if: failure(), run: "echo ${{ steps.ill.outcome }}"}
        """,
    ).jobs["a"]
    assert [each.outcome for each in ended.steps] == [
        "failure", "success", "failure", "skipped", "success", "success",
    ]  # fmt: skip
    assert "failure success\n" in ended.log
    assert ended.result == "failure"


def test_outputs_go_to_jobs_that_need_them_and_jobs_after_a_failure_are_skipped(small: Hub) -> None:
    jobs = run(
        small,
        """
          a:
            outputs: {said: "${{ steps.say.outputs.said }}"}
            RUN
              - {id: say, run: 'printf "said<<END\\none\\ntwo\\nEND\\n" >> "$GITHUB_OUTPUT"'}
          b:
            needs: a
            RUN
              - {run: 'echo "$SAID" | wc --lines; exit 3', env: {SAID: "${{ needs.a.outputs.said }}"}}
          c:
            needs: [a, b]
            RUN
              - run: echo never
          d:
            needs: [a, b, c]
            if: always()
            RUN
              - {run: 'echo "$NEEDS"', env: {NEEDS: "${{ toJSON(needs) }}"}}
          e:
            needs: c
            if: failure()
            RUN
              - run: echo told
        """,
    ).jobs
    assert {name: each.result for name, each in jobs.items()} == {
        "a": "success", "b": "failure", "c": "skipped", "d": "success", "e": "success",
    }  # fmt: skip
    assert "\n2\n" in jobs["b"].log
    assert jobs["b"].code == 3
    told = json.loads(jobs["d"].log.partition("\n")[2].partition("##[end]")[0])
    assert {name: each["result"] for name, each in told.items()} == {"a": "success", "b": "failure", "c": "skipped"}
    assert told["a"]["outputs"] == {"said": "one\ntwo"}


@pytest.mark.parametrize(("first", "ended"), [("if: false", "skipped"), ("if: true", "failure")])
def test_success_is_asked_of_all_jobs_before_and_not_of_the_nearest_alone(small: Hub, first: str, ended: str) -> None:
    results = run(
        small,
        f"""
          a:
            {first}
            RUN
              - run: "false"
          b:
            needs: a
            if: always()
            RUN
              - run: echo well
          c:
            needs: b
            RUN
              - run: echo never
          d:
            needs: c
            if: success() || needs.c.result == 'skipped'
            RUN
              - run: echo told
        """,
    ).results
    assert results == {"a": ended, "b": "success", "c": "skipped", "d": "success"}


def test_an_output_that_no_step_gives_is_an_error_though_every_step_is_well(small: Hub) -> None:
    with pytest.raises(WrongWorkflowError, match="a: the output said is empty"):
        run(
            small,
            """
              a:
                outputs: {said: "${{ steps.say.outputs.said }}"}
                RUN
                  - {id: say, run: 'echo "siad=1" >> "$GITHUB_OUTPUT"'}
            """,
        )


@pytest.mark.parametrize(("fast", "count"), [("true", 1), ("false", 2)])
def test_a_matrix_that_fails_fast_ends_with_its_first_failure(small: Hub, fast: str, count: int) -> None:
    ended = run(
        small,
        f"""
          a:
            strategy:
              fail-fast: {fast}
              matrix: {{include: [{{p: x}}, {{p: y}}]}}
            RUN
              - run: echo "for ${{{{ matrix.p }}}}"; false
        """,
    ).jobs["a"]
    assert (ended.result, len(ended.steps)) == ("failure", count)
    assert "for x" in ended.log


def test_what_one_job_leaves_on_the_machine_no_other_finds(small: Hub) -> None:
    jobs = run(
        small,
        """
          a:
            RUN
              - run: touch ~/left left "$RUNNER_TEMP/left"; echo "/nowhere" >> "$GITHUB_PATH"
              - run: ls ~ . "$RUNNER_TEMP"; echo "$PATH"
          b:
            needs: a
            RUN
              - run: ls ~ . "$RUNNER_TEMP"; echo "$PATH"
        """,
    ).jobs
    assert jobs["a"].log.count("left\n") > 2
    assert "/nowhere:" in jobs["a"].log
    assert "left\n" not in jobs["b"].log
    assert "/nowhere" not in jobs["b"].log
