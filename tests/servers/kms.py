"""A stand-in for AWS KMS: Sign and GetPublicKey in AWS's JSON 1.1, with KMS's own guards and its faults.

https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html

moto 5.2 can't stand in: it hashes a digest once more and gives no KeySpec,
https://github.com/getmoto/moto/pull/10202.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.servers.account import ACCESS_KEY, ACCOUNT, ENVIRONMENT, REGION, SCOPE
from tests.servers.stand_in import Answer, Drop, Hang, Request, StandIn

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
_KIND = "application/x-amz-json-1.1"
_MOST_BYTES = 4096
_DIGEST_BYTES = 32


class Fault(StrEnum):
    """What is wrong with an answer; `once` is well again when asked once more."""

    THROTTLED_ONCE = "ThrottlingException, once"
    THROTTLED = "ThrottlingException, each time"
    BROKEN_ONCE = "500, once"
    BROKEN = "500, each time"
    HANG = "no answer"
    DROPPED = "the connection ends before the answer"
    HTML = "a page for people, with 200"
    EMPTY = "{} with 200"
    NO_KEY = "a key's description with bytes that are no key"
    NO_BASE64 = "bytes that are not base64"
    OTHER_KEY = "a signature by another key"
    OTHER_MESSAGE = "a signature of another message"


@dataclass(frozen=True)
class Key:
    """A key of the account: what it is for, and in which state it is."""

    id: str = KEY_ID
    alias: str = "alias/release"
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    spec: str = "ECC_NIST_P256"
    usage: str = "SIGN_VERIFY"
    algorithms: tuple[str, ...] = ("ECDSA_SHA_256",)
    state: str = "Enabled"

    @property
    def arn(self) -> str:
        """Its full name."""
        return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{self.id}"

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it can be asked for by."""
        return (self.id, self.arn, self.alias, f"arn:aws:kms:{REGION}:{ACCOUNT}:{self.alias}")

    @property
    def public(self) -> bytes:
        """The public key, as DER SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256, and give DER."""
        return self.private.sign(digest, ec.ECDSA(utils.Prehashed(SHA256())))


class Refused(Exception):
    """An answer of KMS that is an error."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.answer = Answer(json.dumps({"__type": code, "message": message}).encode(), status, _KIND)


class Kms(StandIn):
    """KMS of one account in one region, with one key unless others are given."""

    def __init__(self, *keys: Key, port: int = 0, **more: Any) -> None:  # noqa: ANN401  # as every stand-in
        super().__init__(port, **more)
        self.keys = list(keys or (Key(),))
        self.callers = {ACCESS_KEY: {"GetPublicKey", "Sign"}}
        """What each access key may do."""
        self._fault: dict[str, Fault] = {}
        self._seen: set[str] = set()

    @property
    def key(self) -> Key:
        """The first key."""
        return self.keys[0]

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which boto3, and a release, find it and its first key."""
        return {
            **ENVIRONMENT,
            "AWS_ENDPOINT_URL_KMS": self.address,
            "RELEASE_KMS_KEY_ID": self.key.arn,
        }

    def fail(self, fault: Fault, action: str) -> None:
        """Answer one action wrongly: `Sign` or `GetPublicKey`."""
        self._fault[action] = fault

    def asked(self) -> list[str]:
        """Give the actions that were asked for, in order."""
        return [_action(request) for request in self.requests]

    def call(self, request: Request) -> str:
        """Name what is asked for: `Sign`."""
        return _action(request)

    def throttled(self, request: Request) -> Answer:  # noqa: ARG002  # all are told the same
        """Say that it was asked too often."""
        return Refused("ThrottlingException", "Rate exceeded").answer

    def expired(self, request: Request) -> Answer:  # noqa: ARG002  # likewise
        """Say that the credentials have ended."""
        return Refused("ExpiredTokenException", "The security token included in the request is expired").answer

    def answer(self, request: Request) -> Answer | Hang | Drop:
        """Answer as KMS does, or as the fault has it."""
        action = _action(request)
        fault = self._fault.get(action)
        if fault in {Fault.THROTTLED_ONCE, Fault.BROKEN_ONCE} and action in self._seen:
            fault = None
        self._seen.add(action)
        try:
            well = self._answer(action, request)
            return well if fault is None else self._wrong(fault, action, request)
        except Refused as refused:
            return refused.answer

    def _answer(self, action: str, request: Request) -> Answer:
        self._require_caller(action, request.headers)
        asked = json.loads(request.body)
        key = self._find(asked.get("KeyId", ""))
        if key.state == "Disabled":
            raise Refused("DisabledException", f"{key.arn} is disabled.")
        if key.state == "PendingDeletion":
            raise Refused("KMSInvalidStateException", f"{key.arn} is pending deletion.")
        if action == "GetPublicKey":
            return _describe(key)
        _require_signable(key, asked)
        signature = key.sign(_digest_of(asked))
        return _as_json({"KeyId": key.arn, "Signature": _encode(signature), "SigningAlgorithm": "ECDSA_SHA_256"})

    def _require_caller(self, action: str, headers: Mapping[str, str]) -> None:
        match = SCOPE.fullmatch(headers.get("authorization", ""))
        if match is None or "x-amz-date" not in headers:
            raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
        caller, region, service = match.groups()
        if (region, service) != (REGION, "kms"):
            raise Refused("InvalidSignatureException", f"Credential should be scoped to a valid region: {headers}")
        if caller not in self.callers:
            raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
        if action not in {"GetPublicKey", "Sign"}:
            raise Refused("UnknownOperationException", "")
        if action not in self.callers[caller]:
            who = f"arn:aws:iam::{ACCOUNT}:user/ada"
            raise Refused("AccessDeniedException", f"User: {who} is not authorized to perform: kms:{action}")

    def _find(self, name: str) -> Key:
        found = next((key for key in self.keys if name in key.names), None)
        if found is None:
            raise Refused("NotFoundException", f"Key '{name}' does not exist")
        return found

    def _wrong(self, fault: Fault, action: str, request: Request) -> Answer | Hang | Drop:
        field_of = {"Sign": "Signature", "GetPublicKey": "PublicKey"}[action]
        asked = json.loads(request.body)
        digest = _digest_of(asked) if action == "Sign" else b""
        answers: dict[Fault, Answer | Hang | Drop] = {
            Fault.HANG: Hang(),
            Fault.DROPPED: Drop(),
            Fault.HTML: Answer(b"<!DOCTYPE html><title>Sign in</title>", kind="text/html"),
            Fault.EMPTY: _as_json({}),
            Fault.NO_KEY: _describe(self.key, b"no key"),
            Fault.NO_BASE64: _as_json({field_of: "%%%"}),
            Fault.OTHER_KEY: _as_json({"Signature": _encode(Key().sign(digest.ljust(_DIGEST_BYTES)))}),
            Fault.OTHER_MESSAGE: _as_json({"Signature": _encode(self.key.sign(hashlib.sha256(digest).digest()))}),
        }
        if fault in {Fault.THROTTLED, Fault.THROTTLED_ONCE}:
            raise Refused("ThrottlingException", "Rate exceeded")
        if fault in {Fault.BROKEN, Fault.BROKEN_ONCE}:
            raise Refused("KMSInternalException", "The request was rejected because of an internal exception", 500)
        return answers[fault]


def _action(request: Request) -> str:
    return request.headers.get("x-amz-target", "").removeprefix("TrentService.")


def _describe(key: Key, public: bytes = b"") -> Answer:
    if key.spec == "SYMMETRIC_DEFAULT":
        raise Refused("UnsupportedOperationException", f"{key.arn} is a symmetric key.")
    said = {"KeyId": key.arn, "KeySpec": key.spec, "CustomerMasterKeySpec": key.spec, "KeyUsage": key.usage}
    return _as_json(said | {"PublicKey": _encode(public or key.public), "SigningAlgorithms": key.algorithms})


def _require_signable(key: Key, asked: Mapping[str, Any]) -> None:
    if asked.get("SigningAlgorithm") not in key.algorithms or key.usage != "SIGN_VERIFY":
        raise Refused("InvalidKeyUsageException", f"{asked.get('SigningAlgorithm')} is incompatible with {key.spec}.")
    message = base64.b64decode(asked.get("Message", ""))
    if not 1 <= len(message) <= _MOST_BYTES:
        raise Refused("ValidationException", "1 validation error detected: Value at 'message' failed to satisfy")
    if asked.get("MessageType", "RAW") == "DIGEST" and len(message) != _DIGEST_BYTES:
        raise Refused("ValidationException", "Digest is invalid length for algorithm ECDSA_SHA_256.")


def _digest_of(asked: Mapping[str, Any]) -> bytes:
    message = base64.b64decode(asked["Message"])
    return message if asked.get("MessageType", "RAW") == "DIGEST" else hashlib.sha256(message).digest()


def _as_json(document: object) -> Answer:
    return Answer(json.dumps(document).encode(), kind=_KIND)


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()
