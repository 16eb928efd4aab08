"""Targets by name: what each needs is said at once, before anything is done."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from release.errors import UsageError
from release.model.dist import Dist
from release.settings import Settings
from release.targets import NAMES, REMOTE, open_targets, require_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release.ports import Target
    from tests.release.scene import Scene

COMPLETE = {
    "AWS_REGION": "eu-central-1",
    "CODEARTIFACT_DOMAIN": "wheelyard",
    "CODEARTIFACT_ACCOUNT_ID": "111122223333",
    "CODEARTIFACT_REPOSITORY": "stable",
    "CODEARTIFACT_PREVIEW_REPOSITORY": "preview",
    "CODEARTIFACT_DEV_REPOSITORY": "dev",
    "S3_WHEELS_BUCKET": "wheelyard-wheels",
    "GITHUB_REPOSITORY": "wheelyard/wheelyard",
    "GITHUB_TOKEN": "a-token",
    "TWINE_REPOSITORY_URL": "https://index.example/legacy/",
    "TWINE_USERNAME": "ada",
    "TWINE_PASSWORD": "a-password",
}
NEEDS = [(name, need) for name, kind in REMOTE.items() for need in kind.needs]


def opened(folder: Path, environment: Mapping[str, str], *names: str) -> tuple[Target, ...]:
    """Open targets as a run does."""
    return open_targets(names, Settings(environment), Dist(folder))


def refusal(folder: Path, environment: Mapping[str, str], *names: str) -> str:
    """Give what is said where settings are missing."""
    with pytest.raises(UsageError) as refused:
        opened(folder, environment, *names)
    assert (refused.value.exit_code, refused.value.hint) == (2, "set them in the environment, then run it again")
    return refused.value.message


def test_with_all_settings_every_target_is_opened_under_its_name_and_in_the_order_named(tmp_path: Path) -> None:
    backwards = NAMES[::-1]
    assert tuple(each.name for each in opened(tmp_path, COMPLETE, *backwards, *NAMES)) == backwards


def test_the_local_target_needs_nothing(tmp_path: Path) -> None:
    assert [each.name for each in opened(tmp_path, {}, "local")] == ["local"]


@pytest.mark.parametrize(("name", "need"), NEEDS)
@pytest.mark.parametrize("is_empty", [False, True], ids=["missing", "empty"])
def test_each_setting_that_is_missing_or_empty_is_named_with_its_target(
    tmp_path: Path, name: str, need: str, *, is_empty: bool
) -> None:
    environment = COMPLETE | {need: ""}
    if not is_empty:
        del environment[need]
    assert refusal(tmp_path, environment, "local", name) == f"settings are missing: {name} lacks {need}"


@pytest.mark.parametrize(("one", "other"), list(combinations(REMOTE, 2)))
def test_everything_that_several_targets_lack_is_named_in_one_error(tmp_path: Path, one: str, other: str) -> None:
    said = "; ".join(f"{name} lacks {', '.join(REMOTE[name].needs)}" for name in (one, other))
    assert refusal(tmp_path, {}, one, "local", other) == f"settings are missing: {said}"


def test_a_target_that_is_not_named_may_lack_anything(tmp_path: Path) -> None:
    environment = {name: COMPLETE[name] for name in REMOTE["s3"].needs}
    assert [each.name for each in opened(tmp_path, environment, "s3")] == ["s3"]


@pytest.mark.parametrize("name", ["", "S3", "s3 ", "pypi", "../s3", "release.adapters.s3"])
def test_what_is_no_targets_name_is_refused_before_settings_are_looked_at(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="there is no target") as refused:
        opened(tmp_path, {}, "s3", name)
    assert refused.value.hint == f"targets: {', '.join(NAMES)}"


def test_every_name_is_one() -> None:
    require_names(NAMES)


def test_a_run_that_lacks_settings_names_all_of_them_and_touches_nothing(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    lacking = "; ".join(f"{name} lacks {', '.join(REMOTE[name].needs)}" for name in ("codeartifact", "s3"))
    ended = scene.refuse(
        "run",
        "--to",
        "codeartifact",
        "--to",
        "s3",
        code=2,
        says=(f"settings are missing: {lacking}",),
        hint="set them in the environment",
    )
    assert "build" not in ended.err
    assert ended.out == ""


def test_a_run_to_an_unknown_target_touches_nothing(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.refuse("run", "--to", "nowhere", code=2, says=("there is no target nowhere",), hint="targets: local, index")
