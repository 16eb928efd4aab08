from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from release.model.closure import Closure, Component, Pin
from release.model.gate import Judgement, Verdict
from release.model.policy import RootPolicy
from release.steps.audit import Audit
from tests.release.doors import make_artifacts, open_doors
from tests.servers.vulnerabilities import BOTH, CANARY, Advisory, Fault, Service, Vulnerabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from release.model.finding import Finding
    from release.ports import Knowledge

IDNA = Advisory(name="idna", version="3.10", id="PYSEC-1", aliases=("CVE-1",), fixed="3.11")


@dataclass(frozen=True)
class Gate:
    """The gate over a closure of idna, urllib3 and a sibling, at the stand-in."""

    folder: Path
    environment: dict[str, str]
    listen: Callable[[Knowledge], Knowledge] = lambda knowledge: knowledge
    """What stands between the gate and the services."""

    def judge(self, **audit: Any) -> Judgement:  # noqa: ANN401  # any TOML below [tool.release.audit]
        """Judge by a policy of its own."""
        pins = (Pin("idna", "3.10"), Pin("urllib3", "2.5.0"), Pin("beta", "0.1.0", first_party=True))
        closure = Closure(self.folder / "pylock.toml", tuple(map(Component, pins)), ("idna",), datetime.now(UTC))
        policy = RootPolicy.model_validate({"audit": audit})
        context = open_doors(self.folder, self.environment, policy, seconds=1)
        context = replace(context, knowledge=self.listen(context.knowledge))
        return Audit(closure).run(make_artifacts(self.folder), context)


@pytest.fixture
def gate(tmp_path: Path, vulnerabilities: Vulnerabilities) -> Gate:
    return Gate(tmp_path, vulnerabilities.environment)


def today() -> date:
    """Give the day as the gate does: a run of the tests may last beyond midnight."""
    return datetime.now(UTC).date()


def accept(**more: object) -> dict[str, object]:
    return {"id": "PYSEC-1", "reason": "not called", "owner": "ada", "expires": today()} | more


def test_a_clean_closure_passes_and_each_pin_was_asked_once_of_each_service(
    gate: Gate, vulnerabilities: Vulnerabilities
) -> None:
    judgement = gate.judge()
    assert (judgement.verdict, judgement.detail) == (Verdict.PASSED, "2 audited by osv and pypi")
    for service in BOTH:
        assert sorted(vulnerabilities.asked(service)) == [("idna", "3.10"), ("jinja2", "2.4.1"), ("urllib3", "2.5.0")]


def test_no_service_is_asked_about_our_own_names(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(Advisory(name="beta", version="0.1.0", id="PYSEC-9"))
    vulnerabilities.fail(Fault.UNKNOWN, "beta")
    assert gate.judge().verdict is Verdict.PASSED
    assert "beta" not in {name for service in BOTH for name, _ in vulnerabilities.asked(service)}


@pytest.mark.parametrize("service", BOTH)
def test_a_service_that_was_not_chosen_is_not_asked(
    gate: Gate, vulnerabilities: Vulnerabilities, service: Service
) -> None:
    vulnerabilities.fail(Fault.ERROR, services=tuple(each for each in BOTH if each != service))
    judgement = gate.judge(services=[service])
    assert (judgement.verdict, judgement.detail) == (Verdict.PASSED, f"2 audited by {service}")


@pytest.mark.parametrize("service", BOTH)
def test_a_finding_of_one_service_alone_refuses(gate: Gate, vulnerabilities: Vulnerabilities, service: Service) -> None:
    vulnerabilities.add(Advisory(name="idna", version="3.10", id="PYSEC-1", fixed="3.11", services=(service,)))
    judgement = gate.judge()
    assert (judgement.verdict, judgement.detail) == (Verdict.REFUSED, "idna==3.10: PYSEC-1, mended in 3.11")
    assert "[[tool.release.audit.ignore]]" in judgement.hint


def test_a_finding_without_a_cure_says_none(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(Advisory(name="urllib3", version="2.5.0", id="PYSEC-2"))
    assert gate.judge().detail == "urllib3==2.5.0: PYSEC-2"


def test_every_finding_is_named_once_whatever_each_service_calls_it(
    gate: Gate, vulnerabilities: Vulnerabilities
) -> None:
    vulnerabilities.add(
        Advisory(name="idna", version="3.10", id="GHSA-1", aliases=("CVE-1",), services=("osv",)),
        Advisory(name="idna", version="3.10", id="PYSEC-1", aliases=("CVE-1",), services=("pypi",), fixed="3.11"),
        Advisory(name="urllib3", version="2.5.0", id="PYSEC-2"),
    )
    assert gate.judge().detail == "idna==3.10: CVE-1, mended in 3.11; urllib3==2.5.0: PYSEC-2"


@pytest.mark.parametrize("name", ["GHSA-1", "CVE-1", "PYSEC-1"])
def test_an_acceptance_may_use_any_name_that_any_service_has(
    gate: Gate, vulnerabilities: Vulnerabilities, name: str
) -> None:
    vulnerabilities.add(
        Advisory(name="idna", version="3.10", id="GHSA-1", aliases=("CVE-1",), services=("osv",)),
        Advisory(name="idna", version="3.10", id="PYSEC-1", aliases=("CVE-1",), services=("pypi",)),
    )
    judgement = gate.judge(ignore=[accept(id=name)])
    assert (judgement.verdict, judgement.detail) == (Verdict.PASSED, f"2 audited by osv and pypi, accepted: {name}")


def test_an_acceptance_stays_visible_in_the_evidence(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(IDNA)
    report = gate.judge(ignore=[accept(package="idna")]).report
    assert report["ignored"] == [
        {"id": "PYSEC-1", "package": "idna", "reason": "not called", "owner": "ada", "expires": today().isoformat()}
    ]
    (idna,) = (each for each in report["dependencies"] if each["name"] == "idna")
    assert idna["findings"].keys() == {"osv", "pypi"}
    assert idna["findings"]["osv"][0] == {
        "id": "PYSEC-1",
        "aliases": ("CVE-1",),
        "summary": "Something is wrong",
        "fixed_in": ("3.11",),
    }


def test_an_expired_acceptance_refuses_although_it_would_fit(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(IDNA)
    yesterday = today() - timedelta(days=1)
    judgement = gate.judge(ignore=[accept(expires=yesterday)])
    assert judgement.verdict is Verdict.REFUSED
    assert judgement.detail == f"the acceptance of PYSEC-1 by ada expired on {yesterday}"


def test_an_acceptance_of_nothing_refuses(gate: Gate) -> None:
    judgement = gate.judge(ignore=[accept()])
    assert judgement.verdict is Verdict.REFUSED
    assert judgement.detail == "the acceptance of PYSEC-1 is of no use any more: nothing here has it"


def test_an_acceptance_for_a_package_that_is_not_here_may_stay(gate: Gate) -> None:
    assert gate.judge(ignore=[accept(package="requests")]).verdict is Verdict.PASSED


def test_an_acceptance_for_one_package_says_nothing_of_another(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(IDNA)
    judgement = gate.judge(ignore=[accept(package="urllib3")])
    assert judgement.verdict is Verdict.REFUSED
    assert "idna==3.10: PYSEC-1, mended in 3.11" in judgement.detail
    assert "the acceptance of PYSEC-1 is of no use" in judgement.detail


def test_a_package_is_known_by_any_spelling_of_its_name(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(IDNA)
    assert gate.judge(ignore=[accept(package="IDNA")]).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "break_it",
    [
        Vulnerabilities.without_data,
        lambda server: server.fail(Fault.EMPTY, services=("osv",)),
        lambda server: server.fail(Fault.EMPTY, CANARY.name, services=("osv",)),
    ],
)
def test_silence_about_the_canary_is_no_audit(
    gate: Gate, vulnerabilities: Vulnerabilities, break_it: Callable[[Vulnerabilities], None]
) -> None:
    break_it(vulnerabilities)
    judgement = gate.judge()
    assert judgement.verdict is Verdict.UNAVAILABLE
    assert "osv knows of nothing wrong with jinja2==2.4.1, so its silence means nothing" in judgement.detail


def test_a_canary_of_ones_own_is_asked_for(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.without_data()
    vulnerabilities.add(Advisory(name="django", version="1.0", id="PYSEC-3"))
    assert gate.judge(canary="Django==1.0").verdict is Verdict.PASSED


@dataclass(frozen=True)
class Forgetful:
    """Services whose answers lack one name, as pip-audit's do where it skips one."""

    knowledge: Knowledge

    def ask(self, service: str, pins: Iterable[Pin]) -> Mapping[Pin, tuple[Finding, ...]]:
        """Answer about all but idna."""
        return {pin: found for pin, found in self.knowledge.ask(service, pins).items() if pin.name != "idna"}


def test_an_answer_about_less_than_was_asked_is_no_audit(gate: Gate) -> None:
    judgement = replace(gate, listen=Forgetful).judge()
    assert judgement.verdict is Verdict.UNAVAILABLE
    assert "osv answered about other packages than it was asked about" in judgement.detail


@pytest.mark.parametrize("service", BOTH)
@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.HTML, Fault.TRUNCATED, Fault.UNKNOWN])
def test_a_service_that_fails_leaves_no_verdict_but_unavailable(
    gate: Gate, vulnerabilities: Vulnerabilities, service: Service, fault: Fault
) -> None:
    vulnerabilities.fail(fault, "urllib3", services=(service,))
    judgement = gate.judge()
    assert judgement.verdict is Verdict.UNAVAILABLE
    assert judgement.detail.startswith("the audit could not be made: ")
    assert service in judgement.detail
    assert judgement.report["dependencies"][0] == {"name": "idna", "version": "3.10", "findings": {}}


def test_what_is_unavailable_is_not_made_good_by_an_acceptance(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(IDNA)
    vulnerabilities.fail(Fault.ERROR, services=("pypi",))
    assert gate.judge(ignore=[accept()]).verdict is Verdict.UNAVAILABLE


def test_the_same_knowledge_makes_the_same_evidence(gate: Gate, vulnerabilities: Vulnerabilities) -> None:
    vulnerabilities.add(IDNA)
    first, second = (json.dumps(gate.judge().report, sort_keys=True) for _ in range(2))
    assert first == second
    assert "PYSEC-1" in first
