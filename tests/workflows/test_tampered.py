"""What somebody changes between two jobs is found by the next, and goes no further."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from tests.workflows.holdings import holdings, lent, untouched

if TYPE_CHECKING:
    from tests.workflows.hub import Hub
    from tests.workflows.run import Run

FOLDER: Final = "env-drift/0.1.0"
WHEEL: Final = f"{FOLDER}/env_drift-0.1.0-py3-none-any.whl"
STATEMENT: Final = f"{FOLDER}/env_drift-0.1.0.intoto.jsonl"


def tamper(run: Run, artifact: str, path: str, *, digest: bool) -> Run:
    """Change a file of an artifact, and even the artifact's digest."""
    changed = run.fork()
    kept = changed.artifacts.named(artifact)
    assert kept is not None
    changed.artifacts.tamper(artifact, {path: kept.files[path] + b"\n"}, digest=digest)
    return changed


def test_an_artifact_that_is_not_what_was_uploaded_is_not_even_unpacked(hub: Hub, built: Run) -> None:
    run = hub.go(tamper(built, "built", WHEEL, digest=False), before=["notify"])
    assert "the digest is" in run.jobs["verify"].log
    assert run.results["sign"] == "skipped"
    assert untouched(hub.outside)


def test_a_wheel_in_place_of_the_one_that_was_built_is_not_verified(hub: Hub, built: Run) -> None:
    run = hub.go(tamper(built, "built", WHEEL, digest=True), before=["notify"])
    assert run.jobs["verify"].code == 16
    assert WHEEL.rpartition("/")[2] in run.jobs["verify"].log
    assert run.results["sign"] == "skipped"
    assert untouched(hub.outside)


def test_what_was_built_again_and_differs_is_not_signed(hub: Hub, built: Run) -> None:
    run = hub.go(tamper(built, "rebuilt", WHEEL, digest=True), before=["notify"])
    assert run.jobs["verify"].code == 16
    assert run.results["sign"] == "skipped"
    assert untouched(hub.outside)


def test_a_statement_in_place_of_the_one_that_was_verified_is_not_signed(hub: Hub, signed: Run) -> None:
    run = tamper(signed, "statement", STATEMENT, digest=True)
    del run.jobs["sign"]
    hub.go(run, before=["publish"])
    assert run.jobs["sign"].code == 16
    assert "Sign" not in hub.outside.world.kms.asked()
    assert holdings(hub.outside) == {}


@pytest.mark.parametrize(("artifact", "path"), [("built", WHEEL), ("signed", STATEMENT)])
def test_what_is_changed_after_the_signature_is_not_published(hub: Hub, signed: Run, artifact: str, path: str) -> None:
    run = hub.go(tamper(signed, artifact, path, digest=True), before=["notify"])
    assert run.jobs["publish"].code == 16
    assert run.results["release"] == "skipped"
    assert holdings(hub.outside) == {}


@pytest.mark.parametrize("job", ["sign", "publish"])
@pytest.mark.usefixtures("fully")
def test_a_job_of_another_environment_is_lent_no_role(hub: Hub, signed: Run, job: str) -> None:
    run = signed.fork()
    other = {"sign": "release", "publish": "sign"}[job]
    jobs = {**run.workflow.jobs, job: replace(run.workflow.jobs[job], environment=other)}
    run.workflow = replace(run.workflow, jobs=jobs)
    run.jobs.pop(job, None)
    hub.go(run, before=["notify", *({"publish"} - {job})])
    assert run.results[job] == "failure"
    assert lent(hub.outside) == []
    assert hub.outside.sts.refused != []
    assert holdings(hub.outside) == {}
