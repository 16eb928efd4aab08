"""Statements and envelopes that are changed at random, and sealed by a trusted key: both verifiers say the same."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from release.model.dsse import Envelope, Signature
from tests.corpus.verify.recipes.case import COMMIT, fields, payload, sealed, signed, statement, trusted, trusting
from tests.corpus.verify.recipes.files import SUBJECTS, WHEEL
from tests.corpus.verify.recipes.keys import NEXT, RELEASE, high, raw
from tests.corpus.verify.verifiers import Answer, Question, ask_node, ask_tool

if TYPE_CHECKING:
    from collections.abc import Callable

OURS, THEIRS = trusted(RELEASE, "release"), trusted(NEXT, "next")
TRUSTS = [trusting(OURS), trusting(OURS, THEIRS), trusting(OURS, THEIRS, threshold=2)]
ASKED: list[dict[str, str]] = [{}, {"commit": COMMIT}, {"commit": "0" * 40}, {"version": "1.1.0"}]
QUESTIONS = st.builds(
    lambda pinned, asked: Question(WHEEL, SUBJECTS[WHEEL], json.dumps(pinned), asked),
    st.sampled_from(TRUSTS),
    st.sampled_from(ASKED),
)
FORMS: list[Callable[[bytes], bytes]] = [bytes, raw, high]
STRINGS = st.one_of(st.text(max_size=4), st.sampled_from(["sha256", "name", WHEEL, COMMIT, "paper-plane/v1.2.0"]))
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False), st.sampled_from([10**29, 10**30, -(10**29)]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, STRINGS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(STRINGS, inner, max_size=3)),
    max_leaves=4,
)
TOKENS = st.one_of(
    st.sampled_from(
        [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\t", b"\r", b"\n", b"\0", b"\f", b"1e999"]
    ),
    st.sampled_from(
        [b"NaN", b"-0", b"0" * 31, b"\xff", b"\xc2\xa0", rb"\ud800", rb"\u0000", b"[" * 33, b"]" * 33, b"="]
    ),
    st.binary(max_size=3),
)


class Members(list[tuple[str, Any]]):
    """An object whose keys may stand twice."""


def opened(document: object) -> Any:  # noqa: ANN401  # lists, members and values
    """Take JSON apart, so that every place in it can be changed."""
    if isinstance(document, dict):
        return Members((key, opened(value)) for key, value in document.items())
    return [opened(each) for each in document] if isinstance(document, list) else document


def written(document: object) -> str:
    """Write it down, twice standing keys and all."""
    if isinstance(document, Members):
        return "{" + ",".join(f"{json.dumps(key)}:{written(value)}" for key, value in document) + "}"
    if isinstance(document, list):
        return "[" + ",".join(map(written, document)) + "]"
    return json.dumps(document)


def places_of(document: object) -> list[tuple[list[Any], int]]:
    """Give every list or object within, with each place in it."""
    if not isinstance(document, list):
        return []
    inner = [each[1] if isinstance(document, Members) else each for each in document]
    return [(document, place) for place in range(len(document))] + [each for one in inner for each in places_of(one)]


@st.composite
def mutants(draw: st.DrawFn, document: object) -> bytes:
    """Draw a document in which up to three things are dropped, doubled, renamed or other values."""
    mutant = opened(document)
    for _ in range(draw(st.integers(0, 3))):
        holder, place = draw(st.sampled_from(places_of(mutant) or [([0], 0)]))
        is_object = isinstance(holder, Members)
        match draw(st.sampled_from(["drop", "double", "rename", "retype", "retype"])):
            case "drop":
                del holder[place]
            case "double":
                holder.append(holder[place])
            case "rename" if is_object:
                holder[place] = (draw(STRINGS), holder[place][1])
            case _:
                value = opened(draw(VALUES))
                holder[place] = (holder[place][0], value) if is_object else value
    return written(mutant).encode()


@st.composite
def splices(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw bytes in which up to three stretches were exchanged for others."""
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, len(content)))
        content = content[:begin] + draw(TOKENS) + content[begin + draw(st.integers(0, 3)) :]
    return content


@st.composite
def seals(draw: st.DrawFn, contents: st.SearchStrategy[bytes]) -> bytes:
    """Draw a line that one or both keys signed, in any form."""
    envelope = Envelope(draw(contents))
    for key in draw(st.lists(st.sampled_from([RELEASE, NEXT]), min_size=1, max_size=3)):
        form = draw(st.sampled_from(FORMS))
        envelope = envelope.signed(Signature(form(key.sign(envelope.message)), key.keyid))
    return envelope.as_line()


BUNDLES = {
    "statements": seals(mutants(statement())),
    "texts of statements": seals(splices(payload(statement()))),
    "envelopes": mutants(fields()),
    "envelopes of two": mutants(fields(sealed(None, RELEASE, NEXT))),
    "lines": splices(signed() + signed(None, NEXT)),
}


@pytest.mark.parametrize("bundles", BUNDLES.values(), ids=BUNDLES)
def test_both_verifiers_give_the_same_answer(bundles: st.SearchStrategy[bytes]) -> None:
    seen: Counter[str | None] = Counter()

    @settings(max_examples=400)
    @given(bundles, QUESTIONS)
    def agree(bundle: bytes, question: Question) -> None:
        answer = ask_tool(bundle, question)
        assert ask_node(bundle, question) == answer
        assert answer.reason or answer == Answer(None, COMMIT, answer.builder, answer.keys)
        event(str(answer.reason))
        seen[answer.reason] += 1

    agree()
    assert len(seen) > 3, seen
    assert seen[None] > 3, seen
