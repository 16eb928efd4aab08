"""`sign` signs only what the signer knows to be so, and says which field is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from release.model.dsse import Envelope
from release.model.trust import UNNAMED
from tests.release.commands.desk import (
    COMMIT,
    Desk,
    Document,
    envelope_of,
    make_statement,
)
from tests.servers.kms import Fault, Kms

if TYPE_CHECKING:
    from collections.abc import Callable


def change(*way: str | int, to: object = None) -> Callable[[Document], None]:
    """Make a change at the end of a way through a document; without a value, take it away."""

    def make(document: Document) -> None:
        place: Any = document
        for each in way[:-1]:
            place = place[each]
        if to is None:
            del place[way[-1]]
        else:
            place[way[-1]] = to

    return make


BUILD = ("predicate", "buildDefinition")
FORGED = {
    "another type": (change("_type", to="https://in-toto.io/Statement/v0.1"), "wrong-type"),
    "another predicate": (change("predicateType", to="https://slsa.dev/provenance/v0.2"), "wrong-predicate"),
    "another build type": (change(*BUILD, "buildType", to="https://example.org/"), "wrong-build-type"),
    "a parameter more": (change(*BUILD, "externalParameters", "workflow", to="x"), "unknown-parameter"),
    "a parameter less": (change(*BUILD, "externalParameters", "tag"), "malformed-statement"),
    "another tag": (change(*BUILD, "externalParameters", "tag", to="alpha/v0.1.1"), "tag: the statement says"),
    "another package": (change(*BUILD, "externalParameters", "package", to="beta"), "package: the statement says"),
    "another repository": (
        change(*BUILD, "externalParameters", "repository", to="https://github.com/eve/packages"),
        "repository: the statement says",
    ),
    "another commit": (
        change(*BUILD, "resolvedDependencies", 0, "digest", to={"gitCommit": "cd" * 20}),
        f"commit: the statement says {'cd' * 20}, and the signer knows {COMMIT}",
    ),
    "no commit": (change(*BUILD, "resolvedDependencies", 0), "commit: the statement says "),
    "a file less": (change("subject", 2), "subject: the statement says"),
    "a file of another name": (change("subject", 0, "name", to="alpha-0.1.0-cp311-none-any.whl"), "subject: "),
    "no digest": (change("subject", 0, "digest", to={"sha1": "0" * 40}), "malformed-statement"),
    "another tool": (
        change(*BUILD, "resolvedDependencies", 1, "digest", "sha256", to="0" * 64),
        "resolvedDependencies: the statement says other than locked here: hatch_vcs-",
    ),
    "a tool less": (change(*BUILD, "resolvedDependencies", 2), "other than locked here: hatchling-"),
    "a stranger among the tools": (
        change(*BUILD, "resolvedDependencies", 2, "uri", to="https://example.org/evil.whl"),
        "is no file of a toolchain",
    ),
    "words for a version": (
        change(*BUILD, "internalParameters", "python", to="3.11.7 --and more"),
        "internalParameters: the statement says",
    ),
    "a by-product of another": (
        change("predicate", "runDetails", "byproducts", 0, "name", to="beta-0.1.0.audit.json"),
        "byproducts: the statement says",
    ),
    "a by-product without digest": (
        change("predicate", "runDetails", "byproducts", 0, "digest", to={}),
        "byproducts: the statement says",
    ),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_the_signer_knows_otherwise_is_refused(job: Desk, kms: Kms, what: str) -> None:
    forge, says = FORGED[what]
    document = json.loads(make_statement())
    forge(document)
    job.put(json.dumps(document).encode())
    job.refuse(code=16, says=says)
    assert kms.requests == ()


def test_a_build_that_did_not_know_its_repository_is_told_where_to_say_it(job: Desk) -> None:
    document = json.loads(make_statement())
    change(*BUILD, "externalParameters", "repository", to=UNNAMED)(document)
    job.put(json.dumps(document).encode())
    ended = job.refuse(code=16, says=f"repository: the statement says {UNNAMED}")
    assert "repository in [tool.release]" in ended.err


def test_tools_and_commits_that_are_said_twice_are_refused(desk: Desk) -> None:
    for number, says in ((0, f"{COMMIT} and {COMMIT}"), (1, "a file twice")):
        document = json.loads(make_statement())
        dependencies = document["predicate"]["buildDefinition"]["resolvedDependencies"]
        dependencies.append(dependencies[number])
        desk.put(json.dumps(document).encode())
        desk.refuse(code=16, says=says)


def test_what_is_signed_holds_nothing_that_the_signer_does_not_know(desk: Desk) -> None:
    document = json.loads(make_statement())
    document["predicate"]["buildDefinition"]["evil"] = "x"
    document["subject"][0]["annotations"] = {"evil": "x"}
    document["predicate"]["runDetails"]["byproducts"][0]["uri"] = "https://example.org/evil"
    desk.put(json.dumps(document).encode())
    desk.sign().expect(0)
    assert b"evil" not in envelope_of(desk.path).payload


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it holds 0 statements"),
        (b"\n \n", "it holds 0 statements"),
        (b"hello\n", "it is no envelope"),
        (Envelope(b"{}").as_line() * 2, "it holds 2 statements"),
        (Envelope(b"{}", "text/plain").as_line(), "payloadType: it is 'text/plain'"),
        (Envelope(b"{").as_line(), "malformed-statement"),
        (b" " * (4 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_what_is_no_bundle_of_one_statement_is_refused(desk: Desk, content: bytes, says: str) -> None:
    desk.path.write_bytes(content)
    desk.refuse(code=16, says=says)


def test_a_bundle_under_another_name_is_refused(desk: Desk) -> None:
    desk.path.rename(desk.folder / "beta-0.1.0.intoto.jsonl")
    ended = desk.command("sign", "beta-0.1.0.intoto.jsonl", *desk.words).expect(16)
    assert "file name: it is beta-0.1.0.intoto.jsonl" in ended.err


def test_what_nobody_told_the_signer_is_listed(desk: Desk) -> None:
    ended = desk.command("sign", desk.name).expect(2)
    for each in ("--tag, or GITHUB_REF_NAME", "--commit, or GITHUB_SHA", "--repository, or GITHUB_SERVER_URL"):
        assert each in ended.err
    partly = desk.command("sign", desk.name, "--tag", "alpha/v0.1.0", "--commit", COMMIT).expect(2)
    assert "--commit" not in partly.err.splitlines()[0]
    assert "--repository" in partly.err.splitlines()[0]


@pytest.mark.parametrize(
    "words",
    [("--tag", "beta/v0.1.0"), ("--commit", "cd" * 20), ("--repository", "https://github.com/eve/packages")],
)
def test_an_option_may_not_contradict_the_platform(job: Desk, kms: Kms, words: tuple[str, str]) -> None:
    job.refuse(*words, code=2, says=f"{words[0]} {words[1]} contradicts GitHub Actions")
    assert kms.requests == ()


@pytest.mark.parametrize(("number", "word", "code"), [(3, "abc", 2), (1, "alpha-0.1.0", 10)])
def test_words_that_name_nothing_are_refused(desk: Desk, number: int, word: str, code: int) -> None:
    before, words = desk.files, list(desk.words)
    words[number] = word
    assert word in desk.command("sign", desk.name, *words).expect(code).err
    assert desk.files == before


@pytest.mark.parametrize(("fault", "code"), [(Fault.THROTTLED, 15), (Fault.OTHER_KEY, 16)])
def test_kms_that_does_not_sign_leaves_the_bundle_as_it_was(job: Desk, kms: Kms, fault: Fault, code: int) -> None:
    kms.fail(fault, "Sign")
    job.refuse(code=code, says="the KMS key arn:aws:kms:")


def test_a_missing_region_is_named(job: Desk) -> None:
    job.refuse(code=2, says="no AWS region is named", AWS_REGION="")
