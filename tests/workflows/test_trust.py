"""Every way by which code of a package could come to be trusted is found in a workflow's text."""

from __future__ import annotations

from typing import Final

import pytest

from tests.workflows.small import PIN
from tests.workflows.trust import find_breaches, is_given_its_token, reasons
from tests.workflows.workflow import read_workflow

CALL: Final = "hatch run release publish @TAG"
BUILD: Final = "hatch run release build @TAG"
SMALL: Final = f"""\
on: push
permissions: {{contents: read}}
jobs:
  a:
    runs-on: x
    environment: release
    steps:
      - uses: actions/checkout@{PIN}
      - uses: $/.github/actions/hatch
      - run: {CALL}
"""
OTHERS: Final = (
    BUILD,
    "hatch run release run @TAG",
    "hatch run release rehearse",
    "hatch run release snapshot",
    "hatch run release verify @TAG --rebuild",
    "hatch run release audit --rebuild",
    "hatch run release --json build @TAG",
    "hatch run test",
    "hatch run matrix:test",
    "hatch build",
    "python -m build",
    f"{CALL} && {BUILD}",
    f"{CALL}; {BUILD}",
    f"{CALL} | {BUILD}",
    f"{CALL} $({BUILD})",
    f"{CALL} `{BUILD}`",
    f"{CALL} $WORDS",
    f"{CALL} > hatch.toml",
    f'"{CALL}\\n{BUILD}"',
    f"{CALL}\n        working-directory: dist",
)
REASONS: Final = (
    "environment: release",
    "permissions: {contents: read, id-token: write}",
    "permissions: {contents: write}",
    "env: {A: '${{ secrets.A }}'}",
    "env: {A: \"${{ secrets['A'] }}\"}",
    "env: {A: '${{ Secrets.A }}'}",
    "env: {A: '${{ toJSON(secrets) }}'}",
    "env: {AWS_ROLE_ARN: x}",
)
TOKENS: Final = (
    "github.token",
    "GitHub . token",
    "github['token']",
    "toJSON(github)",
    "secrets.GITHUB_TOKEN",
    "github.*",
)


def breaches(text: str) -> list[str]:
    """Give what is found in a workflow."""
    return list(find_breaches(read_workflow("small.yml", text)))


def test_a_job_that_is_trusted_and_publishes_is_well_and_so_is_a_build_that_nobody_trusts() -> None:
    assert breaches(SMALL) == []
    assert breaches(SMALL.replace("    environment: release\n", "").replace(CALL, BUILD)) == []
    assert breaches(SMALL.replace(CALL, "hatch run release audit --json > audit.json")) == []


@pytest.mark.parametrize("other", OTHERS)
def test_a_trusted_job_that_calls_anything_else_is_found(other: str) -> None:
    (found,) = breaches(SMALL.replace(CALL, other))
    assert found.startswith("small.yml: a: 3 (environment): ")


@pytest.mark.parametrize("reason", REASONS)
def test_a_build_is_found_whatever_its_job_is_trusted_with(reason: str) -> None:
    assert any(BUILD in each for each in breaches(SMALL.replace("environment: release", reason).replace(CALL, BUILD)))


@pytest.mark.parametrize("reason", [each for each in REASONS if "id-token" in each or "ecrets" in each])
def test_a_role_or_a_secret_outside_an_environment_is_found(reason: str) -> None:
    (found,) = breaches(SMALL.replace("environment: release", reason))
    assert found.endswith("is in no environment")


def test_a_job_has_what_the_workflow_gives_to_all() -> None:
    writing = SMALL.replace("{contents: read}", "{contents: write}").replace("    environment: release\n", "")
    (found,) = breaches(writing.replace(CALL, BUILD))
    assert found == f"small.yml: a: 3 (contents: write): {BUILD}"


@pytest.mark.parametrize("env", [each.removeprefix("env: ") for each in REASONS if each.startswith("env: ")])
def test_a_secret_that_the_workflow_gives_to_every_job_is_found(env: str) -> None:
    assert breaches(f"env: {env}\n{SMALL}") == ["small.yml: env: every job is given a secret, or a way to AWS"]


def test_an_action_that_runs_more_than_it_is_known_for_is_found() -> None:
    (found,) = breaches(SMALL.replace("actions/checkout@", "actions/setup-java@"))
    assert "actions/setup-java" in found


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_found_that_a_job_hands_on(token: str) -> None:
    plain = SMALL.replace("environment: release", "env: {A: '${{ github.sha }}'}")
    job = read_workflow("small.yml", plain).jobs["a"]
    assert (reasons(read_workflow("small.yml", plain), job), is_given_its_token(job)) == ([], False)
    given = read_workflow("small.yml", plain.replace("'${{ github.sha }}'", f'"${{{{ {token} }}}}"'))
    assert is_given_its_token(given.jobs["a"])
