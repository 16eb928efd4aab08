"""What a runner refuses: lines without a form, and more than GitHub and Linux take."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.workflows.document import WrongWorkflowError
from tests.workflows.small import PIN, run
from tests.workflows.stage import LONGEST, StepFailedError, parse_pairs

if TYPE_CHECKING:
    from tests.workflows.hub import Hub


@pytest.mark.parametrize("sign", ["\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_a_newline_ends_a_line(sign: str) -> None:
    assert parse_pairs(f"a=1{sign}b=2\nc=3\n", "here") == {"a": f"1{sign}b=2", "c": "3"}
    assert parse_pairs(f"a<<END\n1{sign}END\n\n2\nEND\nc=3", "here") == {"a": f"1{sign}END\n\n2", "c": "3"}


def test_the_first_sign_of_a_line_says_which_form_it_has() -> None:
    assert parse_pairs("a=b<<c\n\nd<<e=f\n1\ne=f\ng=\nh<<<E\n<E\n", "here") == {
        "a": "b<<c", "d": "1", "g": "", "h": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["=x", "<<END\nx\nEND", "a<<", "a<<\n\n", "a", "a=1\r", "a=\r", "a<<END\r\nx\r\nEND\r\n"]
)
def test_a_line_without_a_name_or_an_end_is_refused(text: str) -> None:
    with pytest.raises(StepFailedError, match="has no form, or a name or an end that is empty"):
        parse_pairs(f"well=1\n{text}\n", "here")


def test_a_value_that_does_not_end_is_refused() -> None:
    with pytest.raises(StepFailedError, match="here: a has no end 'END'"):
        parse_pairs("a<<END\nEND \nx\n", "here")


@pytest.mark.parametrize(("more", "result"), [(0, "success"), (1, "failure")])
def test_a_variable_is_as_long_as_linux_takes_it(small: Hub, more: int, result: str) -> None:
    """Linux itself is asked about the longest; what is longer never comes to it."""
    value = "x" * (LONGEST - len("LONG=") - 1 + more)
    ended = run(small, f"a:\n  env: {{LONG: {value}}}\n  RUN\n    - run: echo ${{#LONG}}\n").jobs["a"]
    assert ended.result == result
    assert (f"\n{len(value)}\n" in ended.log) is (more == 0)
    assert ("LONG is too long" in ended.log) is (more == 1)


def test_a_variable_that_a_step_has_written_is_no_longer_than_others(small: Hub) -> None:
    jobs = f"""
      a:
        RUN
          - run: printf 'LONG=%0{LONGEST}d' 0 >> "$GITHUB_ENV"
          - run: echo never
    """
    ended = run(small, jobs).jobs["a"]
    assert [each.outcome for each in ended.steps] == ["success", "failure"]


@pytest.mark.parametrize("more", [0, 1])
def test_outputs_of_a_job_are_a_mebibyte_of_utf_16_at_most(small: Hub, more: int) -> None:
    half = 1_048_576 // 4 - 1
    jobs = f"""
      a:
        outputs: {{a: "${{{{ steps.say.outputs.a }}}}", b: "${{{{ steps.say.outputs.b }}}}"}}
        RUN
          - id: say
            run: printf 'a=%0{half}d\\nb=%0{half + more}d' 0 0 >> "$GITHUB_OUTPUT"
    """
    if more:
        with pytest.raises(WrongWorkflowError, match=r"a: 1,048,578 bytes of outputs, and GitHub takes 1,048,576"):
            run(small, jobs)
    else:
        assert {len(each) for each in run(small, jobs).jobs["a"].outputs.values()} == {half}


def test_an_action_checks_out_only_what_the_job_that_uses_it_may_read(small: Hub) -> None:
    action = f"""\
    name: A
    description: Fetches
    runs:
      using: composite
      steps:
        - {{uses: actions/checkout@{PIN}, with: {{persist-credentials: false}}}}
    """
    small.origin.write(".github/actions/fetch/action.yml", dedent(action).encode())
    jobs = """
      a:
        permissions: {issues: write}
        RUN
          - uses: $/.github/actions/fetch
      b:
        permissions: {contents: read}
        RUN
          - uses: $/.github/actions/fetch
    """
    ended = run(small, jobs)
    assert ended.results == {"a": "failure", "b": "success"}
    assert "may not read contents" in ended.jobs["a"].log
