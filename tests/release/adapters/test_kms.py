"""KMS, asked by the real boto3 over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from release.adapters.ecdsa import Ecdsa
from release.adapters.kms import KmsSigner
from release.errors import Incomplete, ReleaseError, UsageError, VerificationFailed
from tests.servers.account import ACCESS_KEY, NO_FILES, REGION, SECRET_KEY, SESSION_TOKEN
from tests.servers.kms import KEY_ID, Fault, Key, Kms
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE = b"DSSEv1 28 application/vnd.in-toto+json 5000 " + b"x" * 5000
SECRETS = (SECRET_KEY, SESSION_TOKEN)


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kms]:
    """Give KMS, and this process the variables that lead there."""
    with Kms() as server:
        for name, value in {**server.environment, **NO_FILES}.items():
            monkeypatch.setenv(name, value)
        yield server


def signer_of(kms: Kms, name: str = "", region: str = REGION) -> KmsSigner:
    return KmsSigner(name or kms.key.arn, region, seconds=0.5)


def refusal_of(kms: Kms, name: str = "", region: str = REGION) -> ReleaseError:
    with pytest.raises(ReleaseError) as refused:
        signer_of(kms, name, region).sign(MESSAGE)
    assert not [each for each in SECRETS if each in f"{refused.value.message}{refused.value.hint}"]
    assert refused.value.hint
    return refused.value


@pytest.mark.parametrize("number", range(4))
def test_a_key_signs_by_whatever_name_it_is_asked_for(kms: Kms, number: int) -> None:
    signer = signer_of(kms, kms.key.names[number])
    assert signer.key == kms.key.public
    assert Ecdsa().is_made_by(kms.key.public, signer.sign(MESSAGE), MESSAGE)
    assert kms.key.names[number] in signer.name


def test_only_the_digest_of_a_message_is_sent(kms: Kms) -> None:
    signer_of(kms).sign(MESSAGE)
    assert [len(request.body) < 400 for request in kms.requests] == [True, True]
    assert b'"DIGEST"' in kms.requests[1].body


def test_the_public_key_is_asked_for_once_by_however_many(kms: Kms) -> None:
    signer = signer_of(kms)
    with ThreadPoolExecutor(4) as pool:
        signatures = list(pool.map(signer.sign, [MESSAGE + b"%d" % number for number in range(8)]))
    assert len(set(signatures)) == 8
    assert sorted(kms.asked()) == ["GetPublicKey", *["Sign"] * 8]


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"spec": "ECC_NIST_P384"}, UsageError, "has the KeySpec ECC_NIST_P384, not ECC_NIST_P256"),
        ({"usage": "KEY_AGREEMENT"}, UsageError, "has the KeyUsage KEY_AGREEMENT, not SIGN_VERIFY"),
        ({"algorithms": ()}, UsageError, "does not sign with ECDSA_SHA_256"),
        ({"spec": "SYMMETRIC_DEFAULT"}, UsageError, "AWS answered UnsupportedOperationException"),
        ({"state": "Disabled"}, Incomplete, "AWS answered DisabledException"),
        ({"state": "PendingDeletion"}, Incomplete, "AWS answered KMSInvalidStateException"),
    ],
)
def test_a_key_that_does_not_sign_is_refused(
    kms: Kms, change: dict[str, Any], kind: type[ReleaseError], says: str
) -> None:
    kms.keys[0] = replace(kms.key, **change)
    refused = refusal_of(kms)
    assert isinstance(refused, kind)
    assert says in refused.message
    assert kms.key.arn in refused.message
    assert kms.asked() == ["GetPublicKey"]


@pytest.mark.parametrize("name", ["alias/nobody", "00000000-0000-0000-0000-000000000000", "arn:aws:kms:x:y:key/z"])
def test_a_key_that_is_not_there_is_named(kms: Kms, name: str) -> None:
    refused = refusal_of(kms, name)
    assert isinstance(refused, UsageError)
    assert f"could not find the KMS key {name}" in refused.message
    assert "RELEASE_KMS_KEY_ID" in refused.hint


def test_a_region_that_nobody_names_is_asked_for(kms: Kms) -> None:
    refused = refusal_of(kms, region="")
    assert isinstance(refused, UsageError)
    assert "AWS_REGION" in refused.hint
    assert kms.requests == ()


def test_a_region_that_boto_knows_is_taken(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert signer_of(kms, region="").key == kms.key.public


def test_missing_credentials_are_asked_for(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    refused = refusal_of(kms)
    assert isinstance(refused, UsageError)
    assert "there are no AWS credentials" in refused.message
    assert kms.requests == ()


def test_a_profile_that_is_not_there_is_told(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "ProfileNotFound" in refusal_of(kms).message


def test_credentials_that_nobody_knows_are_told_without_repeating_them(kms: Kms) -> None:
    kms.callers.clear()
    refused = refusal_of(kms)
    assert isinstance(refused, Incomplete)
    assert "UnrecognizedClientException" in refused.message
    assert "log in again" in refused.hint


def test_another_region_repeats_no_token(kms: Kms) -> None:
    refused = refusal_of(kms, region="eu-west-1")
    assert isinstance(refused, Incomplete)
    assert "InvalidSignatureException" in refused.message


@pytest.mark.parametrize(("allowed", "missing"), [(set(), "kms:GetPublicKey"), ({"GetPublicKey"}, "kms:Sign")])
def test_a_missing_permission_is_named(kms: Kms, allowed: set[str], missing: str) -> None:
    kms.callers[ACCESS_KEY] = allowed
    refused = refusal_of(kms)
    assert isinstance(refused, Incomplete)
    assert f"not authorized to perform: {missing}" in refused.message


@pytest.mark.parametrize("action", ["GetPublicKey", "Sign"])
@pytest.mark.parametrize("fault", [Fault.THROTTLED_ONCE, Fault.BROKEN_ONCE])
def test_what_passes_is_waited_for(kms: Kms, action: str, fault: Fault) -> None:
    kms.fail(fault, action)
    assert Ecdsa().is_made_by(kms.key.public, signer_of(kms).sign(MESSAGE), MESSAGE)
    assert kms.asked().count(action) == 2


@pytest.mark.parametrize("action", ["GetPublicKey", "Sign"])
@pytest.mark.parametrize(
    ("fault", "says", "tries"),
    [
        (Fault.THROTTLED, "ThrottlingException", 3),
        (Fault.BROKEN, "KMSInternalException", 3),
        (Fault.HANG, "ReadTimeoutError", 3),
        (Fault.DROPPED, "ConnectionClosedError", 3),
        (Fault.HTML, "the answer holds no", 1),
        (Fault.EMPTY, "the answer holds no", 1),
        (Fault.NO_BASE64, "the answer holds no", 1),
    ],
)
def test_what_does_not_pass_is_incomplete(kms: Kms, action: str, fault: Fault, says: str, tries: int) -> None:
    kms.fail(fault, action)
    refused = refusal_of(kms)
    assert isinstance(refused, Incomplete)
    assert says in refused.message
    assert kms.asked().count(action) == tries


def test_bytes_that_are_no_key_are_not_taken_for_one(kms: Kms) -> None:
    kms.fail(Fault.NO_KEY, "GetPublicKey")
    refused = refusal_of(kms)
    assert isinstance(refused, Incomplete)
    assert "the answer holds no P-256 public key" in refused.message


@pytest.mark.parametrize("fault", [Fault.OTHER_KEY, Fault.OTHER_MESSAGE])
def test_a_signature_that_is_not_this_keys_is_never_used(kms: Kms, fault: Fault) -> None:
    kms.fail(fault, "Sign")
    refused = refusal_of(kms)
    assert isinstance(refused, VerificationFailed)
    assert "nothing was signed" in refused.message


def test_an_alias_that_moves_between_two_questions_is_noticed(kms: Kms) -> None:
    signer = signer_of(kms, "alias/release")
    assert signer.key == kms.key.public
    kms.keys[0] = Key()
    with pytest.raises(VerificationFailed, match="alias/release"):
        signer.sign(MESSAGE)


def test_a_place_where_nobody_listens_is_incomplete(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", closed_address())
    refused = refusal_of(kms)
    assert isinstance(refused, Incomplete)
    assert "EndpointConnectionError" in refused.message


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"Message": b"x" * 4097, "MessageType": "RAW"}, "ValidationException"),
        ({"Message": b"x" * 20, "MessageType": "DIGEST"}, "ValidationException"),
        ({"SigningAlgorithm": "ECDSA_SHA_384"}, "InvalidKeyUsageException"),
        ({"KeyId": "alias/nobody"}, "NotFoundException"),
    ],
)
def test_the_stand_in_refuses_what_the_service_refuses(kms: Kms, words: dict[str, Any], code: str) -> None:
    client = boto3.client("kms", region_name=REGION)
    well = {"KeyId": KEY_ID, "Message": b"x" * 32, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    assert client.sign(**well)["KeyId"] == kms.key.arn
    with pytest.raises(ClientError, match=code):
        client.sign(**{**well, **words})
