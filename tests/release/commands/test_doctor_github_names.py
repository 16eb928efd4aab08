"""`doctor --github`: owners who are asked by nobody, and variables and secrets that workflows read in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.github import TOKEN
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from tests.release.commands.yard import Yard

WORKFLOW = """\
on: push
env:
  EVERYWHERE: ${{ vars.everywhere }}
jobs:
  one:
    environment: {name: other}
    if: vars.CONDITION == 'yes'
    steps:
      - run: echo "vars.NOT_READ"
        env:
          TOKEN: ${{ secrets.GITHUB_TOKEN }}
          KEY: ${{ secrets['THE_KEY'] || secrets.SPARE }}
"""


@pytest.fixture
def applied(yard: Yard) -> Yard:
    """Give a yard whose repository is as the files say."""
    yard.apply()
    return yard


def test_an_owner_that_github_does_not_know_is_told_with_its_line(applied: Yard) -> None:
    error = {"line": 3, "kind": "Unknown owner", "source": "/tools/ @wheelyard/nobody", "path": "CODEOWNERS"}
    applied.there.owner_errors = [{**error, "suggestion": "make sure @wheelyard/nobody exists"}]
    (told,) = [each for each in applied.look(code=2) if each["check"] == "CODEOWNERS"]
    assert told["detail"] == "CODEOWNERS:3: Unknown owner: /tools/ @wheelyard/nobody"
    assert told["cure"] == "make sure @wheelyard/nobody exists"


def test_a_repository_without_owners_is_told(applied: Yard) -> None:
    applied.there.owner_errors = None
    assert "GitHub has no CODEOWNERS" in applied.told(code=2)["CODEOWNERS"]


def test_a_team_that_is_not_there_or_may_only_read_is_told(applied: Yard) -> None:
    applied.there.teams = {"platform": "pull"}
    said = applied.told(code=2)["teams"]
    assert "@wheelyard/platform may only read the repository" in said
    assert "@wheelyard/maintainers does not exist, or has nothing to do with it" in said


def test_a_team_of_another_organisation_is_told(applied: Yard) -> None:
    (applied.root / "CODEOWNERS").write_text("* @Wheelyard/platform @others/team # @more/teams\n")
    said = applied.told(code=2)["teams"]
    assert said == "@others/team is of another organisation than the repository"


def test_a_work_tree_without_owners_is_told_and_not_taken_for_well(applied: Yard) -> None:
    (applied.root / "CODEOWNERS").unlink()
    said = applied.told(code=2)["teams"]
    assert said.startswith("there is none of .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS")


@pytest.mark.parametrize(
    ("first", "other"),
    [(".github/CODEOWNERS", "CODEOWNERS"), ("CODEOWNERS", "docs/CODEOWNERS")],
)
def test_of_several_files_of_owners_the_one_that_github_reads_is_read_and_the_other_told(
    applied: Yard, first: str, other: str
) -> None:
    (applied.root / "docs").mkdir()
    (applied.root / other).write_text("* @wheelyard/nobody\n")
    (applied.root / first).write_text("* @wheelyard/platform\n")
    assert applied.told(code=2)["teams"] == f"GitHub reads {first}, and does not read {other}"


def test_owners_that_stand_elsewhere_than_at_the_root_are_found(applied: Yard) -> None:
    (applied.root / "CODEOWNERS").rename(applied.root / ".github" / "CODEOWNERS")
    (told,) = [each for each in applied.look() if each["check"] == "teams"]
    assert (told["state"], told["detail"]) == ("ok", "all 3 teams of .github/CODEOWNERS may write")


@pytest.mark.parametrize("text", ["", "# * @wheelyard/platform\n", "/packages/@wheelyard/platform\n"])
def test_a_file_that_names_nobody_is_told(applied: Yard, text: str) -> None:
    (applied.root / "CODEOWNERS").write_text(text)
    assert applied.told(code=2)["teams"] == "CODEOWNERS names nobody: nobody is asked about a change"


def test_a_file_that_names_persons_alone_is_well_and_nothing_is_said_of_teams(applied: Yard) -> None:
    (applied.root / "CODEOWNERS").write_text("* @ada ada@example.com\n")
    (told,) = [each for each in applied.look() if each["check"] == "teams"]
    assert told["state"] == "ok"
    assert told["detail"].startswith("CODEOWNERS names no team, but persons")


def test_variables_of_the_stack_are_named_together_with_where_they_come_from(applied: Yard) -> None:
    applied.there.variables[""] -= {"AWS_REGION", "S3_WHEELS_BUCKET"}
    (told,) = [each for each in applied.look(code=2) if each["check"] == "variables"]
    assert told["detail"] == "not set on GitHub: AWS_REGION, S3_WHEELS_BUCKET"
    assert "gh variable set --env-file" in told["cure"]


def test_a_variable_of_the_organisation_or_of_the_jobs_own_environment_is_one(applied: Yard) -> None:
    applied.there.variables[""] -= {"RELEASE_KMS_KEY_ID", "AWS_REGION"}
    applied.there.variables["organisation"].add("AWS_REGION")
    applied.there.variables["sign"] = {"RELEASE_KMS_KEY_ID"}
    assert applied.told() == {}


def test_a_variable_of_an_environment_that_another_job_names_is_none(applied: Yard) -> None:
    applied.there.variables[""].discard("RELEASE_KMS_KEY_ID")
    applied.there.variables["audit"] = {"RELEASE_KMS_KEY_ID"}
    assert "RELEASE_KMS_KEY_ID" in applied.told(code=2)["variables"]


def test_a_webhook_that_is_not_set_is_a_warning_with_its_environment(applied: Yard) -> None:
    applied.there.secrets["notify"].discard("SLACK_WEBHOOK_URL")
    (told,) = [each for each in applied.look() if each["check"] == "secrets"]
    assert told["state"] == "warning"
    assert told["cure"] == "gh secret set SLACK_WEBHOOK_URL --env notify"


@pytest.mark.parametrize("place", ["", "organisation"])
def test_a_secret_that_the_environment_has_and_every_branch_may_read_is_a_warning(applied: Yard, place: str) -> None:
    applied.there.secrets[place].add("SLACK_WEBHOOK_URL")
    (told,) = [each for each in applied.look() if each["check"] == "secrets"]
    assert told["state"] == "warning"
    assert told["detail"] == (
        "SLACK_WEBHOOK_URL is a secret of the repository or its organisation beside the environment notify "
        "(.github/workflows/release.yml: notify): every branch's workflow may read it"
    )
    assert told["cure"].startswith("`gh secret delete SLACK_WEBHOOK_URL`")


def test_a_webhook_that_only_the_repository_has_is_not_taken_for_the_environments(applied: Yard) -> None:
    applied.there.secrets["notify"].discard("SLACK_WEBHOOK_URL")
    applied.there.secrets[""].add("SLACK_WEBHOOK_URL")
    (told,) = [each for each in applied.look() if each["check"] == "secrets"]
    assert "repository or its organisation and not of the environment notify" in told["detail"]
    assert told["cure"].startswith("`gh secret set SLACK_WEBHOOK_URL --env notify`, then `gh secret delete")


def test_a_secret_that_only_the_repository_has_fails_a_job_that_names_an_environment(applied: Yard) -> None:
    (applied.root / ".github" / "workflows" / "more.yaml").write_text(WORKFLOW)
    applied.there.variables[""] |= {"EVERYWHERE", "CONDITION"}
    applied.there.secrets[""] |= {"SPARE", "THE_KEY"}
    told = [each for each in applied.look(code=2) if each["state"] == "failed"]
    assert [each["detail"].partition(" ")[0] for each in told] == ["SPARE", "THE_KEY"]
    assert all("and not of the environment other" in each["detail"] for each in told)


def test_a_secret_of_the_repository_is_one_for_a_job_that_names_no_environment(applied: Yard) -> None:
    text = WORKFLOW.replace("    environment: {name: other}\n", "")
    (applied.root / ".github" / "workflows" / "more.yaml").write_text(text)
    applied.there.variables[""] |= {"EVERYWHERE", "CONDITION"}
    applied.there.secrets[""] |= {"SPARE", "THE_KEY"}
    assert applied.told() == {}


def test_names_that_a_workflow_reads_are_found_wherever_it_reads_them(applied: Yard) -> None:
    (applied.root / ".github" / "workflows" / "more.yaml").write_text(WORKFLOW)
    told = [each for each in applied.look(code=2) if each["state"] == "failed"]
    assert [(each["check"], each["cure"]) for each in told] == [
        ("variables", "gh variable set CONDITION --env other"),
        ("variables", "gh variable set EVERYWHERE --env other"),
        ("secrets", "gh secret set SPARE --env other"),
        ("secrets", "gh secret set THE_KEY --env other"),
    ]


@pytest.mark.parametrize("text", ["jobs: [", "on: push", "jobs: {one: 1}", "\x00"])
def test_a_workflow_that_is_none_is_named(applied: Yard, text: str) -> None:
    (applied.root / ".github" / "workflows" / "more.yml").write_text(text)
    assert ".github/workflows/more.yml is no workflow" in applied.people().expect(2).err


def test_variables_and_secrets_on_later_pages_are_found(applied: Yard) -> None:
    applied.there.variables[""] |= {f"A{number}" for number in range(100)}
    assert applied.told() == {}


@pytest.mark.parametrize("status", [403, 404])
def test_an_organisation_that_is_not_to_be_seen_has_set_nothing(applied: Yard, status: int) -> None:
    place = "GET /api/v3/repos/wheelyard/wheelyard/actions/organization-variables"
    applied.there.variables["organisation"].add("AWS_REGION")
    applied.there.variables[""].discard("AWS_REGION")
    assert applied.told() == {}
    applied.github.wrong[place].append(Answer(b"{}", status))
    assert applied.told(code=2) == {"variables": "not set on GitHub: AWS_REGION"}


def test_a_token_of_the_job_itself_is_never_shown(applied: Yard) -> None:
    ended = applied.people().expect(0)
    assert TOKEN not in ended.out + ended.err
