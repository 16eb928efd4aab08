"""`doctor` on packages that can't be released as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.commands.diagnosis import Doctor
    from tests.release.repository import Repository


def test_a_broken_package_is_named_and_hides_no_other(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta")
    repository.write("packages/beta/pyproject.toml", "not TOML")
    repository.commit()
    assert "packages/beta/pyproject.toml" in doctor.finds("packages", "failed", code=2)["detail"]
    assert "alpha" in doctor.finds("packages", "ok", "alpha")["detail"]


def test_a_package_that_takes_others_tags_is_a_failure(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta")
    repository.edit("packages/alpha/pyproject.toml", '"alpha/v[0-9]*"', '"*/v[0-9]*"')
    repository.commit()
    found = doctor.finds("versioning", "failed", code=10)
    assert found["detail"] == "packages/alpha/pyproject.toml: describe_command takes beta/v9.8.7 too"
    assert '"--match", "alpha/v[0-9]*"]' in found["cure"]


@pytest.mark.parametrize(("wanted", "locked"), [("poetry-core>=2", "does not have"), ("hatchling>=99", "has hatch")])
def test_a_build_system_that_is_not_locked_is_a_failure(
    wanted: str, locked: str, repository: Repository, doctor: Doctor
) -> None:
    repository.add("alpha")
    repository.edit("packages/alpha/pyproject.toml", "hatchling>=1.27", wanted)
    repository.commit()
    found = doctor.finds("build system", "failed", code=10)
    assert locked in found["detail"]
    assert "hatch run lock" in found["cure"]


def test_a_missing_changelog_is_a_failure(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha")
    (repository.root / "packages/alpha/CHANGELOG.md").unlink()
    repository.commit()
    assert "keepachangelog" in doctor.finds("changelog", "failed", code=10)["cure"]


def test_missing_metadata_is_a_failure_with_the_line_to_write(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha")
    repository.edit("packages/alpha/pyproject.toml", 'license = "MIT"\n', "")
    repository.commit()
    assert doctor.finds("metadata", "failed", code=12)["cure"] == '[project]\nlicense = "MIT"'


def test_each_circle_is_named_once(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha", requires=["beta"]).add("beta", requires=["alpha"]).commit()
    assert "alpha → beta → alpha" in doctor.finds("circles", "failed", code=10)["detail"]


def test_a_sibling_of_which_no_version_fits_is_a_failure(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta", requires=["alpha>=7"]).commit()
    repository.tag("alpha/v0.1.0")
    found = doctor.finds("siblings", "failed", code=10)
    assert found["detail"] == "beta needs alpha>=7, and no release of it fits (tagged: 0.1.0)"


def test_a_sibling_that_waits_for_its_tag_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta", requires=["alpha>=0.1"]).commit()
    assert doctor.finds("siblings", "warning")["cure"].endswith("hatch run release tag alpha 0.1.0")


def test_a_sibling_that_is_tagged_is_enough(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta", requires=["alpha>=0.1"]).commit()
    repository.tag("alpha/v0.1.0")
    doctor.finds("siblings", "ok")
