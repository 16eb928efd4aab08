"""What the verifier has to answer, whatever reads the signatures and keys: most of all where libraries differ."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding

from tests.databricks.provenance import (
    NEXT,
    RELEASE,
    SEPARATE_SIGNER,
    STRANGER,
    WORKSTATION,
    as_text,
    make_statement,
    make_trust,
    message_of,
    seal,
    sign,
    spki,
    trusted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TODAY = date(2026, 11, 23)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PAYLOAD = json.dumps(make_statement()).encode()
SIGNATURE = RELEASE.sign(message_of(PAYLOAD), ec.ECDSA(hashes.SHA256()))
R, S = utils.decode_dss_signature(SIGNATURE)
LOW, HIGH = sorted((S, ORDER - S))
TWO = [trusted(RELEASE), trusted(NEXT)]


@dataclass(frozen=True)
class Example:
    """A bundle, whom its reader trusts, and the reason that has to be given; `misused` where the trust is none."""

    name: str
    bundle: bytes
    reason: str | None = None
    trust: object = field(default_factory=make_trust)
    asked: Mapping[str, str] = field(default_factory=dict)


def raw(r: int, s: int, size: int = 32) -> bytes:
    """Write a signature as KMS does not, and others do."""
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def der(*numbers: bytes, head: bytes = b"") -> bytes:
    """Write a SEQUENCE of INTEGERs with these very bytes."""
    body = b"".join(b"\x02" + bytes([len(each)]) + each for each in numbers)
    return (head or b"\x30" + bytes([len(body)])) + body


def _integer(value: int, pad: int = 1) -> bytes:
    return b"\0" * pad + value.to_bytes(32, "big")


def _signatures() -> Iterator[Example]:
    good = {
        "canonical": SIGNATURE,
        "low_s": utils.encode_dss_signature(R, LOW),
        "high_s": utils.encode_dss_signature(R, HIGH),
        "raw": raw(R, S),
        "raw_with_high_s": raw(R, HIGH),
    }
    body = SIGNATURE[2:]
    bad = {
        "empty": b"",
        "trailing_byte": SIGNATURE + b"\0",
        "truncated": SIGNATURE[:-1],
        "long_length": b"\x30\x81" + SIGNATURE[1:],
        "longer_length": b"\x30\x82\0" + SIGNATURE[1:],
        "indefinite_length": b"\x30\x80" + body + b"\0\0",
        "padded_integers": der(_integer(R, 2), _integer(S, 2)),
        "negative": der(raw(R | 1 << 255, 0)[:32], raw(S | 1 << 255, 0)[:32]),
        "three_integers": der(_integer(R), _integer(S), b"\1"),
        "empty_integers": der(b"", b""),
        "a_set": b"\x31" + SIGNATURE[1:],
        "zeros": utils.encode_dss_signature(0, 0),
        "raw_zeros": bytes(64),
        "order": utils.encode_dss_signature(ORDER, ORDER),
        "raw_ones": b"\xff" * 64,
        "s_above_order": utils.encode_dss_signature(R, S + ORDER),
        "huge": utils.encode_dss_signature(1 << 4000, 1 << 4000),
        "raw_of_66_bytes": raw(R, S, 33),
        "raw_of_63_bytes": raw(R, S)[1:],
        "swapped": raw(S, R),
        "der_of_64_bytes": der(b"\1" * 29, b"\1" * 29),
    }
    yield from (Example(f"signature_{name}", seal(PAYLOAD, [each])) for name, each in good.items())
    yield from (Example(f"signature_{name}_fail", seal(PAYLOAD, [each]), "untrusted") for name, each in bad.items())
    yield Example("signature_good_behind_bad", seal(PAYLOAD, [*[*bad.values()][:10], SIGNATURE]))


def _keys() -> Iterator[Example]:
    point = RELEASE.public_key().public_numbers()
    body = spki(RELEASE)
    compressed = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + bytes([2 + point.y % 2])
    other = ec.derive_private_key(7, ec.SECP384R1())
    wrong = {
        "empty": "",
        "no_base64": "*" * 124,
        "trailing_byte": as_text(body + b"\0"),
        "truncated": as_text(body[:-1]),
        "off_the_curve": as_text(body[:-1] + bytes([body[-1] ^ 1])),
        "beyond_the_field": as_text(body[:27] + b"\xff" * 64),
        "compressed": as_text(compressed + point.x.to_bytes(32, "big")),
        "at_infinity": as_text(bytes.fromhex("3019301306072a8648ce3d020106082a8648ce3d030107030200") + b"\0"),
        "of_another_curve": as_text(spki(other)),
        "two_blocks": spki(RELEASE, Encoding.PEM).decode() * 2,
        "words_around": "key:\n" + spki(RELEASE, Encoding.PEM).decode(),
        "private": spki(RELEASE, Encoding.PEM).decode().replace("PUBLIC", "PRIVATE"),
    }
    for name, text in wrong.items():
        yield Example(f"key_{name}_fail", sign(), "misused", make_trust({"key": text}))
    yield Example("key_as_pem", sign(), trust=make_trust({"key": spki(RELEASE, Encoding.PEM).decode()}))
    yield Example(
        "key_with_windows_lines",
        sign(),
        trust=make_trust({"key": spki(RELEASE, Encoding.PEM).decode().replace("\n", "\r\n")}),
    )


def _trust() -> Iterator[Example]:
    wrong: dict[str, object] = {
        "no_keys": {"repository": "x", "keys": []},
        "a_list": [make_trust()],
        "unknown_key": make_trust(threshhold=2),
        "unknown_key_of_a_key": make_trust(trusted(RELEASE, until="2030-01-01")),
        "threshold_zero": make_trust(threshold=0),
        "threshold_true": make_trust(threshold=True),
        "threshold_fraction": make_trust(threshold=1.0),
        "threshold_above": make_trust(threshold=2),
        "threshold_above_unique": make_trust(*TWO[:1] * 2, threshold=2),
        "short_builder": make_trust(trusted(RELEASE, builders=["workstation"])),
        "no_builders": make_trust(trusted(RELEASE, builders=[])),
        "builders_text": make_trust(trusted(RELEASE, builders=WORKSTATION)),
        "expires_short": make_trust(trusted(RELEASE, expires="20301231")),
        "expires_week": make_trust(trusted(RELEASE, expires="2030-W01-1")),
        "expires_never": make_trust(trusted(RELEASE, expires="2030-02-31")),
        "expires_null": make_trust(trusted(RELEASE, expires=None)),
        "name_number": make_trust(trusted(RELEASE, name=1)),
    }
    for name, trust in wrong.items():
        yield Example(f"trust_{name}_fail", sign(), "misused", trust)


def _thresholds() -> Iterator[Example]:
    both, old = sign(None, RELEASE, NEXT), "2026-11-22"
    yield Example("two_of_two", both, trust=make_trust(*TWO, threshold=2))
    yield Example("one_of_two_fail", sign(), "threshold", make_trust(*TWO, threshold=2))
    yield Example("one_twice_fail", sign(None, RELEASE, RELEASE), "threshold", make_trust(*TWO, threshold=2))
    yield Example("expires_today", sign(), trust=make_trust(trusted(RELEASE, expires="2026-11-23")))
    yield Example("expired_fail", sign(), "expired-key", make_trust(trusted(RELEASE, expires=old)))
    one_old = make_trust(trusted(RELEASE, expires=old), trusted(NEXT), threshold=2)
    yield Example("one_of_two_expired_fail", both, "expired-key", one_old)
    one_may = make_trust(trusted(RELEASE, builders=[SEPARATE_SIGNER]), trusted(NEXT), threshold=2)
    yield Example("one_of_two_may_fail", both, "wrong-builder", one_may)
    yield Example("stranger_fail", sign(None, STRANGER), "untrusted")


def _statements() -> Iterator[Example]:
    build = "predicate__buildDefinition__"
    changes: dict[str, tuple[str, dict[str, object]]] = {
        "type": ("wrong-type", {"_type": "https://in-toto.io/Statement/v0.1"}),
        "type_null": ("wrong-type", {"_type": None}),
        "predicate_type": ("wrong-predicate", {"predicateType": "https://slsa.dev/provenance/v0.2"}),
        "build_type": ("wrong-build-type", {f"{build}buildType": "https://example.com"}),
        "build_type_number": ("malformed-statement", {f"{build}buildType": 1}),
        "parameter": ("unknown-parameter", {f"{build}externalParameters__extra": ""}),
        "tag_null": ("malformed-statement", {f"{build}externalParameters__tag": None}),
        "package": ("wrong-package", {f"{build}externalParameters__package": "paper"}),
        "tag_of_other": ("wrong-package", {f"{build}externalParameters__tag": "paper/v1.2.0"}),
        "version": ("wrong-version", {f"{build}externalParameters__tag": "paper-plane/v1.2.0.1"}),
        "repository": ("wrong-repository", {f"{build}externalParameters__repository": "https://git.example.com/eve"}),
        "no_dependencies": ("malformed-statement", {f"{build}resolvedDependencies": []}),
        "dependency_null": ("malformed-statement", {f"{build}resolvedDependencies": [None]}),
        "short_commit": (
            "malformed-statement",
            {f"{build}resolvedDependencies__0__digest": {"gitCommit": "0123456"}},
        ),
        "no_digest": ("malformed-statement", {f"{build}resolvedDependencies__0__digest": "0123456"}),
        "builder": ("wrong-builder", {"predicate__runDetails__builder__id": SEPARATE_SIGNER}),
        "builder_null": ("malformed-statement", {"predicate__runDetails__builder": None}),
        "subject": ("wrong-subject", {"subject__0__digest__sha256": "0" * 64}),
        "subject_name": ("wrong-subject", {"subject__0__name": "other.whl"}),
        "subject_unnamed": ("malformed-statement", {"subject__0__name": ""}),
        "subject_capitals": ("malformed-statement", {"subject__0__digest__sha256": "A" * 64}),
        "no_subject": ("malformed-statement", {"subject": []}),
        "subjects_of_one_name": ("malformed-statement", {"subject": make_statement()["subject"] * 2}),
    }
    for name, (reason, change) in changes.items():
        yield Example(f"statement_{name}_fail", sign(make_statement(**change)), reason)
    yield Example("other_commit_fail", sign(), "wrong-commit", asked={"commit": "f" * 40})
    yield Example("other_version_fail", sign(), "wrong-version", asked={"version": "1.2.1"})
    yield Example("other_builder_fail", sign(), "wrong-builder", asked={"builder": SEPARATE_SIGNER})
    commit = {f"{build}resolvedDependencies__0__digest": {"gitCommit": "a" * 64}}
    yield Example("sha256_commit", sign(make_statement(**commit)), asked={"commit": "a" * 64})
    yield Example("payload_list_fail", sign(b"[]"), "malformed-statement")
    yield Example("payload_twice_fail", sign(b'{"_type":"",' + PAYLOAD[1:]), "malformed-statement")


def _envelopes() -> Iterator[Example]:
    line = sign().rstrip(b"\n")[:-1]
    beside = {
        "key_twice": b'"payload":"e30="',
        "deep": b'"a":' + b"[" * 32 + b"]" * 32,
        "long_number": b'"a":' + b"1" * 31,
        "infinite_number": b'"a":1e999',
        "nan": b'"a":NaN',
        "half_a_pair": b'"a":"\\ud800"',
        "control_character": b'"a":"\n"'.replace(b"\n", b"\t"),
        "no_utf_8": b'"a":"\xff"',
        "unended_text": b'"a":"' + b'\\"' * 100_000,
    }
    for name, member in beside.items():
        yield Example(f"envelope_{name}_fail", line + b"," + member + b"}\n", "malformed")
    yield Example("envelope_as_deep_as_may_be", line + b',"a":' + b"[" * 31 + b"]" * 31 + b"}\n")
    yield Example("envelope_with_pair", line + b',"a":"\\ud83d\\ude00","b":' + b"1" * 30 + b"}\n")
    yield Example("envelope_deeper_than_any_parser_fail", b"[" * 200_000, "malformed")
    yield Example("too_large_fail", sign() + b"\n" * (4 << 20), "malformed")
    yield Example("seventeen_signatures_fail", seal(PAYLOAD, [SIGNATURE] * 17), "malformed")
    yield Example("other_payload_type_fail", sign(kind="text/plain"), "wrong-payload-type")
    yield Example("keyid_null_fail", sign().replace(b'"keyid": ""', b'"keyid": null'), "malformed")
    yield Example("unsigned_fail", seal(PAYLOAD, []), "unsigned")
    yield Example("empty_fail", b"\n \t\r\n", "empty")
    yield Example("second_line", b"what?\n" + sign(None, STRANGER) + sign())
    yield Example("furthest_line_fail", seal(PAYLOAD, []) + sign(None, STRANGER) + b"{}\n", "untrusted")


EXAMPLES = (*_signatures(), *_keys(), *_trust(), *_thresholds(), *_statements(), *_envelopes())
