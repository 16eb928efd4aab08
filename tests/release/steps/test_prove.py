from __future__ import annotations

from datetime import date, timedelta

import pytest

from release.adapters.ecdsa import Ecdsa
from release.errors import UsageError
from release.model.dsse import Envelope
from release.model.proof import Expected, Proven, Reason, Unproven
from release.model.statement import parse_statement
from release.model.trust import Builder, Trust, TrustedKey
from release.steps.prove import expected_of, prove
from tests.corpus.verify.recipes.case import COMMIT, TAG, changed, payload, signed, statement
from tests.corpus.verify.recipes.files import PACKAGE, REPOSITORY, SUBJECTS, VERSION, WHEEL
from tests.corpus.verify.recipes.keys import NEXT, RELEASE, STRANGER

TODAY = date(2026, 11, 23)
EXPECTED = Expected(PACKAGE, VERSION, REPOSITORY)
OURS, THEIRS = TrustedKey(RELEASE.spki, "release"), TrustedKey(NEXT.spki, "next")


def judge(bundle: bytes, *keys: TrustedKey, threshold: int = 1, expected: Expected = EXPECTED) -> Proven:
    trust = Trust(keys or (OURS,), threshold)
    return prove(bundle, WHEEL, SUBJECTS[WHEEL], trust, expected, Ecdsa(), TODAY)


def refusal(bundle: bytes, *keys: TrustedKey, threshold: int = 1, expected: Expected = EXPECTED) -> Unproven:
    with pytest.raises(Unproven) as refused:
        judge(bundle, *keys, threshold=threshold, expected=expected)
    return refused.value


def test_a_proof_says_the_commit_the_builder_the_keys_and_what_was_signed() -> None:
    proven = judge(signed(None, RELEASE, STRANGER, NEXT), OURS, THEIRS)
    assert proven == Proven(COMMIT, Builder.WORKSTATION, (OURS, THEIRS), payload(statement()))


def test_only_keys_that_may_claim_the_builder_are_said_to_have_signed() -> None:
    signer = TrustedKey(NEXT.spki, "signer", frozenset({Builder.SEPARATE_SIGNER.value}))
    expired = TrustedKey(STRANGER.spki, "old", expires=TODAY - timedelta(days=1))
    assert judge(signed(None, RELEASE, NEXT, STRANGER), signer, OURS, expired).keys == (OURS,)


def test_a_key_that_is_named_twice_is_said_once() -> None:
    again = TrustedKey(RELEASE.spki, "again")
    assert judge(signed(), OURS, again).keys == (again,)
    assert refusal(signed(), OURS, again, THEIRS, threshold=2).reason is Reason.THRESHOLD


def test_a_threshold_of_nothing_proves_nothing() -> None:
    expired = TrustedKey(RELEASE.spki, expires=TODAY - timedelta(days=1))
    assert refusal(signed(), expired, threshold=0).reason is Reason.EXPIRED_KEY
    assert refusal(signed(None, STRANGER), threshold=0).reason is Reason.UNTRUSTED


def test_the_reason_is_that_of_the_line_that_came_furthest_and_the_first_of_two() -> None:
    older, other = signed(statement(f"{PACKAGE}/v1.1.0")), signed(statement(f"{PACKAGE}/v1.3.0"))
    failed = refusal(b"{}\n" + older + signed(None, STRANGER) + other)
    assert failed.reason is Reason.WRONG_VERSION
    assert failed.message == "it was 1.1.0, and 1.2.0 is expected"
    assert refusal(other + older).message == "it was 1.3.0, and 1.2.0 is expected"


@pytest.mark.parametrize(
    ("bundle", "reason", "said"),
    [
        (b"", Reason.EMPTY, "the release is unsigned"),
        (b"x" * (4 * 1024 * 1024 + 1), Reason.MALFORMED, "larger than 4194304 bytes"),
        (b"hello\n", Reason.MALFORMED, "a line is no envelope"),
        (signed(kind="text/\u202eplain"), Reason.WRONG_PAYLOAD_TYPE, r"the payload is 'text/\u202eplain'"),
        (Envelope(b"{}").as_line(), Reason.UNSIGNED, "nobody has signed"),
        (signed(None, STRANGER), Reason.UNTRUSTED, "no key that is trusted"),
        (signed(b"[]"), Reason.MALFORMED_STATEMENT, "the payload is no object"),
        (
            signed(changed("_type", "\n")),
            Reason.WRONG_TYPE,
            r"_type is '\n' and should be https://in-toto.io/Statement/v1",
        ),
        (
            signed(changed("predicate.runDetails", [])),
            Reason.MALFORMED_STATEMENT,
            "runDetails is missing or of the wrong",
        ),
        (signed(changed("subject", [])), Reason.MALFORMED_STATEMENT, "each with a name of its own and its SHA-256"),
        (signed(statement("x/v1", "x\x1b")), Reason.WRONG_PACKAGE, r"it was 'x\x1b x/v1', and paper-plane is expected"),
        (signed(changed("subject.0.name", "x")), Reason.WRONG_SUBJECT, f"the release made no {WHEEL} with the SHA-256"),
    ],
)
def test_a_refusal_says_what_was_found_and_hides_no_control_character(bundle: bytes, reason: Reason, said: str) -> None:
    failed = refusal(bundle)
    assert failed.reason is reason
    assert said in failed.message
    assert failed.message.isprintable()


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (Expected(PACKAGE, VERSION, REPOSITORY, commit="0" * 40), Reason.WRONG_COMMIT),
        (Expected(PACKAGE, VERSION, REPOSITORY, builder=Builder.SEPARATE_SIGNER), Reason.WRONG_BUILDER),
        (Expected(PACKAGE, VERSION, f"{REPOSITORY}/"), Reason.WRONG_REPOSITORY),
        (Expected(PACKAGE, "1.2", REPOSITORY), Reason.WRONG_VERSION),
        (Expected("paper", VERSION, REPOSITORY), Reason.WRONG_PACKAGE),
    ],
)
def test_what_was_expected_has_to_be_so(expected: Expected, reason: Reason) -> None:
    assert refusal(signed(), expected=expected).reason is reason


def test_what_was_expected_and_is_so_is_proven() -> None:
    asked = Expected(PACKAGE, VERSION, REPOSITORY, COMMIT, Builder.WORKSTATION)
    assert judge(signed(), expected=asked).commit == COMMIT


def test_an_unknown_parameter_is_named() -> None:
    steered = signed(changed("predicate.buildDefinition.externalParameters.ref", "main"))
    assert refusal(steered).message == "the build was given 'ref', which no release is given"


def test_a_statement_tells_what_it_was_built_with() -> None:
    hatchling = {
        "uri": "pkg:pypi/hatchling@1.33.0",
        "name": "hatchling-1.33.0-py3-none-any.whl",
        "digest": {"sha256": "0" * 64},
        "annotations": {"marker": "python_version < '3.11'"},
    }
    written = changed("predicate.buildDefinition.resolvedDependencies.0.annotations", 1)
    written["predicate"]["buildDefinition"]["resolvedDependencies"].append(hatchling)
    written["predicate"]["buildDefinition"]["internalParameters"] = {"python": "3.11.7", "odd": 3}
    audit = {"name": "audit.json", "digest": {"sha256": "1" * 64}}
    written["predicate"]["runDetails"]["byproducts"] = [audit, {"name": "bare"}, "odd"]
    read = parse_statement(payload(written))
    source, tool = read.dependencies
    assert (source.uri, source.commit) == (f"git+{REPOSITORY}@refs/tags/{TAG}", COMMIT)
    assert (tool.uri, tool.name, tool.sha256, tool.commit) == (hatchling["uri"], hatchling["name"], "0" * 64, "")
    assert (source.marker, tool.marker) == ("", "python_version < '3.11'")
    assert read.internal == {"python": "3.11.7"}
    assert read.byproducts == {"audit.json": "1" * 64, "bare": ""}
    assert read.subjects == SUBJECTS


@pytest.mark.parametrize("ending", ["-py3-none-any.whl", ".tar.gz", ".cdx.json"])
@pytest.mark.parametrize("version", ["0.1.0", "1!2.0rc1.post3", "1.0.dev4"])
def test_a_name_says_package_and_version(ending: str, version: str) -> None:
    assert expected_of(f"env_drift-{version}{ending}") == ("env-drift", version)


@pytest.mark.parametrize(
    "name", ["", "LICENSE", "env_drift.whl", "env_drift-0.1.0-cp311-cp311-linux.whl", "a-b-1.tar.gz"]
)
def test_a_name_that_says_neither_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="says neither package nor version") as refused:
        expected_of(name)
    assert "say package and version" in refused.value.hint
