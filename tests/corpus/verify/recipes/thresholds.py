"""How many have to agree, and until when each counts."""

from __future__ import annotations

from release.model.proof import Reason
from release.model.trust import Builder
from tests.corpus.verify.recipes.case import Case, sealed, signed, trusted, trusting, with_signatures
from tests.corpus.verify.recipes.keys import NEXT, RELEASE, SIGNER, STRANGER, high, raw

_PAST, _FUTURE = "2001-01-01", "9999-12-31"
_MESSAGE = sealed().message
_DER = RELEASE.sign(_MESSAGE)
_SECOND = RELEASE.sign_with_nonce(_MESSAGE, 4711)
_OURS, _THEIRS, _THIRD = trusted(RELEASE, "release"), trusted(NEXT, "next"), trusted(SIGNER, "signer")
_OLD, _OLD_NEXT = trusted(RELEASE, "release", expires=_PAST), trusted(NEXT, "next", expires=_PAST)
_TWO = trusting(_OURS, _THEIRS, threshold=2)
_TWICE = trusting(_OURS, trusted(RELEASE, "the same"), _THEIRS, threshold=2)
_TWICE_AS_PEM = trusting(_OURS, {"name": "pem", "key": RELEASE.pem}, _THEIRS, threshold=2)
_SEPARATE = trusted(RELEASE, "as signer", builders=[Builder.SEPARATE_SIGNER.value])


def _threshold(name: str, why: str, bundle: bytes, trust: dict[str, object] = _TWO) -> Case:
    return Case(name, why, bundle, Reason.THRESHOLD, trust)


def _expired(name: str, why: str, bundle: bytes, *keys: dict[str, object], threshold: int = 1) -> Case:
    return Case(name, why, bundle, Reason.EXPIRED_KEY, trusting(*keys, threshold=threshold))


CASES = (
    Case("one_of_two", "Either key is enough where one is needed.", signed(None, NEXT), trust=trusting(_OURS, _THEIRS)),
    Case("two_of_two", "Both have signed.", signed(None, RELEASE, NEXT), trust=_TWO),
    Case("two_of_two_in_other_order", "Who signed first says nothing.", signed(None, NEXT, RELEASE), trust=_TWO),
    Case(
        "two_of_three",
        "Two of three have signed.",
        signed(None, SIGNER, RELEASE),
        trust=trusting(_OURS, _THEIRS, _THIRD, threshold=2),
    ),
    Case(
        "three_of_three",
        "All have signed.",
        signed(None, RELEASE, NEXT, SIGNER),
        trust=trusting(_OURS, _THEIRS, _THIRD, threshold=3),
    ),
    Case(
        "more_than_needed",
        "More than are needed do no harm.",
        signed(None, RELEASE, NEXT),
        trust=trusting(_OURS, _THEIRS),
    ),
    Case("two_of_two_and_a_stranger", "A stranger does no harm.", signed(None, STRANGER, RELEASE, NEXT), trust=_TWO),
    Case(
        "two_of_two_one_pinned_twice",
        "A key that is pinned twice is one key, and another signed as well.",
        signed(None, RELEASE, NEXT),
        trust=_TWICE,
    ),
    Case(
        "not_yet_expired",
        "A key is taken until its day.",
        signed(),
        trust=trusting(trusted(RELEASE, "release", expires=_FUTURE)),
    ),
    Case("rotated", "The new key is taken beside the old one.", signed(None, NEXT), trust=trusting(_OLD, _THEIRS)),
    Case(
        "rotated_and_signed_by_both",
        "That the old one signed as well does no harm.",
        signed(None, RELEASE, NEXT),
        trust=trusting(_OLD, _THEIRS),
    ),
    Case(
        "rotated_with_a_line_each",
        "The new key's line proves it.",
        signed() + signed(None, NEXT),
        trust=trusting(_OLD, _THEIRS),
    ),
    Case(
        "pinned_again_for_longer",
        "A key that is pinned again is taken for longer.",
        signed(),
        trust=trusting(_OLD, trusted(RELEASE, "longer", expires=_FUTURE)),
    ),
    Case(
        "pinned_again_for_another_builder",
        "Each entry of a key grants what it grants.",
        signed(),
        trust=trusting(_SEPARATE, _OURS),
    ),
    _threshold("one_of_two_needed", "Two have to agree.", signed()),
    _threshold(
        "two_of_three_needed_three",
        "Three have to agree.",
        signed(None, RELEASE, NEXT),
        trusting(_OURS, _THEIRS, _THIRD, threshold=3),
    ),
    _threshold("one_and_a_stranger", "A stranger is not counted.", signed(None, RELEASE, STRANGER)),
    _threshold("same_signature_twice", "One signature twice is one.", with_signatures(_DER, _DER)),
    _threshold("same_signature_sixteen_times", "One signature sixteen times is one.", with_signatures(*[_DER] * 16)),
    _threshold("one_key_signs_twice", "Two signatures of one key are of one key.", with_signatures(_DER, _SECOND)),
    _threshold(
        "one_key_low_and_high", "The twin of a signature is of the same key.", with_signatures(_DER, high(_DER))
    ),
    _threshold("one_key_raw_and_der", "Both forms are of one key.", with_signatures(_DER, raw(_DER))),
    _threshold("one_key_pinned_twice", "A key under two names is one key.", signed(), _TWICE),
    _threshold("one_key_pinned_twice_as_pem", "A key in two forms is one key.", signed(), _TWICE_AS_PEM),
    _threshold("one_key_pinned_twice_signs_twice", "It stays one key.", with_signatures(_DER, _SECOND), _TWICE),
    _threshold(
        "expired_and_too_few", "That they are too few is found first.", signed(), trusting(_OLD, _THEIRS, threshold=2)
    ),
    _expired("expired_key", "The key is not taken any more.", signed(), _OLD),
    _expired("expired_key_of_two", "The other key did not sign.", signed(), _OLD, _THEIRS),
    _expired(
        "expired_one_of_two_needed",
        "One of the two is not taken any more.",
        signed(None, RELEASE, NEXT),
        _OLD,
        _THEIRS,
        threshold=2,
    ),
    _expired("expired_both", "Neither is taken any more.", signed(None, RELEASE, NEXT), _OLD, _OLD_NEXT, threshold=2),
    _expired(
        "expired_under_both_names",
        "No entry of the key is taken any more.",
        signed(),
        _OLD,
        trusted(RELEASE, "also", expires="2002-02-02"),
    ),
    _expired("expired_and_a_stranger", "A stranger takes nobody's place.", signed(None, RELEASE, STRANGER), _OLD),
    _expired(
        "expired_and_for_another_builder",
        "That it is not taken is found first.",
        signed(),
        trusted(RELEASE, "release", expires=_PAST, builders=[Builder.SEPARATE_SIGNER.value]),
    ),
)
