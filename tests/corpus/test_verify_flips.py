"""Every bit of a bundle that proves a file is flipped: what still verifies says the very same thing."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

import pytest

from tests.corpus.verify.recipes.case import changed, fields, line, sealed, statement, trusting
from tests.corpus.verify.recipes.files import SUBJECTS, WHEEL
from tests.corpus.verify.recipes.keys import RELEASE, raw
from tests.corpus.verify.verifiers import Answer, Question, ask_node, ask_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUESTION = Question(WHEEL, SUBJECTS[WHEEL], json.dumps(trusting()))
SMALLEST = changed("subject", statement()["subject"][:1])
KEYID = b'"keyid":"%b"' % RELEASE.keyid.encode()


def bundle_of(form: Callable[[bytes], bytes]) -> bytes:
    """Seal the smallest statement with a signature of one form."""
    envelope = sealed(SMALLEST)
    document = fields(envelope)
    document["signatures"][0]["sig"] = base64.b64encode(form(RELEASE.sign(envelope.message))).decode()
    return line(document)


def flips_of(bundle: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give every place, and the bundle with that bit flipped."""
    for place in range(len(bundle)):
        for bit in range(8):
            flipped = bytearray(bundle)
            flipped[place] ^= 1 << bit
            yield place, bit, bytes(flipped)


def may_change(bundle: bytes) -> set[tuple[int, int]]:
    """Find by other means which bits say nothing: those of the key hint, and the unused ones of base64."""
    document = json.loads(bundle)
    free = set(hint_bits(bundle))
    for text in (document["payload"], document["signatures"][0]["sig"]):
        place = bundle.index(text.encode()) + len(text.rstrip("=")) - 1
        for bit in range(8):
            other = bundle[place] ^ 1 << bit
            if decoded(text, place - bundle.index(text.encode()), other) == base64.b64decode(text):
                free.add((place, bit))
    return free


def hint_bits(bundle: bytes) -> Iterator[tuple[int, int]]:
    """Give the bits of the hint's name and value that leave two texts of JSON."""
    begin = bundle.index(KEYID)
    for place in range(begin, begin + len(KEYID)):
        for bit in range(8):
            other = bundle[place] ^ 1 << bit
            if bundle[place] not in b'":' and 0x20 <= other < 0x80 and other not in b'"\\':
                yield place, bit


def decoded(text: str, place: int, letter: int) -> bytes | None:
    """Read base64 with another letter in it, if it stays base64 of one alphabet."""
    content = text[:place].encode() + bytes([letter]) + text[place + 1 :].encode()
    for others in (b"+/", b"-_"):
        try:
            return base64.b64decode(content, altchars=others, validate=True)
        except binascii.Error:
            continue
    return None


@pytest.mark.parametrize("ask", [ask_tool, ask_node], ids=["tool", "node"])
@pytest.mark.parametrize("form", [bytes, raw], ids=["der", "raw"])
def test_a_flipped_bit_says_nothing_or_is_refused(
    form: Callable[[bytes], bytes], ask: Callable[[bytes, Question], Answer]
) -> None:
    bundle = bundle_of(form)
    proven = ask(bundle, QUESTION)
    assert proven.reason is None
    survived = {(place, bit): flipped for place, bit, flipped in flips_of(bundle) if not ask(flipped, QUESTION).reason}
    assert survived.keys() == may_change(bundle)
    assert len(survived) > len(RELEASE.keyid)
    for flipped in survived.values():
        assert ask(flipped, QUESTION) == proven
        assert base64.b64decode(json.loads(flipped)["payload"]) == base64.b64decode(json.loads(bundle)["payload"])
