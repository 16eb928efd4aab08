"""`doctor` where the package index or a vulnerability service is not what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.index import Fault
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.commands.diagnosis import Doctor
    from tests.release.repository import Repository
    from tests.servers.index import PackageIndex
    from tests.servers.vulnerabilities import Vulnerabilities


def test_an_index_that_does_not_answer_is_a_warning_where_the_toolchain_is_at_hand(
    repository: Repository, doctor: Doctor, index: PackageIndex
) -> None:
    repository.add("alpha").commit()
    doctor.finds("package index", "ok")
    index.fail(Fault.UNAUTHORISED)
    assert "UV_DEFAULT_INDEX" in doctor.finds("package index", "warning")["cure"]
    doctor.finds("toolchain", "ok")


def test_a_toolchain_that_can_not_be_installed_is_a_failure(
    repository: Repository, doctor: Doctor, index: PackageIndex, tmp_path: Path
) -> None:
    repository.add("alpha").commit()
    index.fail(Fault.UNAUTHORISED)
    found = doctor.finds("toolchain", "failed", code=11, UV_CACHE_DIR=str(tmp_path / "empty"))
    assert "hatch run lock" in found["cure"]


def test_a_service_that_does_not_answer_is_a_warning(
    repository: Repository, doctor: Doctor, vulnerabilities: Vulnerabilities
) -> None:
    repository.add("alpha").commit()
    unreached = doctor.finds("audit by osv", "warning", RELEASE_OSV_URL=f"{closed_address()}/query")
    assert "RELEASE_OSV_URL" in unreached["cure"]
    assert "PYSEC-2019-217 for jinja2==2.4.1" in doctor.finds("audit by osv", "ok")["detail"]
    assert vulnerabilities.asked("pypi")


def test_a_service_that_does_not_name_the_canary_is_a_warning(
    repository: Repository, doctor: Doctor, vulnerabilities: Vulnerabilities
) -> None:
    repository.add("alpha").commit()
    vulnerabilities.without_data()
    assert "its silence means nothing" in doctor.finds("audit by pypi", "warning")["detail"]


def test_a_service_that_is_not_chosen_is_not_asked(
    repository: Repository, doctor: Doctor, vulnerabilities: Vulnerabilities
) -> None:
    repository.write("pyproject.toml", '[tool.release.audit]\nservices = ["osv"]\n')
    repository.add("alpha").commit()
    assert doctor.says("audit by pypi") == []
    assert vulnerabilities.asked("pypi") == []
