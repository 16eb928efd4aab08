"""A release that must not be: hostile tags, and gates that refuse or cannot be asked. Nothing leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.planted import MARK
from tests.servers.vulnerabilities import Advisory, Fault
from tests.workflows.conftest import TAG
from tests.workflows.event import by_hand, push_tag
from tests.workflows.holdings import told, untouched

if TYPE_CHECKING:
    from tests.workflows.hub import Hub
    from tests.workflows.run import Run

AFTER: Final = ("build", "rebuild", "verify", "sign", "publish", "release")
HOSTILE: Final = (
    f"{TAG}$(touch${{IFS}}executed)`touch${{IFS}}executed`;touch${{IFS}}executed;&&touch${{IFS}}executed",
    f"{TAG}{{root}}{{home}}{{args}}{{}}{{0}}{{nothing}}",
)
MORE: Final = (
    "foo/v1.0.0$(touch${IFS}executed)",
    "foo/v1.0.0`touch${IFS}executed`",
    "foo/v1.0.0;touch${IFS}executed",
    "foo/v1.0.0&&touch${IFS}executed",
    "foo/v1.0.0|touch${IFS}executed",
    "foo/v1.0.0';touch${IFS}executed;'",
    'foo/v1.0.0";touch${IFS}executed;"',
    "foo/v1.0.0{{root}}",
    "foo/v1.0.0%0A",
    "foo/v1.0.0<script>",
    "foo/v1.0.0",
    "env-drift/v9.9.9",
    "env-drift/v0.1.0\N{CYRILLIC SMALL LETTER A}",
)


def refuse(hub: Hub, tag: str) -> Run:
    """Push a tag, and require that the gate refuses it and that nothing else happens."""
    hub.origin.tag(tag)
    hub.outside.world.github.repository.tag(tag, hub.origin.head)
    run = hub.go(hub.begin("release.yml", push_tag(tag, hub.origin.head)), before=["notify"])
    hub.origin.git("push", "--quiet", "origin", "--delete", f"refs/tags/{tag}")
    assert executed(hub) == []
    assert run.jobs["gate"].code in {2, 10}, run.jobs["gate"].log
    assert {name: run.jobs[name].result for name in AFTER} == dict.fromkeys(AFTER, "skipped")
    return run


def executed(hub: Hub) -> list[str]:
    """Give what a tag has had made on the machine."""
    folders = (hub.machine.workspace, hub.machine.home, hub.machine.temporary)
    return [str(path) for folder in folders for path in folder.rglob("executed*")]


@pytest.mark.parametrize("tag", HOSTILE, ids=["a shell's words", "Hatch's words"])
def test_a_hostile_tag_is_refused_by_the_gate_and_nothing_of_it_is_executed(hub: Hub, tag: str) -> None:
    run = refuse(hub, tag)
    hub.origin.push(f"refs/tags/{tag}")
    hub.go(run)
    hub.origin.git("push", "--quiet", "origin", "--delete", f"refs/tags/{tag}")
    assert executed(hub) == []
    assert run.jobs["notify"].code == 12
    assert run.artifacts.kept == {}
    assert untouched(hub.outside)
    shown = run.jobs["gate"].log + run.jobs["notify"].log + run.jobs["notify"].summary + "".join(told(hub.outside))
    assert MARK not in shown
    assert "0.1.0" in shown


@pytest.mark.parametrize("tag", MORE)
@pytest.mark.usefixtures("fully")
def test_every_other_hostile_or_wrong_tag_is_refused_too(hub: Hub, tag: str) -> None:
    assert refuse(hub, tag).artifacts.kept == {}
    assert untouched(hub.outside)


@pytest.mark.usefixtures("fully")
def test_a_release_that_somebody_starts_on_a_branch_is_refused_and_tells_nobody(hub: Hub) -> None:
    run = hub.go(hub.begin("release.yml", by_hand("refs/heads/main", hub.origin.head)))
    assert run.jobs["gate"].code in {2, 10}
    assert run.results["notify"] == "failure"
    assert (told(hub.outside), untouched(hub.outside)) == ([], True)


def test_a_release_that_its_audit_refuses_stops_in_the_build_and_people_are_told(hub: Hub, gated: Run) -> None:
    versions = {path.name.split("-")[1] for folder in hub.outside.index.folders for path in folder.glob("packaging-*")}
    assert versions
    known = (Advisory(name="packaging", version=each, id="PYSEC-2026-1", fixed="99") for each in versions)
    hub.outside.vulnerabilities.add(*known)
    run = gated.fork()
    run.jobs["rebuild"] = run.jobs["gate"]  # it asks no gate
    hub.go(run)
    assert run.jobs["build"].code == 12
    assert "PYSEC-2026-1" in run.jobs["build"].log
    assert {run.results[name] for name in ("verify", "sign", "publish", "release")} == {"skipped"}
    assert untouched(hub.outside)
    (notice,) = told(hub.outside)
    assert "build" in notice
    assert TAG in notice
    assert "released" not in notice.splitlines()[0]


@pytest.mark.usefixtures("fully")
def test_a_release_whose_audit_could_not_be_asked_stops_in_the_build(hub: Hub, gated: Run) -> None:
    hub.outside.vulnerabilities.fail(Fault.ERROR)
    run = hub.go(gated.fork(), before=["rebuild"])
    assert run.jobs["build"].code == 13
    assert untouched(hub.outside)
    assert run.artifacts.kept == {}
