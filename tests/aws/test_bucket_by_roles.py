"""What a release asks of the bucket and of the key is what its role may ask, call by call."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final

import pytest
from packaging.version import Version

from release.adapters.kms import KmsSigner
from release.model.ledger import Listing
from release.model.tag import Tag
from tests.aws.places import PLACES
from tests.aws.roles import CONTEXT, Roles
from tests.release.doors import pack_files
from tests.servers.account import NO_FILES
from tests.servers.kms import Kms
from tests.servers.wheel import write_sdist, write_wheel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from release.adapters.s3.target import S3Target
    from release.model.parcel import Parcel
    from tests.servers.s3 import S3
    from tests.servers.stand_in import Request

ROLES: Final = Roles()
_ACTIONS: Final = {"GetObject": "s3:GetObject", "HeadObject": "s3:GetObject", "PutObject": "s3:PutObject"}
_WHOLE: Final = "arn:aws:s3:::wheelyard-wheels"


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    sums = tmp_path / "SHA256SUMS"
    sums.write_text("evidence\n")
    return pack_files(
        Tag("alpha", Version("0.1.0")),
        (write_wheel(tmp_path, "alpha", "0.1.0"), write_sdist(tmp_path, "alpha", "0.1.0"), sums),
    )


def refused(role: str, s3: S3, requests: Sequence[Request]) -> list[str]:
    """Give the calls that the stack would not let a role make."""
    return [s3.call(each) for each in requests if not _may(role, s3.call(each), each)]


def _may(role: str, call: str, request: Request) -> bool:
    name, _, key = call.partition(" ")
    if name == "ListObjectsV2":
        return ROLES.may(role, "s3:ListBucket", _WHOLE, CONTEXT)
    context = {key: value for key, value in CONTEXT.items() if key != "s3:if-none-match"}
    if "if-none-match" in request.headers:
        context["s3:if-none-match"] = request.headers["if-none-match"]
    return ROLES.may(role, _ACTIONS[name], f"{_WHOLE}/{key}", context)


def test_a_release_asks_nothing_of_the_bucket_that_the_publisher_may_not(
    s3: S3, target: S3Target, parcel: Parcel
) -> None:
    assert target.held(parcel.tag) == ()
    target.put(parcel)
    target.show(parcel)
    target.seal(parcel.tag, b"{}")
    assert {each.listing for each in target.held(parcel.tag) if each.name in parcel.tag.files} == {Listing.OFFERED}
    assert refused("publisher", s3, s3.requests) == []
    assert {s3.call(each).split()[0] for each in s3.requests} >= {"GetObject", "ListObjectsV2", "PutObject"}


def test_the_promoter_could_bring_none_of_it(s3: S3, target: S3Target, parcel: Parcel) -> None:
    target.put(parcel)
    written = [each for each in s3.requests if each.method == "PUT"]
    assert refused("promoter", s3, written) == [s3.call(each) for each in written]
    assert len(written) == len(parcel.files)


def test_taking_off_offer_asks_nothing_that_the_promoter_may_not(s3: S3, target: S3Target, parcel: Parcel) -> None:
    target.put(parcel)
    target.show(parcel)
    s3.forget()
    target.relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "wrong")
    target.relist(parcel.tag, [Listing.UNLISTED], Listing.OFFERED, "")
    assert refused("promoter", s3, s3.requests) == []
    assert [each for each in s3.calls() if each.startswith("PutObject stable/alpha/0.1.0/listing.json")]
    assert set(refused("auditor", s3, s3.requests)) == {each for each in s3.calls() if each.startswith("PutObject")}


def test_a_signature_is_asked_for_as_the_keys_policy_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with Kms() as kms:
        for name, value in {**kms.environment, **NO_FILES}.items():
            monkeypatch.setenv(name, value)
        KmsSigner(kms.key.arn, kms.environment["AWS_REGION"]).sign(b"a" * 5000)
        asked = [json.loads(each.body) for each in kms.requests]
        actions = [each.headers["x-amz-target"].replace("TrentService.", "kms:") for each in kms.requests]
    assert actions == ["kms:GetPublicKey", "kms:Sign"]
    assert len(base64.b64decode(asked[1]["Message"])) == 32
    for action, words in zip(actions, asked, strict=True):
        context = {f"kms:{name}": value for name, value in words.items() if name in {"MessageType", "SigningAlgorithm"}}
        assert ROLES.may("signer", action, PLACES["key"]["ours"], context)
