"""Variables and secrets are found wherever a job of a workflow reads them."""

from __future__ import annotations

import pytest

from release.errors import UsageError
from release.model.workflow_names import names_used

PATH = ".github/workflows/a.yml"


def found(job: str, outside: str = "") -> list[tuple[str, str, str]]:
    """Give what one job reads."""
    text = f"on: push\n{outside}\njobs:\n  one:\n    {job}\n"
    return [(use.kind, use.name, use.environment) for use in names_used({PATH: text.encode()})]


@pytest.mark.parametrize(
    ("job", "names"),
    [
        ("env: {A: '${{ vars.REGION }}'}", [("variables", "REGION", "")]),
        ("env: {A: '${{ secrets.key }}'}", [("secrets", "KEY", "")]),
        (
            "env: {A: \"${{ vars['REGION'] || secrets [ 'KEY' ] }}\"}",
            [("secrets", "KEY", ""), ("variables", "REGION", "")],
        ),
        ("if: vars.ON", [("variables", "ON", "")]),
        ("name: vars.ON", []),
        ("env: {A: '${{ secrets.GITHUB_TOKEN }} ${{ myvars.X }}'}", []),
        ("{environment: sign, if: vars.ON}", [("variables", "ON", "sign")]),
        ("{environment: {name: sign, url: 'https://example.org'}, if: vars.ON}", [("variables", "ON", "sign")]),
        (
            "steps: [{if: vars.ON}, {with: {a: ['${{ vars.TWO }}']}}]",
            [("variables", "ON", ""), ("variables", "TWO", "")],
        ),
    ],
)
def test_a_name_is_found_with_its_environment(job: str, names: list[tuple[str, str, str]]) -> None:
    assert found(job) == names


def test_what_stands_outside_of_jobs_is_read_by_each() -> None:
    assert found("environment: sign", "env: {A: '${{ vars.REGION }}'}") == [("variables", "REGION", "sign")]


def test_a_name_says_in_which_job_of_which_workflow_it_is_read() -> None:
    (use,) = names_used({PATH: b"jobs: {one: {if: vars.ON}}"})
    assert use.place == f"{PATH}: one"


@pytest.mark.parametrize("text", ["jobs: [", "on: push", "jobs: {one: 1}", "[]", "", "a: !!python/name:os.system x"])
def test_what_is_no_workflow_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no workflow"):
        names_used({PATH: text.encode()})
