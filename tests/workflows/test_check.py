"""A workflow that could not run is found before a tag is pushed, and this project's own could all run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
import tomli

from tests.repository.tree import ROOT
from tests.workflows.check import Known, find_faults
from tests.workflows.document import WrongWorkflowError
from tests.workflows.lending import VARIABLES
from tests.workflows.workflow import read_composite, read_workflow

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.workflow import Composite

FOLDER: Final = ROOT / ".github" / "workflows"
SCRIPTS: Final = tomli.loads((ROOT / "hatch.toml").read_text())["envs"]["default"]["scripts"]
RELEASE: Final = (FOLDER / "release.yml").read_text()
STEP: Final = "- run: hatch run test"
CHECKOUT: Final = f"- uses: actions/checkout@{'a' * 40}\n        with:\n          persist-credentials: false"
SMALL: Final = f"""\
on: push
permissions: {{}}
env:
  BASE: ${{{{ github.sha }}}}
jobs:
  first:
    runs-on: ubuntu-24.04
    outputs:
      artifact: ${{{{ steps.upload.outputs.artifact-id }}}}
    steps:
      {STEP}
      - id: upload
        uses: actions/upload-artifact@{"a" * 40}
        with:
          path: dist
  second:
    needs: first
    runs-on: ubuntu-24.04
    steps:
      - if: needs.first.outputs.artifact
        uses: actions/download-artifact@{"a" * 40}
        with:
          artifact-ids: ${{{{ needs.first.outputs.artifact }}}}
      - run: hatch run release status --json > "$NAME.json"
        env:
          NAME: ${{{{ env.BASE }}}}
"""


def composite(place: str) -> Composite:
    """Read an action of this repository."""
    return read_composite(place, (ROOT / place).read_text())


KNOWN: Final = Known(VARIABLES, ("SLACK_WEBHOOK_URL", "TEAMS_WEBHOOK_URL"), composite, SCRIPTS)


def faults(text: str) -> list[str]:
    """Give what is wrong with a workflow."""
    return find_faults(read_workflow("small.yml", text), KNOWN)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_a_workflow_of_this_repository_could_run(path: Path) -> None:
    assert find_faults(read_workflow(path.name, path.read_text()), KNOWN) == []


def test_a_workflow_that_is_well_has_no_faults() -> None:
    assert faults(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("needs.first.outputs.artifact }}", "needs.first.outputs.artefact }}", "no artefact in needs.first.outputs"),
        ("- if: needs.first.outputs.artifact", "- if: needs.frist.result", "no frist in needs"),
        ("outputs.artifact-id", "outputs.artefact-id", "no artefact-id in steps.upload.outputs"),
        ("steps.upload.outputs.artifact-id", "steps.uplaod.outputs.artifact-id", "no uplaod in steps"),
        ("    needs: first\n", "", "no first in needs"),
        ("needs: first", "needs: frist", "needs frist, which is no job"),
        ("    outputs:\n", "    needs: second\n    outputs:\n", "wait for each other.*first, second"),
        ("github.sha", "gihub.sha", "no gihub in a workflow env"),
        ("github.sha", "github.head_sha", "no head_sha in github"),
        ("github.sha", "steps.upload.outcome", "no steps in a workflow env"),
        ("github.sha", "hashfiles('a'", "',' is missing|too early|is missing"),
        ("env.BASE", "env.BAES", "no BAES in env"),
        ("env.BASE", "vars.NOTHING", "no NOTHING in vars"),
        ("env.BASE", "secrets.NOTHING", "no NOTHING in secrets"),
        ("env.BASE", "matrix.python", "no python in matrix"),
        ("- if: needs", "- if: secrets.A && needs", "no secrets in a step if"),
        ("needs.first.outputs.artifact }}", "success() }}", r"no success\(\) in a step"),
        ("path: dist", "paht: dist", "has no input paht"),
        ("path: dist", "name: dist", "is given no path"),
        ("artifact-ids:", "artifact-id:", "has no input artifact-id"),
        ("actions/upload-artifact@", "actions/upload-artefact@", "upload-artefact@a* is not known"),
        (f"actions/upload-artifact@{'a' * 40}", "actions/upload-artifact", "is not known"),
        (f"actions/upload-artifact@{'a' * 40}", "$/.github/actions/nothing", r"there is no .*nothing/action\.yml"),
        ("hatch run test", "hatch run tset", "there is no script tset"),
        ("hatch run test", "hatch test", "calls hatch run and a script"),
        ("hatch run test", "hatch run release relaese", "there is no command 'relaese'"),
        ("hatch run test", "hatch run release status --jsno", "No such option '--jsno'"),
        ("hatch run test", "hatch run release restore alpha beta", "beta is too much"),
        ("hatch run test", "hatch run cluster lock --nothing", "No such option '--nothing'"),
        ("hatch run test", 'hatch run test "$PLACE"', r"nothing sets \$PLACE"),
        ("hatch run test", "hatch run release restore @PLACE", r"nothing sets \$PLACE"),
        ("NAME: ", "NAEM: ", r"nothing sets \$NAME"),
        ("permissions: {}\n", "", "nobody says what it may"),
        (STEP, CHECKOUT, "first: 1: checks out, and its job may not read contents"),
    ],
)
def test_what_would_keep_a_workflow_from_running_is_said(old: str, new: str, said: str) -> None:
    assert old in SMALL
    found = faults(SMALL.replace(old, new, 1))
    assert found
    with pytest.raises(WrongWorkflowError, match=said):
        raise WrongWorkflowError("\n".join(found))


@pytest.mark.parametrize("level", ["read", "write"])
def test_a_job_that_may_read_contents_checks_out(level: str) -> None:
    readable = SMALL.replace("  first:\n", f"  first:\n    permissions:\n      contents: {level}\n")
    assert faults(readable.replace(STEP, CHECKOUT)) == []
    assert faults(readable.replace(STEP, CHECKOUT).replace(f"contents: {level}", "issues: write")) != []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("on: push", "on: pull_request_target", "pull_request_target is not known"),
        ("on: push", "on:\n  push:\n    path: x", "path is not known"),
        ("on: push", "on: push\non: push", "stands twice"),
        ("on: push", "on: [push", "small.yml"),
        ("permissions: {}", "permissions: write-all", "name each"),
        ("permissions: {}", "permissions:\n  content: read", "content is not known"),
        ("permissions: {}", "permissions:\n  contents: raed", "contents is read, write or none"),
        ("permissions: {}", "concurrency:\n  group: ${{ github.ref }", "does not end"),
        ("    needs: first\n", "    need: first\n", "need is not known"),
        ("    needs: first\n", "    services: {}\n", "services is not known"),
        ("    needs: first\n", "    needs:\n      first: 1\n", "no list of words"),
        ("    needs: first\n", "    continue-on-error: maybe\n", "true or false"),
        ("hatch run test", "hatch run test\n        uses: a/b@c", "runs a script, or uses an action"),
        ("hatch run test", "hatch run test\n        shell: pwsh", "pwsh is not known"),
        ("hatch run test", "hatch run test\n        with:\n          path: x", "runs a script, or uses an action"),
        ("          path: dist", "          path:\n            - dist", "path is no text"),
        (f"      {STEP}", f"      {STEP}\n        id: upload", "two steps have one id"),
        ("    runs-on: ubuntu-24.04\n", "", "runs-on and steps"),
        ("jobs:", "jobs: []\nthings:", "things is not known"),
    ],
)
def test_what_github_would_not_read_is_refused(old: str, new: str, said: str) -> None:
    assert old in SMALL
    with pytest.raises(WrongWorkflowError, match=said):
        faults(SMALL.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("digests: ${{ steps.build.outputs.digests }}", "sums: ${{ steps.build.outputs.digests }}", "no digests in"),
        ("needs: [build, sign]", "needs: sign", "no build in needs"),
        ("needs: gate", "needs: [gate, publish]", "wait for each other"),
        ("--unsigned", "--unsinged", "No such option '--unsinged'"),
        ("artifact-ids: ${{ needs.publish", "artifact-id: ${{ needs.publish", "no input artifact-id"),
        ("vars.AWS_SIGNER_ROLE_ARN", "vars.AWS_SIGNER_ROLE", "no AWS_SIGNER_ROLE in vars"),
        ("          NEEDS: ${{ toJSON(needs) }}\n", "", r"nothing sets \$NEEDS"),
        ("$/.github/actions/hatch", "$/.github/actions/hacth", r"there is no .*hacth/action\.yml"),
        ("id: sign\n", "id: singed\n", "no sign in steps"),
    ],
)
def test_a_slip_in_the_release_workflow_is_found_without_a_tag(old: str, new: str, said: str) -> None:
    assert old in RELEASE
    with pytest.raises(WrongWorkflowError, match=said):
        raise WrongWorkflowError("\n".join(faults(RELEASE.replace(old, new, 1))))
