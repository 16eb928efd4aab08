"""`doctor --github`: what differs from the rules is named with its cure, applied, and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.commands.yard import ADMINISTERED
from tests.servers.stand_in import as_json

if TYPE_CHECKING:
    from tests.release.commands.yard import Yard


def test_a_repository_that_somebody_has_just_made_lacks_every_rule_and_each_is_named_with_its_cure(yard: Yard) -> None:
    checks = [each for each in yard.look(code=2) if each["state"] == "failed"]
    environments = {f"environment {name}" for name in ("sign", "release", "notify", "audit")}
    assert {each["check"] for each in checks} == {*ADMINISTERED, *environments}
    assert {each["cure"] for each in checks} == {"hatch run release doctor --github --apply"}
    assert {each["exit_code"] for each in checks} == {2}
    details = [each["detail"] for each in checks]
    assert "allow_merge_commit is true, and should be false (.github/rulesets/repository.json)" in details
    assert "it is not there (.github/rulesets/main.json)" in details


def test_looking_changes_nothing(yard: Yard) -> None:
    yard.look(code=2)
    assert yard.writes == []


def test_what_is_applied_is_told_and_then_is_as_the_files_say(yard: Yard) -> None:
    (said,) = [each["detail"] for each in yard.apply() if each["check"] == "actions workflow"]
    before, after = said.split("; can")
    assert before.startswith('applied; before: default_workflow_permissions is "write", and should be "read"')
    assert after == "_approve_pull_request_reviews is true, and should be false (.github/rulesets/actions.json)"
    assert yard.told() == {}


def test_applying_twice_changes_nothing(yard: Yard) -> None:
    yard.apply()
    assert yard.writes
    yard.github.forget()
    yard.apply()
    assert yard.writes == []


def test_only_what_differs_is_written(yard: Yard) -> None:
    yard.apply()
    yard.there.rulesets.named("main")["enforcement"] = "disabled"
    number = yard.there.rulesets.named("main")["id"]
    yard.github.forget()
    yard.apply()
    assert yard.writes == [f"PUT /rulesets/{number}"]


def test_main_is_guarded_as_github_tells_it(yard: Yard) -> None:
    yard.apply()
    rules = {each["type"]: each.get("parameters", {}) for each in yard.there.rulesets.named("main")["rules"]}
    assert {"deletion", "non_fast_forward", "required_linear_history"} <= rules.keys()
    assert rules["pull_request"]["require_code_owner_review"]
    assert rules["pull_request"]["dismiss_stale_reviews_on_push"]
    assert rules["pull_request"]["require_last_push_approval"]
    assert rules["required_status_checks"]["strict_required_status_checks_policy"]
    assert [each["context"] for each in rules["required_status_checks"]["required_status_checks"]] == ["ci"]


def test_nobody_is_excepted_from_what_keeps_a_release_tag(yard: Yard) -> None:
    yard.apply()
    stay = yard.there.rulesets.named("release tags stay")
    assert (stay["bypass_actors"], stay["target"]) == ([], "tag")
    assert {each["type"] for each in stay["rules"]} == {"update", "deletion", "non_fast_forward"}
    makers = yard.there.rulesets.named("release tags are made by maintainers")
    assert [each["type"] for each in makers["rules"]] == ["creation"]


def test_a_switch_in_a_file_is_turned_by_its_enforcement(yard: Yard) -> None:
    yard.apply()
    assert yard.there.rulesets.named("signed commits")["enforcement"] == "disabled"
    yard.edit("signed-commits.json", lambda file: file.update(enforcement="active"))
    assert list(yard.told(code=2)) == ["ruleset signed commits"]
    yard.apply()
    assert yard.there.rulesets.named("signed commits")["enforcement"] == "active"


def test_what_a_file_switches_off_is_switched_off(yard: Yard) -> None:
    yard.apply()
    yard.edit("repository.json", lambda file: file["switches"].update({"automated-security-fixes": False}))
    yard.apply()
    assert "automated-security-fixes" not in yard.there.switches
    assert yard.told() == {}


def test_a_ruleset_that_no_file_names_is_told_and_stays(yard: Yard) -> None:
    yard.apply()
    conditions = {"ref_name": {"include": ["~ALL"], "exclude": []}}
    yard.there.rulesets.add(
        {"name": "of others", "target": "branch", "enforcement": "active", "conditions": conditions}
    )
    yard.github.forget()
    (warning,) = [each for each in yard.apply() if each["check"] == "other rulesets"]
    assert warning["state"] == "warning"
    assert "the ruleset of others is in no file" in warning["detail"]
    assert yard.writes == []


def test_a_ruleset_of_the_organisation_is_none_of_ours(yard: Yard) -> None:
    yard.apply()
    yard.there.rulesets.inherited.append({"id": 1, "name": "main", "target": "branch", "source_type": "Organization"})
    assert yard.told() == {}


def test_rulesets_on_later_pages_are_found(yard: Yard) -> None:
    conditions = {"ref_name": {"include": ["~ALL"], "exclude": []}}
    for number in range(120):
        more = {"name": f"other {number}", "target": "branch", "enforcement": "disabled", "conditions": conditions}
        yard.there.rulesets.add(more)
    yard.apply()
    yard.github.forget()
    yard.apply()
    assert yard.writes == []


def test_a_pattern_and_an_actor_that_a_file_leaves_out_are_taken_away(yard: Yard) -> None:
    yard.apply()
    yard.there.environments.add_pattern("sign", "*")
    makers = yard.there.rulesets.named("release tags are made by maintainers")
    makers["bypass_actors"].append({"actor_id": 4, "actor_type": "RepositoryRole", "bypass_mode": "always"})
    assert yard.told(code=2).keys() == {"environment sign", "ruleset release tags are made by maintainers"}
    yard.apply()
    assert [each["name"] for each in yard.there.environments.kept["sign"].patterns] == ["*/v*"]
    assert yard.told() == {}


def test_an_environment_that_is_open_to_all_is_closed(yard: Yard) -> None:
    yard.apply()
    yard.there.environments.kept["release"].policy = None
    assert "deployment_branch_policy" in yard.told(code=2)["environment release"]
    yard.apply()
    assert yard.told() == {}


def test_an_environment_that_a_file_opens_to_all_takes_every_branch(yard: Yard) -> None:
    opened = {"protected_branches": False, "custom_branch_policies": False}
    yard.edit(
        "environments.json",
        lambda file: file["audit"].update(deployment_branch_policy=opened, deployment_branch_policies=[]),
    )
    yard.apply()
    assert yard.there.environments.kept["audit"].policy is None


def test_a_person_may_review_as_well_as_a_team(yard: Yard) -> None:
    reviewers = [{"type": "User", "name": "ada"}, {"type": "Team", "name": "maintainers"}]
    yard.edit("environments.json", lambda file: file["release"].update(reviewers=reviewers, wait_timer=5))
    yard.apply()
    assert yard.told() == {}
    kept = yard.there.environments.kept["release"]
    assert [each["reviewer"].get("login") for each in kept.reviewers] == ["ada", None]
    assert kept.wait_timer == 5


@pytest.mark.parametrize("name", ["sign", "release"])
def test_nobody_lets_their_own_tag_through(yard: Yard, name: str) -> None:
    yard.apply()
    assert yard.there.environments.kept[name].prevent_self_review
    yard.there.environments.kept[name].prevent_self_review = False
    assert "prevent_self_review is false, and should be true" in yard.told(code=2)[f"environment {name}"]


def test_an_administrator_who_may_pass_by_who_reviews_is_told_where_to_stop_it_and_nothing_is_written(
    yard: Yard,
) -> None:
    yard.apply()
    yard.there.environments.kept["sign"].can_admins_bypass = True
    yard.github.forget()
    (told,) = [each for each in yard.apply(code=2) if each["state"] == "failed"]
    assert (told["check"], told["exit_code"]) == ("environment sign", 2)
    assert told["detail"].startswith("can_admins_bypass is true, and should be false")
    assert "Settings, Environments, sign" in told["cure"]
    assert told["cure"].startswith('untick "Allow administrators to bypass configured protection rules"')
    assert yard.writes == []


def test_what_is_applied_to_a_new_environment_leaves_what_only_a_person_can_set(yard: Yard) -> None:
    yard.there.environments.kept.clear()
    told = [each for each in yard.apply(code=2) if each["state"] == "failed"]
    assert [each["check"] for each in told] == ["environment sign", "environment release"]
    assert all(each["cure"].startswith("untick") for each in told)
    assert yard.there.environments.kept["sign"].reviewers


def test_a_server_that_says_nothing_of_administrators_is_not_taken_to_hold_them(yard: Yard) -> None:
    yard.apply()
    place = "GET /api/v3/repos/wheelyard/wheelyard/environments/sign"
    yard.github.wrong[place].append(as_json({"name": "sign", "protection_rules": []}))
    assert "can_admins_bypass is not said, and should be false" in yard.told(code=2)["environment sign"]


def test_the_files_of_the_work_tree_count_whether_committed_or_not(yard: Yard) -> None:
    yard.apply()
    yard.edit("actions.json", lambda file: file["artifact_and_log_retention"].update(days=30))
    assert "days is 90, and should be 30" in yard.told(code=2)["actions artifact and log retention"]


def test_actions_that_are_not_selected_have_no_selection(yard: Yard) -> None:
    yard.edit("actions.json", lambda file: file["permissions"].update(allowed_actions="local_only"))
    assert "actions selected actions" not in {each["check"] for each in yard.apply()}
    assert yard.told() == {}


def test_a_person_reads_what_is_wrong_and_the_cure_below_it(yard: Yard) -> None:
    ended = yard.people().expect(2)
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    at = lines.index("failed ruleset main it is not there (.github/rulesets/main.json)")
    assert lines[at + 1] == "→ hatch run release doctor --github --apply"
    assert "failed, 0 warning" in ended.err


@pytest.mark.parametrize(
    "words",
    [("--apply",), ("--github", "--aws"), ("--github", "env-drift"), ("--github", "--to", "s3"), ("--aws", "--apply")],
)
def test_words_that_have_no_say_together_are_refused(yard: Yard, words: tuple[str, ...]) -> None:
    ended = yard.release("doctor", *words).expect(2)
    assert "hint:" in ended.err
    assert yard.github.requests == ()


def test_settings_that_lack_are_named(yard: Yard) -> None:
    ended = yard.release("doctor", "--github", GITHUB_TOKEN="", GITHUB_REPOSITORY="").expect(2)
    assert "GITHUB_REPOSITORY, GITHUB_TOKEN" in ended.err


def test_a_file_that_lacks_is_named_before_anything_is_asked(yard: Yard) -> None:
    (yard.root / ".github" / "rulesets" / "actions.json").unlink()
    assert "there is no .github/rulesets/actions.json" in yard.people().expect(2).err
    assert yard.github.requests == ()
