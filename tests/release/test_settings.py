"""What the environment says, read in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from release.errors import UsageError
from release.settings import Settings

ACTIONS = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REF_TYPE": "tag",
    "GITHUB_REF_NAME": "alpha/v0.1.0",
    "GITHUB_SHA": "ab" * 20,
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "ada/packages",
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "2",
}


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CONFIG_HOME": "/x", "HOME": "/h"}, "/x/wheelyard"),
        ({"XDG_CONFIG_HOME": "", "HOME": "/h"}, "/h/.config/wheelyard"),
        ({"XDG_CONFIG_HOME": "x", "HOME": "/h"}, "/h/.config/wheelyard"),
        ({"HOME": "/h"}, "/h/.config/wheelyard"),
    ],
)
def test_what_belongs_to_a_user_is_where_xdg_says(environment: dict[str, str], folder: str) -> None:
    assert Settings(environment).config_folder == Path(folder)


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}, {"HOME": "here"}])
def test_without_a_home_there_is_no_place_for_a_key(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="neither XDG_CONFIG_HOME nor HOME") as refused:
        _ = Settings(environment).config_folder
    assert "RELEASE_KMS_KEY_ID" in refused.value.hint


def test_the_key_and_its_region_are_empty_where_nobody_names_them() -> None:
    assert (Settings({}).kms_key_id, Settings({}).aws_region) == ("", "")
    named = Settings({"RELEASE_KMS_KEY_ID": "alias/release", "AWS_REGION": "eu-central-1"})
    assert (named.kms_key_id, named.aws_region) == ("alias/release", "eu-central-1")


def test_a_job_knows_its_tag_its_commit_its_repository_and_its_run() -> None:
    settings = Settings(ACTIONS)
    assert settings.is_on_actions
    assert settings.actions_tag == "alpha/v0.1.0"
    assert settings.actions_commit == "ab" * 20
    assert settings.actions_repository == "https://github.com/ada/packages"
    assert settings.actions_run == "https://github.com/ada/packages/actions/runs/7/attempts/2"


@pytest.mark.parametrize("kind", ["branch", ""])
def test_a_branch_is_no_tag(kind: str) -> None:
    assert not Settings({**ACTIONS, "GITHUB_REF_TYPE": kind}).actions_tag


def test_elsewhere_nothing_is_known() -> None:
    settings = Settings({**ACTIONS, "GITHUB_ACTIONS": "false"})
    assert not settings.is_on_actions
    known = (settings.actions_tag, settings.actions_commit, settings.actions_repository, settings.actions_run)
    assert known == ("", "", "", "")


@pytest.mark.parametrize("missing", ["GITHUB_RUN_ID", "GITHUB_REPOSITORY", "GITHUB_SERVER_URL"])
def test_a_run_without_an_address_has_none(missing: str) -> None:
    assert not Settings({**ACTIONS, missing: ""}).actions_run
