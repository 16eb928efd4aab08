"""`doctor --to`: what a target lacks, what is wrong with it, and what would be new to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.commands.stock import stock_bucket

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.commands.diagnosis import Doctor
    from tests.release.repository import Repository
    from tests.servers.s3 import S3

CODEARTIFACT = (
    "AWS_REGION, CODEARTIFACT_DOMAIN, CODEARTIFACT_ACCOUNT_ID, CODEARTIFACT_REPOSITORY, "
    "CODEARTIFACT_PREVIEW_REPOSITORY, CODEARTIFACT_DEV_REPOSITORY"
)


@pytest.fixture
def packages(repository: Repository) -> Repository:
    """Give a repository with two packages."""
    repository.add("alpha").add("beta").commit()
    return repository


def test_settings_that_are_missing_are_all_named_and_hide_nothing_else(packages: Repository, doctor: Doctor) -> None:
    assert packages.root.is_dir()
    words = ("--to", "s3", "--to", "codeartifact", "--to", "local")
    for target, names in {"s3": "AWS_REGION, S3_WHEELS_BUCKET", "codeartifact": CODEARTIFACT}.items():
        found = doctor.finds(target, "failed", *words, code=2)
        assert found["detail"] == f"settings are missing: {target} lacks {names}"
    doctor.finds("packages", "ok", *words, code=2)
    assert "nothing is offered there yet of alpha, beta" in doctor.finds("local names", "ok", *words, code=2)["detail"]


def test_a_target_is_examined_and_says_which_names_would_be_new_to_it(
    packages: Repository, doctor: Doctor, bucket: S3, tmp_path: Path
) -> None:
    assert packages.root.is_dir()
    stock_bucket(bucket, tmp_path, "alpha/v0.1.0")
    found = doctor.finds("s3 names", "ok", "--to", "s3")
    assert found["detail"] == "nothing is offered there yet of beta: a release would be the first of its name"
    assert doctor.finds("s3 names", "ok", "alpha", "--to", "s3")["detail"] == "it offers versions of it already"
    assert doctor.says("s3 bucket", "--to", "s3")[0]["state"] == "ok"
    doctor.finds("s3 versioning", "warning", "--to", "s3")


def test_a_target_that_does_not_let_us_in_fails_with_its_code(packages: Repository, doctor: Doctor, bucket: S3) -> None:
    assert packages.root.is_dir()
    bucket.denied.add("PutObject")
    doctor.finds("s3 writing", "failed", "--to", "s3", code=15)


def test_a_name_that_is_no_targets_is_refused(packages: Repository, doctor: Doctor) -> None:
    assert packages.root.is_dir()
    ended = doctor.refuses("--to", "moon")
    assert "error: there is no target moon" in ended.err


def test_an_address_for_notices_that_is_none_fails_and_is_not_repeated(packages: Repository, doctor: Doctor) -> None:
    assert packages.root.is_dir()
    found = doctor.finds("notices", "failed", code=2, SLACK_WEBHOOK_URL="hooks.example.com/T0/B0/swordfish")
    assert "SLACK_WEBHOOK_URL" in found["detail"]
    assert "swordfish" not in str(found)


def test_whom_notices_reach_is_said(packages: Repository, doctor: Doctor) -> None:
    assert packages.root.is_dir()
    assert doctor.finds("notices", "ok")["detail"] == "nobody is told"
    found = doctor.finds("notices", "ok", SLACK_WEBHOOK_URL="https://hooks.example.com/services/T0/B0/swordfish")
    assert found["detail"].endswith("would be told")
