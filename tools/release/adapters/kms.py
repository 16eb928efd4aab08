"""AWS KMS: signs a digest with a key that never leaves it. https://docs.aws.amazon.com/kms/latest/APIReference/."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, Final

from release.adapters.aws import open_client
from release.adapters.aws_refusals import Refusal, told
from release.adapters.ecdsa import Ecdsa, read_public_key
from release.adapters.once import made_once
from release.errors import Incomplete, UsageError, VerificationFailed

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_ALGORITHM: Final = "ECDSA_SHA_256"
_WANTED: Final = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
_MAKE_ONE: Final = "make one: aws kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY"
_REFUSALS: Final = (
    Refusal(
        frozenset({"NotFoundException", "InvalidArnException", "ValidationException"}),
        UsageError,
        "does RELEASE_KMS_KEY_ID name a key of this account, and AWS_REGION its region?",
    ),
    Refusal(frozenset({"InvalidKeyUsageException", "UnsupportedOperationException"}), UsageError, _MAKE_ONE),
    Refusal(
        frozenset({"DisabledException", "KMSInvalidStateException"}),
        Incomplete,
        "enable it (aws kms enable-key), or sign with the key that took its place",
    ),
)


class KmsSigner:
    """A signer that is a KMS key: named by its id, its ARN or an alias, in a region.

    `seconds` is the time for one answer.
    """

    def __init__(self, key_id: str, region: str = "", *, seconds: float = 20) -> None:
        self.name = f"the KMS key {key_id}"
        self._key_id = key_id
        self._region = region
        self._seconds = seconds

    @made_once
    def key(self) -> bytes:
        """Give the public key, as DER SubjectPublicKeyInfo; UsageError if KMS has no such key to sign with."""
        with self._told("find"):
            answer = self._client.get_public_key(KeyId=self._key_id)
        if not answer.get("PublicKey"):
            raise self._unreadable("public key")
        for field, wanted in _WANTED.items():
            if answer.get(field) != wanted:
                raise UsageError(f"{self.name} has the {field} {answer.get(field)}, not {wanted}", hint=_MAKE_ONE)
        if _ALGORITHM not in answer.get("SigningAlgorithms", ()):
            raise UsageError(f"{self.name} does not sign with {_ALGORITHM}", hint=_MAKE_ONE)
        try:
            return read_public_key(base64.b64encode(answer["PublicKey"]).decode())
        except UsageError:
            raise self._unreadable("P-256 public key") from None

    def sign(self, message: bytes) -> bytes:
        """Have a message's SHA-256 signed, and give the signature as DER once it is seen to be this key's."""
        key, digest = self.key, hashlib.sha256(message).digest()
        with self._told("sign with"):
            answer = self._client.sign(
                KeyId=self._key_id, Message=digest, MessageType="DIGEST", SigningAlgorithm=_ALGORITHM
            )
        signature: bytes = answer.get("Signature", b"")
        if not signature:
            raise self._unreadable("signature")
        if not Ecdsa().is_made_by(key, signature, message):
            raise VerificationFailed(
                f"{self.name} gave a signature that its own public key does not verify; nothing was signed",
                hint="was the alias moved to another key meanwhile? run the same command again, or name the key's ARN",
            )
        return signature

    @made_once
    def _client(self) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
        return open_client("kms", self._region, self._seconds)

    def _told(self, doing: str) -> AbstractContextManager[None]:
        return told(f"could not {doing} {self.name}", *_REFUSALS)

    def _unreadable(self, wanted: str) -> Incomplete:
        return Incomplete(
            f"{self.name}: the answer holds no {wanted}",
            hint="does AWS_ENDPOINT_URL_KMS lead to KMS? run the same command again",
        )
