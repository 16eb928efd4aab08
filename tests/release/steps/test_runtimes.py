from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from release.adapters.uv import lay_pages
from release.model.closure import Closure
from release.model.gate import Judgement, Verdict
from release.model.plan import Commit
from release.model.policy import PackagePolicy
from release.steps.runtimes import Runtimes
from tests.release.adapters.shop import ours
from tests.release.doors import make_artifacts, open_doors
from tests.release.runtimes import write_runtimes
from tests.servers.index import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.release.adapters.shop import Shop
    from tests.release.repository import Repository

TABLES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "r15_4": {"idna==1.0": [], "six==1.0": ["idna<2"]},
    "r16_4": {"idna==2.0": [], "six==1.1": ["idna"]},
}


@dataclass(frozen=True)
class Gate:
    """The gate, in a repository with tables, at an index."""

    repository: Repository
    shop: Shop

    def judge(self, *requires: str, commit: str = "", **policy: Any) -> Judgement:  # noqa: ANN401  # any of [tool.release]
        """Judge a wheel with these requirements."""
        artifacts = make_artifacts(self.shop.folder / "made", requires=requires)
        plan = artifacts.release.plan
        policy.setdefault("runtimes", ["15.4", "16.4"])
        package = replace(plan.package, policy=PackagePolicy.model_validate(policy))
        at = Commit(commit, 0) if commit else plan.commit
        artifacts = replace(
            artifacts, release=replace(artifacts.release, plan=replace(plan, package=package, commit=at))
        )
        lock = self.shop.folder / "resolved" / "pylock.toml"
        return Runtimes(Closure(lock, (), (), datetime.now(UTC))).run(
            artifacts, open_doors(self.repository.root, self.shop.environment)
        )


@pytest.fixture
def gate(repository: Repository, shop: Shop) -> Gate:
    write_runtimes(repository.root, **TABLES)
    repository.commit()
    return Gate(repository, shop)


def test_a_package_that_names_no_runtimes_is_skipped_with_the_reason(gate: Gate) -> None:
    judgement = gate.judge("idna>=2", runtimes=[])
    assert (judgement.verdict, judgement.detail) == (Verdict.SKIPPED, "the package names no runtimes")
    assert not gate.shop.server.requests


def test_what_every_runtime_has_is_passed_without_adding_anything(gate: Gate) -> None:
    judgement = gate.judge("idna>=1", "six")
    assert (judgement.verdict, judgement.detail) == (Verdict.PASSED, "15.4, 16.4: nothing to add")


def test_what_is_added_is_said_for_the_runtimes_that_fare_alike(gate: Gate) -> None:
    gate.shop.wheel("toml", "1.0", "idna")
    judgement = gate.judge("toml; python_version < '3.12'", "packaging; extra == 'more'")
    assert (judgement.verdict, judgement.detail) == (Verdict.PASSED, "15.4, 16.4: adds toml 1.0")


def test_a_replacement_is_refused_with_both_versions_and_what_breaks(gate: Gate) -> None:
    gate.shop.wheel("idna", "2.5")
    judgement = gate.judge("idna>=2")
    assert judgement.verdict is Verdict.REFUSED
    assert judgement.detail == "15.4 would replace idna 1.0 → 2.5, which breaks six"
    assert "[tool.release] replaces" in judgement.hint


def test_a_replacement_with_a_reason_is_passed_and_stays_visible(gate: Gate) -> None:
    gate.shop.wheel("idna", "2.5")
    judgement = gate.judge("idna>=2", replaces={"IDNA": "six was tested with it"})
    assert judgement.verdict is Verdict.PASSED
    assert judgement.detail == "15.4: replaces idna 1.0 → 2.5 (six was tested with it); 16.4: nothing to add"


def test_pyspark_is_refused_whatever_is_allowed(gate: Gate) -> None:
    gate.shop.wheel("connector", "1.0", "pyspark")
    judgement = gate.judge("connector", runtimes=["15.4"], replaces={"pyspark": "because"})
    assert judgement.verdict is Verdict.REFUSED
    assert judgement.detail.startswith("15.4 can't have it: connector needs pyspark")
    assert "project.dependencies" in judgement.hint


def test_what_nothing_fits_is_refused(gate: Gate) -> None:
    gate.shop.wheel("toml", "1.0")
    judgement = gate.judge("toml>=7", runtimes=["15.4"])
    assert judgement.verdict is Verdict.REFUSED
    assert "toml>=7" in judgement.detail


def test_a_sibling_comes_from_the_pages_that_the_closure_was_resolved_with(gate: Gate) -> None:
    lay_pages(gate.shop.folder / "resolved" / "ours", ours(gate.shop, "0.1.0", name="beta"))
    gate.shop.wheel("beta", "9.9")
    assert gate.judge("beta>=0.1").detail == "15.4, 16.4: adds beta 0.1.0"


def test_an_index_that_cannot_be_asked_makes_it_unavailable(gate: Gate) -> None:
    gate.shop.wheel("idna", "2.5")
    gate.shop.server.fail(Fault.ERROR)
    judgement = gate.judge("idna>=2")
    assert judgement.verdict is Verdict.UNAVAILABLE
    assert judgement.detail.startswith("the index could not be asked: ")


def test_an_unknown_runtime_is_refused_and_those_that_are_known_are_listed(gate: Gate) -> None:
    judgement = gate.judge("idna", runtimes=["15.5"])
    assert (judgement.verdict, judgement.detail) == (Verdict.REFUSED, "there is no runtime '15.5'")
    assert judgement.hint == "runtimes: 15.4, 16.4"


def test_a_wheel_that_needs_nothing_asks_nobody(gate: Gate) -> None:
    assert gate.judge("tomli; python_version < '3.11'").detail == "15.4, 16.4: nothing to add"
    assert not gate.shop.server.requests


def test_the_tables_of_the_tagged_commit_count_and_not_those_of_today(gate: Gate) -> None:
    tagged = gate.repository.git("rev-parse", "HEAD")
    write_runtimes(gate.repository.root, r15_4={"idna==2.0": []})
    gate.repository.commit("Move on")
    gate.shop.wheel("idna", "2.5")
    assert gate.judge("idna>=2", commit=tagged, runtimes=["15.4"]).verdict is Verdict.REFUSED
    assert gate.judge("idna>=2", runtimes=["15.4"]).verdict is Verdict.PASSED
