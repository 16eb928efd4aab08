"""`doctor --aws`: each thing that an account lacks is named with its cure, and the checklist says what is done."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from release.errors import Incomplete
from release.model.diagnosis import ok
from release.steps.diagnosis.aws import sum_up
from tests.servers.codeartifact.store import Package
from tests.servers.kms import Key
from tests.servers.s3 import BUCKET

if TYPE_CHECKING:
    from tests.aws.examined import Examined
    from tests.release.command import Ended


def test_the_account_that_the_template_makes_lacks_nothing_but_a_release(examined: Examined) -> None:
    document = examined.release("doctor", "--aws", "--json").expect(0).document
    assert document["checklist"] == {
        "credentials": "ok",
        "domain": "ok",
        "repositories": "ok",
        "bucket": "ok",
        "signing key": "ok",
        "roles": "ok",
        "variables": "ok",
        "secrets": "unknown",
        "branch protection": "unknown",
        "first release": "warning",
    }
    order = list(document["checklist"])
    told = [each["check"] for each in document["checks"]]
    assert told == sorted(told, key=order.index)


def test_a_person_reads_the_checklist_below_the_checks(examined: Examined) -> None:
    ended: Ended = examined.release("doctor", "--aws").expect(0)
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    below = lines[lines.index("checklist") :]
    assert "[x] domain ok" in below
    assert "[?] branch protection unknown" in below
    assert "[ ] first release warning" in below
    assert "0 failed, 1 warning, 2 unknown" in ended.err


def test_nothing_is_changed_by_looking(examined: Examined) -> None:
    account = examined.account
    examined.says("domain")
    before = len(account.s3.requests), len(account.codeartifact.requests)
    examined.says("domain")
    asked = [*account.s3.requests[before[0] :], *account.codeartifact.requests[before[1] :]]
    assert {each.method for each in asked} == {"GET", "HEAD", "POST"}
    assert {each.path for each in asked if each.method == "POST"} == {"/v1/packages"}


def test_a_package_of_ours_is_a_first_release(examined: Examined) -> None:
    examined.account.codeartifact.domain.repositories["stable"].packages["alpha"] = Package()
    assert "holds packages of ours" in examined.finds("first release", "ok")


def test_a_domain_that_is_not_there_is_named(examined: Examined) -> None:
    assert "no domain other" in examined.finds("domain", "failed", code=2, CODEARTIFACT_DOMAIN="other")


def test_a_repository_that_is_not_there_is_named_with_its_variable(examined: Examined) -> None:
    del examined.account.codeartifact.domain.repositories["preview"]
    said = examined.finds("repositories", "failed", code=2)
    assert "wheelyard/preview" in said
    assert "CODEARTIFACT_PREVIEW_REPOSITORY" in said


def test_a_repository_without_a_policy_lets_versions_be_deleted(examined: Examined) -> None:
    del examined.account.plane.policies["stable"]
    assert examined.finds("repositories", "failed", code=2) == "wheelyard/stable: its policy lets versions be deleted"


def test_staging_with_public_packages_behind_it_fails(examined: Examined) -> None:
    examined.account.codeartifact.domain.repositories["staging"].upstreams.append("public")
    assert "public behind it" in examined.finds("repositories", "failed", code=2)


def test_a_channel_without_public_packages_is_a_warning(examined: Examined) -> None:
    examined.account.codeartifact.domain.repositories["dev"].upstreams.clear()
    assert "wheelyard/dev: no public packages" in examined.finds("repositories", "warning")


def test_a_channel_that_is_connected_itself_has_public_packages(examined: Examined) -> None:
    repository = examined.account.codeartifact.domain.repositories["dev"]
    repository.upstreams.clear()
    repository.is_external = True
    assert {each["state"] for each in examined.says("repositories")} == {"ok"}


def test_a_bucket_that_is_not_there_is_named(examined: Examined) -> None:
    assert "no bucket other" in examined.finds("bucket", "failed", code=2, S3_WHEELS_BUCKET="other-wheels")


def test_each_guard_that_a_bucket_lacks_is_named(examined: Examined) -> None:
    s3 = examined.account.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.delete_bucket_policy(Bucket=BUCKET)
    rule = {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": "dev/"}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})
    said = [each["detail"] for each in examined.says("bucket", code=2)]
    for fault in ("not versioned", "public", "without TLS", "versions of objects be deleted", "current: tidy"):
        assert [each for each in said if fault in each], fault
    assert len(said) == 5


def test_a_denial_that_leaves_a_way_without_tls_is_none(examined: Examined) -> None:
    examined.guard_bucket({"Resource": f"arn:aws:s3:::{BUCKET}/*"})
    assert "lets it be reached without TLS" in examined.finds("bucket", "failed", code=2)


def test_a_denial_of_deleting_a_part_of_the_bucket_is_none(examined: Examined) -> None:
    examined.guard_bucket({"Resource": f"arn:aws:s3:::{BUCKET}/stable/*"}, "NobodyDeletesForGood")
    assert "lets versions of objects be deleted" in examined.finds("bucket", "failed", code=2)


def test_a_repository_whose_denial_of_deleting_has_a_condition_lets_versions_be_deleted(examined: Examined) -> None:
    policy = copy.deepcopy(dict(examined.account.plane.policies["stable"]))
    policy["Statement"][0]["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
    examined.account.plane.policies["stable"] = policy
    assert "its policy lets versions be deleted" in examined.finds("repositories", "failed", code=2)


def test_a_key_that_does_not_sign_is_named(examined: Examined) -> None:
    examined.account.kms.keys[:] = [Key(spec="ECC_NIST_P384")]
    arn = examined.account.kms.key.arn
    assert "KeySpec ECC_NIST_P384" in examined.finds("signing key", "failed", code=2, RELEASE_KMS_KEY_ID=arn)


def test_variables_that_are_missing_are_named_and_hide_nothing_else(examined: Examined) -> None:
    said = examined.finds("variables", "failed", code=2, S3_WHEELS_BUCKET="", AWS_SIGNER_ROLE_ARN="")
    assert said == "not set here: S3_WHEELS_BUCKET, AWS_SIGNER_ROLE_ARN"
    (bucket,) = examined.says("bucket", code=2, S3_WHEELS_BUCKET="")
    assert "S3_WHEELS_BUCKET: not set" in bucket["detail"]
    assert len([each for each in examined.says("roles", code=2, AWS_SIGNER_ROLE_ARN="") if each["state"] == "ok"]) == 3


def test_variables_are_said_to_be_those_of_this_shell(examined: Examined) -> None:
    said = examined.finds("variables", "ok")
    assert "are set here; gh variable list says whether GitHub has them" in said


def test_what_nobody_may_see_is_never_taken_for_absent(examined: Examined) -> None:
    examined.account.iam.is_closed = True
    lines = examined.says("roles", code=15)
    assert {each["state"] for each in lines} == {"failed"}
    assert all("AccessDenied" in each["detail"] for each in lines)


def test_without_credentials_nothing_more_is_asked(examined: Examined) -> None:
    gone = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}
    assert "no AWS credentials" in examined.finds("credentials", "failed", code=2, **gone)
    assert "not asked" in examined.finds("domain", "unknown", code=2, **gone)
    assert examined.account.codeartifact.requests == ()


@pytest.mark.parametrize("words", [("alpha",), ("--to", "local")])
def test_the_account_is_looked_at_alone(examined: Examined, words: tuple[str, ...]) -> None:
    assert "leave out" in examined.release("doctor", "--aws", *words).expect(2).err
    assert examined.account.codeartifact.requests == ()


def test_an_item_of_the_checklist_that_was_not_looked_at_is_not_taken_for_done() -> None:
    with pytest.raises(Incomplete, match="not looked at: domain"):
        sum_up([ok("credentials", "ada")])
