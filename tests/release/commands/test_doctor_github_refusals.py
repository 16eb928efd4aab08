"""`doctor --github`: what the token may not see or GitHub refuses is told as such, and the rest is done."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from release.side_by_side import side_by_side
from tests.release.commands.yard import ADMINISTERED
from tests.servers.faults import Call, Fault, Faults
from tests.servers.github import TOKEN, Token
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.release.commands.yard import Yard

PLACE = "/api/v3/repos/wheelyard/wheelyard"
_HIDDEN = {"administration", *ADMINISTERED, "teams", "variables", "secrets"}


def refused(status: int, message: str) -> Answer:
    """Give an answer in place of the right one."""
    return Answer(as_json({"message": message}).content, status)


def test_a_token_that_may_not_see_the_administration_is_told_nothing_is_as_it_should_be(yard: Yard) -> None:
    yard.apply()
    yard.github.tokens[TOKEN] = Token()
    checks = yard.look(code=15)
    assert {each["check"] for each in checks if each["state"] == "unknown"} == _HIDDEN
    assert {each["exit_code"] for each in checks if each["state"] == "unknown"} == {15}
    assert not [each for each in checks if each["state"] == "failed"]


def test_nothing_is_written_with_such_a_token(yard: Yard) -> None:
    yard.there.environments.kept.clear()
    yard.github.tokens[TOKEN] = Token()
    told = yard.look("--apply", code=15)
    assert "unknown" in {each["state"] for each in told}
    assert yard.writes == []


def test_a_token_that_may_look_and_not_write_says_so_of_every_write(yard: Yard) -> None:
    yard.github.tokens[TOKEN] = Token(looks=True)
    assert "ruleset main" in yard.told(code=2)
    failed = [each for each in yard.apply(code=15) if "the token may not do that" in each["detail"]]
    assert len(failed) == 19
    assert all("administration: write" in each["cure"] for each in failed)


def test_a_token_that_is_none_is_refused(yard: Yard) -> None:
    ended = yard.release("doctor", "--github", GITHUB_TOKEN=TOKEN[::-1]).expect(15)
    assert "does not accept the token" in ended.err


def test_a_repository_that_is_not_there_is_named(yard: Yard) -> None:
    ended = yard.release("doctor", "--github", GITHUB_REPOSITORY="wheelyard/other").expect(2)
    assert "there is no repository wheelyard/other" in ended.err


def test_an_address_that_is_not_githubs_is_not_believed(yard: Yard) -> None:
    yard.github.wrong[f"GET {PLACE}/actions/permissions/workflow"].append(Answer(b"<html>", kind="text/html"))
    assert "could not be read" in yard.told(code=2)["actions workflow"]


def test_a_private_repository_of_a_free_plan_has_no_rulesets_and_no_environments(yard: Yard) -> None:
    yard.there.is_private = True
    told = yard.told("--apply", code=2)
    assert "Upgrade to GitHub Pro or make this repository public" in told["ruleset main"]
    assert "it is not there, or an organisation decides it" in told["environment sign"]
    assert "Secret scanning is not available" in told["secret scanning"]
    assert "immutable releases" not in told


def test_a_plan_without_reviewers_is_told_and_the_tag_patterns_are_set_all_the_same(yard: Yard) -> None:
    yard.there.is_private, yard.there.plan = True, "team"
    told = yard.told("--apply", code=2)
    assert "ensure the billing plan supports the required reviewers" in told["environment release"]
    assert told.keys() == {"environment release", "environment sign", "secret scanning"}
    for name in ("release", "sign", "notify"):
        kept = yard.there.environments.kept[name]
        assert [(each["name"], each["type"]) for each in kept.patterns] == [("*/v*", "tag")]
    yard.github.forget()
    yard.apply(code=2)
    assert yard.writes == ["PATCH ", "PUT /environments/sign", "PUT /environments/release"]


def test_reviewers_that_are_there_are_not_lost_to_reviewers_that_can_not_be(yard: Yard) -> None:
    yard.apply()
    yard.edit("environments.json", lambda file: file["release"]["reviewers"][0].update(name="nobodies"))
    assert "there is no team nobodies in wheelyard" in yard.told("--apply", code=2)["environment release"]
    (reviewer,) = yard.there.environments.kept["release"].reviewers
    assert reviewer["reviewer"]["slug"] == "platform"


def test_a_team_that_the_token_may_not_see_is_named(yard: Yard) -> None:
    yard.github.tokens[TOKEN] = Token(admin=True, sees_teams=False)
    told = yard.told("--apply", code=2)
    assert "members: read" in told["environment release"]
    assert [each["name"] for each in yard.there.environments.kept["release"].patterns] == ["*/v*"]


def test_a_user_that_is_none_is_named(yard: Yard) -> None:
    nobody = [{"type": "User", "name": "nobody"}]
    yard.edit("environments.json", lambda file: file["sign"].update(reviewers=nobody))
    assert "there is no user nobody" in yard.told("--apply", code=2)["environment sign"]


def test_what_github_finds_wrong_with_a_ruleset_is_said_in_its_words(yard: Yard) -> None:
    yard.edit("main.json", lambda file: file.update(target="tag"))
    told = yard.told("--apply", code=2)
    assert "Invalid target patterns" in told["ruleset main"]
    assert list(told) == ["ruleset main"]


def test_what_was_written_and_is_not_kept_is_still_told(yard: Yard) -> None:
    yard.apply()
    yard.there.actions["workflow"]["default_workflow_permissions"] = "write"
    yard.github.wrong[f"PUT {PLACE}/actions/permissions/workflow"].append(Answer(status=204))
    told = yard.told("--apply", code=2)
    assert told["actions workflow"].startswith('default_workflow_permissions is "write", and should be "read"')


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.LOST])
@pytest.mark.parametrize("number", [2, 12, 20])
def test_a_run_that_ended_half_way_goes_on_when_it_is_run_again(yard: Yard, number: int, fault: Fault) -> None:
    every = calls_of_a_run(yard)
    yard.github.faults = Faults(every[number], fault)
    yard.apply(code=15)
    assert yard.github.faults.is_spent
    yard.github.forget()
    yard.apply()
    assert 0 < len(yard.writes) <= len(every) - number + 1
    assert yard.told() == {}


def test_a_run_that_is_killed_leaves_nothing_that_another_can_not_finish(yard: Yard) -> None:
    every = calls_of_a_run(yard)
    yard.github.faults = Faults(every[16], Fault.KILLED_AFTER)
    with yard.release.start("doctor", "--github", "--apply") as process:
        yard.github.faults.victim = process.pid
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    kept = yard.there.environments.kept
    assert all((each.policy or {}).get("custom_branch_policies") for each in kept.values())
    yard.apply()
    assert yard.told() == {}


def calls_of_a_run(yard: Yard) -> list[Call]:
    """Give everything that a run writes to a repository that somebody has just made, and make it anew."""
    yard.apply()
    names = [f"{method} {PLACE}{rest}" for method, _, rest in (each.partition(" ") for each in yard.writes)]
    assert len(names) == 23
    yard.renew()
    return [Call("GitHub", name, names[:index].count(name) + 1) for index, name in enumerate(names)]


def test_where_github_can_not_be_reached_nothing_more_is_written(yard: Yard) -> None:
    yard.github.wrong[f"PUT {PLACE}/vulnerability-alerts"].append(refused(500, "Server Error"))
    yard.apply(code=15)
    assert yard.writes[-1] == "PUT /vulnerability-alerts"


def test_two_who_apply_at_once_both_end_well(yard: Yard) -> None:
    made = side_by_side(lambda _: yard.release.apart("doctor", "--github", "--apply"), range(2))
    assert [each.code for each in made] == [0, 0], [each.err for each in made]
    assert len(yard.there.rulesets.kept) == 4
    assert yard.told() == {}


def test_a_ruleset_that_github_will_not_take_is_told_in_its_words(yard: Yard) -> None:
    yard.github.wrong[f"POST {PLACE}/rulesets"].append(refused(422, "Name must be unique"))
    assert "Name must be unique" in yard.told("--apply", code=2)["ruleset main"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_ruleset_that_another_run_makes_in_between_is_taken_for_ours(yard: Yard, number: int) -> None:
    yard.apply()
    yard.there.rulesets.named("main")["enforcement"] = "disabled"
    before = as_json([])
    yard.github.wrong[f"GET {PLACE}/rulesets"].extend([before] * (3 + number))
    yard.apply()
    assert yard.told() == {}
    assert len(yard.there.rulesets.kept) == 4


@pytest.mark.parametrize("answer", [Answer(b"nothing", 422), Answer(b"[1]", 422)])
def test_a_refusal_without_a_reason_is_told_as_one(yard: Yard, answer: Answer) -> None:
    yard.github.wrong[f"PUT {PLACE}/actions/permissions/workflow"].append(answer)
    assert "GitHub does not take it: no reason" in yard.told("--apply", code=2)["actions workflow"]


def test_a_list_that_is_none_is_not_believed(yard: Yard) -> None:
    yard.github.wrong[f"GET {PLACE}/teams"].append(as_json([1]))
    assert "could not be read" in yard.told(code=2)["teams"]


def test_what_is_hidden_as_if_it_was_not_there_is_unknown(yard: Yard) -> None:
    yard.apply()
    yard.github.wrong[f"GET {PLACE}/teams"].append(refused(404, "Not Found"))
    yard.github.wrong[f"GET {PLACE}/actions/variables"].append(refused(404, "Not Found"))
    assert yard.told(code=15).keys() == {"teams", "variables"}


@pytest.mark.parametrize("status", [404, 409])
def test_rulesets_that_are_hidden_are_not_taken_for_none(yard: Yard, status: int) -> None:
    yard.apply()
    yard.github.wrong[f"GET {PLACE}/rulesets"].extend([refused(status, "Not Found")] * 5)
    (told,) = [each for each in yard.look(code=2) if each["check"] == "other rulesets"]
    assert (told["state"], told["exit_code"]) == ("unknown", 15)
    assert "or they are not to be seen" in told["detail"]


def test_endless_pages_end(yard: Yard) -> None:
    page = Answer(b"[]", headers={"Link": f'<{yard.github.address}{PLACE}/teams?page=2>; rel="next"'})
    yard.github.wrong[f"GET {PLACE}/teams"].extend([page] * 200)
    assert "take away what nobody uses" in [each["cure"] for each in yard.look(code=2) if each["check"] == "teams"]
