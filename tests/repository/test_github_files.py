"""What GitHub reads of the repository beside its workflows: rules, owners, forms, and what renews versions."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import tomli
import yaml

from release import errors
from release.model.rulebook import read_rulebook
from release.model.tag import parse_tag
from tests.repository.tree import PACKAGES, ROOT, tracked_files

GITHUB = ROOT / ".github"
BOOK = read_rulebook({path.name: path.read_bytes() for path in (GITHUB / "rulesets").glob("*.json")})
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
OWNERS = [line.split() for line in (ROOT / "CODEOWNERS").read_text().splitlines() if line and line[0] != "#"]
POLICY = tomli.loads((ROOT / "pyproject.toml").read_text())["tool"]["release"]


def read(path: Path) -> Any:  # noqa: ANN401  # whatever YAML holds
    """Read a YAML file."""
    return yaml.safe_load(path.read_text())


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("dependabot", [GITHUB / "dependabot.yml"]),
        ("github-issue-config", [GITHUB / "ISSUE_TEMPLATE" / "config.yml"]),
        ("github-issue-forms", FORMS),
    ],
)
def test_a_file_has_the_shape_that_github_asks_for(schema: str, files: list[Path]) -> None:
    library = find_spec("check_jsonschema")  # importing it takes seconds
    assert library
    assert library.origin
    vendored = Path(library.origin).parent / "builtin_schemas" / "vendor" / f"{schema}.json"
    rules = jsonschema_rs.validator_for(json.loads(vendored.read_text()))
    assert files
    assert not [f"{path.name}: {error.message}" for path in files for error in rules.iter_errors(read(path))]
    assert not rules.is_valid({"version": 1, "body": [], "contact_links": 1})


def test_every_field_of_a_form_has_its_own_id_and_label() -> None:
    assert len(FORMS) == 3
    for path in FORMS:
        fields = [each for each in read(path)["body"] if each["type"] != "markdown"]
        for named in ([each["id"] for each in fields], [each["attributes"]["label"] for each in fields]):
            assert len(set(named)) == len(named), path.name


def test_whoever_tells_of_a_release_chooses_among_all_exit_codes() -> None:
    (field,) = [each for each in read(GITHUB / "ISSUE_TEMPLATE" / "release.yml")["body"] if each.get("id") == "code"]
    chosen = {int(found[0]) for each in field["attributes"]["options"] if (found := re.match(r"\d+", each))}
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.ReleaseError)]
    assert chosen == {kind.exit_code for kind in kinds}


def test_what_is_told_in_private_has_its_own_way_and_blank_issues_are_off() -> None:
    config = read(GITHUB / "ISSUE_TEMPLATE" / "config.yml")
    assert config["blank_issues_enabled"] is False
    addresses = [each["url"] for each in config["contact_links"]]
    assert f"{POLICY['repository']}/security/advisories/new" in addresses
    assert all(each.startswith(f"{POLICY['repository']}/") for each in addresses)


def test_what_renews_versions_knows_every_project_and_every_action() -> None:
    updates = {each["package-ecosystem"]: each for each in read(GITHUB / "dependabot.yml")["updates"]}
    projects = {path.parent for path in tracked_files() if path.name == "pyproject.toml"}
    assert covered(updates["pip"]["directories"]) == projects
    actions = {ROOT, *(path.parent for path in GITHUB.glob("actions/*/action.yml"))}
    assert covered(updates["github-actions"]["directories"]) == actions
    assert not [path for path in tracked_files() if path.name == "package.json"], "npm has to be renewed as well"


def covered(directories: list[str]) -> set[Path]:
    """Give the folders that patterns of Dependabot name."""
    found = {path for each in directories if each != "/" for path in ROOT.glob(each.lstrip("/")) if path.is_dir()}
    return found | ({ROOT} if "/" in directories else set())


def test_what_is_newer_waits_and_comes_together() -> None:
    for each in read(GITHUB / "dependabot.yml")["updates"]:
        assert each["cooldown"]["default-days"] >= 7
        assert [group["patterns"] for group in each["groups"].values()] == [["*"]]


def test_the_checklist_of_a_pull_request_names_commands_that_are_there() -> None:
    text = (GITHUB / "pull_request_template.md").read_text()
    assert text.count("- [ ] ") >= 8
    scripts = tomli.loads((ROOT / "hatch.toml").read_text())["envs"]["default"]["scripts"]
    named = set(re.findall(r"`hatch run ([\w-]+)", text))
    assert {"lint", "types", "test"} <= named <= {*scripts, "release"}


def owners_of(path: str) -> list[str]:
    """Give who owns a path: the last line that fits, as GitHub reads it."""
    fitting = [owners for pattern, *owners in OWNERS if pattern == "*" or f"/{path}".startswith(pattern)]
    return fitting[-1]


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/release.yml",
        ".github/rulesets/main.json",
        "CODEOWNERS",
        "tools/release/pipeline.py",
        "databricks/init.sh",
        "pyproject.toml",
        "hatch.toml",
    ],
)
def test_what_decides_how_things_are_released_belongs_to_the_platform(path: str) -> None:
    assert (ROOT / path).is_file()
    assert [owner.partition("/")[2] for owner in owners_of(path)] == ["platform"]


@pytest.mark.parametrize("path", ["tools/locks/hatch.txt", "tools/release/toolchain/build.txt"])
def test_a_lock_has_more_owners_than_one(path: str) -> None:
    assert (ROOT / path).is_file()
    assert len(owners_of(path)) == 2


def test_every_package_has_an_owner_of_packages() -> None:
    patterns = {pattern for pattern, *_ in OWNERS}
    assert "/packages/" in patterns, "a new package has nobody"
    assert all(owners_of(f"packages/{path.name}/pyproject.toml") for path in PACKAGES)


def test_every_path_that_is_owned_is_there_unless_a_package_left() -> None:
    owned = [pattern for pattern, *_ in OWNERS if pattern != "*" and not pattern.startswith("/packages/")]
    assert owned
    assert not [pattern for pattern in owned if not (ROOT / pattern.lstrip("/")).exists()]


def test_the_check_that_main_requires_is_a_job() -> None:
    (rule,) = [each for each in BOOK.rulesets["main.json"].rules if each.type == "required_status_checks"]
    checks = [check.context for check in rule.parameters.required_status_checks]
    jobs = read(GITHUB / "workflows" / "ci.yml")["jobs"]
    assert checks == [job.get("name", name) for name, job in jobs.items() if name == "ci"]


def test_the_branches_that_releases_come_from_are_guarded() -> None:
    guarded = BOOK.rulesets["main.json"].conditions.ref_name.include
    assert guarded == tuple(f"refs/heads/{branch}" for branch in POLICY["branches"])


def environments_of_jobs() -> set[str]:
    """Give every environment that a job names."""
    jobs = [job for path in WORKFLOWS for job in read(path)["jobs"].values()]
    named = [job.get("environment", "") for job in jobs]
    return {each["name"] if isinstance(each, dict) else each for each in named} - {""}


def test_the_environments_that_jobs_name_are_those_that_are_ruled() -> None:
    assert environments_of_jobs() == BOOK.environments.keys()


@pytest.mark.parametrize("name", ["sign", "release", "notify"])
def test_only_release_tags_use_what_a_release_needs(name: str) -> None:
    (pattern,) = BOOK.environments[name].deployment_branch_policies
    assert pattern.type == "tag"
    assert BOOK.environments[name].deployment_branch_policy.custom_branch_policies
    assert pattern.name in read(GITHUB / "workflows" / "release.yml")[True]["push"]["tags"]


@pytest.mark.parametrize("file", ["release-tags.json", "release-tag-makers.json"])
def test_the_rules_of_tags_are_for_those_that_are_released(file: str) -> None:
    (pattern,) = BOOK.rulesets[file].conditions.ref_name.include
    for tag in ("env-drift/v0.1.0", "table-contracts/v1!2.0rc1"):
        parse_tag(tag)
        assert same_depth(f"refs/tags/{tag}", pattern)
    assert not same_depth("refs/tags/a/env-drift/v0.1.0", pattern)


def same_depth(ref: str, pattern: str) -> bool:
    """Match as GitHub does: `*` stands for anything but a slash."""
    parts, wanted = ref.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def used_actions() -> set[str]:
    """Give every action that workflows and our own actions use, without those of the repository."""
    text = "\n".join(path.read_text() for path in (*WORKFLOWS, *GITHUB.glob("actions/*/action.yml")))
    return {each for each in re.findall(r"^\s*-?\s*uses:\s*(\S+)", text, re.MULTILINE) if each[0] not in "./$"}


def test_every_action_that_is_used_is_allowed_and_no_other_is() -> None:
    selected = BOOK.actions.selected_actions
    assert selected.github_owned_allowed
    strangers = {each for each in used_actions() if each.partition("/")[0] not in {"actions", "github"}}
    assert strangers, "only GitHub's own actions are used: allow no others"
    assert all(any(fnmatchcase(each, allowed) for allowed in selected.patterns_allowed) for each in strangers)
    assert all(any(fnmatchcase(each, allowed) for each in strangers) for allowed in selected.patterns_allowed)


def test_what_the_account_trusts_is_ruled() -> None:
    claims = (ROOT / "tools" / "aws" / "stack.yaml").read_text()
    trusted = set(re.findall(r"\w+Environment:\n    Type: String\n    Default: (\w+)", claims))
    assert trusted == {"sign", "release", "audit"}
    assert trusted <= BOOK.environments.keys()


def test_the_page_beside_the_rules_tells_of_every_file() -> None:
    told = set(re.findall(r"^\| `([\w-]+\.json)` \|", (GITHUB / "rulesets" / "README.md").read_text(), re.MULTILINE))
    assert told == {path.name for path in (GITHUB / "rulesets").glob("*.json")}


def test_the_files_of_rules_are_written_as_json_is() -> None:
    for path in (GITHUB / "rulesets").glob("*.json"):
        assert json.loads(path.read_text())
        assert path.read_text().endswith("}\n")
