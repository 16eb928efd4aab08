from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from release.adapters.pip_audit import PipAudit
from release.errors import GateUnavailable
from release.model.closure import Pin
from tests.servers.stand_in import closed_address
from tests.servers.vulnerabilities import BOTH, CANARY, Advisory, Fault, Service, Vulnerabilities

if TYPE_CHECKING:
    from pathlib import Path

PINS = (Pin("idna", "3.10"), Pin("urllib3", "2.5.0"), Pin(CANARY.name, CANARY.version))
EACH_SERVICE = pytest.mark.parametrize("service", BOTH)


@EACH_SERVICE
def test_the_canary_is_known_and_everything_else_is_clean(door: PipAudit, service: Service) -> None:
    idna, urllib3, canary = PINS
    answers = door.ask(service, PINS)
    assert answers.keys() == set(PINS)
    assert (answers[idna], answers[urllib3]) == ((), ())
    (finding,) = answers[canary]
    assert finding.names == {"PYSEC-2019-217", "CVE-2016-10745", "GHSA-hj2j-77xm-mc5v"}
    assert finding.fixed_in == ("2.8.1",)
    assert finding.summary.startswith("In Pallets Jinja before 2.8.1")


@EACH_SERVICE
def test_each_pin_is_asked_about_once_however_often_it_is_wanted(
    door: PipAudit, vulnerabilities: Vulnerabilities, service: Service
) -> None:
    door.ask(service, PINS)
    door.ask(service, (*PINS, Pin("idna", "3.10", marker="python_version < '3.11'")))
    assert sorted(vulnerabilities.asked(service)) == sorted((pin.name, pin.version) for pin in PINS)
    other: Service = "pypi" if service == "osv" else "osv"
    assert vulnerabilities.asked(other) == []


@EACH_SERVICE
def test_a_withdrawn_advisory_is_no_finding(door: PipAudit, vulnerabilities: Vulnerabilities, service: Service) -> None:
    vulnerabilities.add(Advisory(name="idna", version="3.10", id="PYSEC-1", withdrawn="2025-01-01T00:00:00Z"))
    vulnerabilities.add(Advisory(name="idna", version="3.10", id="PYSEC-2"))
    assert [each.id for each in door.ask(service, PINS)[PINS[0]]] == ["PYSEC-2"]


def test_what_one_service_alone_knows_is_found_by_it(door: PipAudit, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(Advisory(name="idna", version="3.10", id="PYSEC-1", services=("pypi",)))
    assert door.ask("osv", PINS)[PINS[0]] == ()
    assert [each.id for each in door.ask("pypi", PINS)[PINS[0]]] == ["PYSEC-1"]


@pytest.mark.parametrize(
    ("service", "fault"),
    [
        *((service, fault) for service in BOTH for fault in (Fault.ERROR, Fault.HTML, Fault.UNKNOWN, Fault.LIST)),
        *((service, fault) for service in BOTH for fault in (Fault.TRUNCATED, Fault.CUT, Fault.NO_LIST)),
        ("osv", Fault.NEWER_SCHEMA),
        ("osv", Fault.NO_AFFECTED),
        ("osv", Fault.MORE_PAGES),
        ("pypi", Fault.EMPTY),
    ],
)
def test_an_answer_that_is_none_is_never_clean(
    door: PipAudit, vulnerabilities: Vulnerabilities, service: Service, fault: Fault
) -> None:
    vulnerabilities.fail(fault, "idna", (service,))
    with pytest.raises(GateUnavailable, match=rf"^{service} gives no answer about \S+==\S+: .") as unavailable:
        door.ask(service, PINS)
    assert unavailable.value.exit_code == 13
    assert "RELEASE_OSV_URL" in unavailable.value.hint


@EACH_SERVICE
def test_a_service_that_does_not_answer_is_given_up(
    door: PipAudit, vulnerabilities: Vulnerabilities, service: Service
) -> None:
    vulnerabilities.fail(Fault.HANG, services=(service,))
    with pytest.raises(GateUnavailable, match="timed out"):
        door.ask(service, PINS[:1])


@EACH_SERVICE
def test_a_service_that_nobody_runs_is_named(tmp_path: Path, service: Service) -> None:
    nowhere = closed_address()
    door = PipAudit(nowhere, nowhere, tmp_path, seconds=1)
    with pytest.raises(GateUnavailable, match=rf"{service} gives no answer about idna==3\.10: .*refused"):
        door.ask(service, PINS[:1])


@pytest.mark.parametrize(("service", "fault"), [("osv", Fault.BUSY), ("osv", Fault.DROPPED), ("pypi", Fault.DROPPED)])
def test_a_question_is_repeated_and_nobody_waits_for_an_hour(
    door: PipAudit, vulnerabilities: Vulnerabilities, service: Service, fault: Fault
) -> None:
    vulnerabilities.fail(fault, CANARY.name, (service,))
    assert [each.id for each in door.ask(service, PINS)[PINS[2]]] == [CANARY.id]
    assert len(vulnerabilities.asked(service)) == len(PINS) + 1


def test_a_project_that_moved_is_followed(door: PipAudit, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.fail(Fault.MOVED, CANARY.name, ("pypi",))
    assert [each.id for each in door.ask("pypi", PINS)[PINS[2]]] == [CANARY.id]


@EACH_SERVICE
def test_a_failure_is_not_asked_again_in_the_same_run(
    door: PipAudit, vulnerabilities: Vulnerabilities, service: Service
) -> None:
    vulnerabilities.fail(Fault.HTML, "idna", (service,))
    for _ in range(2):
        with pytest.raises(GateUnavailable, match="idna"):
            door.ask(service, (PINS[2], *PINS[:2]))
    assert len(vulnerabilities.asked(service)) == len(PINS)


@EACH_SERVICE
def test_whoever_does_not_know_the_first_is_not_asked_about_the_others(
    door: PipAudit, vulnerabilities: Vulnerabilities, service: Service
) -> None:
    vulnerabilities.fail(Fault.HTML, "idna", (service,))
    with pytest.raises(GateUnavailable, match="idna"):
        door.ask(service, PINS)
    assert vulnerabilities.asked(service) == [("idna", "3.10")]


def test_nothing_listens_to_the_log_afterwards(door: PipAudit) -> None:
    door.ask("osv", PINS)
    assert logging.getLogger("pip_audit").handlers == []


def test_no_cache_of_an_earlier_run_answers(vulnerabilities: Vulnerabilities, tmp_path: Path) -> None:
    for _ in range(2):
        PipAudit(vulnerabilities.osv_url, vulnerabilities.pypi_url, tmp_path, seconds=5).ask("pypi", PINS[:1])
    assert vulnerabilities.asked("pypi") == [("idna", "3.10")] * 2
