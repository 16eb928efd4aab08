from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from release.adapters.ecdsa import Ecdsa
from release.model.dsse import parse_envelope
from release.model.proof import Reason
from tests.corpus.verify.folders import COMMITTED, FOLDER, Committed, committed_files, make_files
from tests.corpus.verify.recipes import vector
from tests.corpus.verify.recipes.case import signed, trusted, trusting
from tests.corpus.verify.recipes.files import SUBJECTS, WHEEL
from tests.corpus.verify.recipes.keys import RELEASE
from tests.corpus.verify.verifiers import NODE, TODAY, Answer, Question, ask_node, ask_tool

LARGEST = 4 * 1024 * 1024
VERIFIERS = pytest.mark.parametrize("ask", [ask_tool, ask_node], ids=["tool", "node"])
Ask = Callable[..., Answer]
PLAIN = Question(WHEEL, SUBJECTS[WHEEL], json.dumps(trusting()))


@pytest.mark.parametrize("case", COMMITTED, ids=lambda case: case.folder.name)
def test_both_verifiers_give_the_one_right_answer(case: Committed) -> None:
    answer = ask_tool(case.bundle, case.question)
    assert answer.reason == case.expected["reason"]
    assert ask_node(case.bundle, case.question) == answer
    assert bool(answer.reason) == case.folder.name.endswith("_fail")
    assert bool(answer.reason) != bool(answer.commit and answer.builder and answer.keys)


def test_making_the_corpus_again_gives_the_same_bytes() -> None:
    assert committed_files() == make_files()


def test_there_are_more_than_a_hundred_cases_to_reject_and_some_of_every_reason() -> None:
    reasons = Counter(case.expected["reason"] for case in COMMITTED)
    assert reasons.total() - reasons[None] >= 100
    assert reasons[None] >= 30
    assert {reason: count for reason in Reason if (count := reasons[reason]) < 2} == {}


def test_every_case_says_why() -> None:
    assert not [case for case in COMMITTED if not str(case.expected["why"]).endswith(".")]


def test_the_wheel_is_small() -> None:
    assert (FOLDER / "files" / WHEEL).stat().st_size < 1000


def test_both_verifiers_have_the_same_reasons_in_the_same_order() -> None:
    assert list(NODE.CODES) == [reason.value for reason in Reason]


def test_both_verifiers_pass_the_vector_of_the_specification() -> None:
    envelope = parse_envelope(vector.LINE)
    (signature,) = envelope.signatures
    assert envelope.message == vector.PAE
    assert Ecdsa().is_made_by(vector.SPKI, signature.value, vector.PAE)
    assert NODE.read_envelope(vector.LINE) == (envelope.payload, envelope.payload_type, [signature.value])
    assert NODE.is_made_by(NODE.read_key(vector.TEXT), signature.value, hashlib.sha256(vector.PAE).digest())


def test_the_signature_that_is_der_as_well_is_good_as_two_numbers() -> None:
    case = next(each for each in COMMITTED if each.folder.name == "raw_that_is_der_fail")
    envelope = parse_envelope(case.bundle)
    value = envelope.signatures[0].value
    key = load_der_public_key(base64.b64decode(json.loads(case.question.trust)["keys"][0]["key"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    numbers = int.from_bytes(value[:32]), int.from_bytes(value[32:])
    key.verify(utils.encode_dss_signature(*numbers), envelope.message, ec.ECDSA(SHA256()))
    assert utils.decode_dss_signature(value) != numbers


@VERIFIERS
def test_a_bundle_of_four_mebibytes_is_read_and_a_larger_one_is_not(ask: Ask) -> None:
    filled = signed().ljust(LARGEST, b"\n")
    assert ask(filled, PLAIN).reason is None
    assert ask(filled + b"\n", PLAIN) == Answer("malformed")


@VERIFIERS
def test_a_key_is_taken_on_its_last_day(ask: Ask) -> None:
    pinned = trusting(trusted(RELEASE, "release", expires=TODAY.isoformat()))
    question = Question(WHEEL, SUBJECTS[WHEEL], json.dumps(pinned))
    assert ask(signed(), question).keys == ("release",)
    assert ask(signed(), question, TODAY + timedelta(days=1)) == Answer("expired-key")
