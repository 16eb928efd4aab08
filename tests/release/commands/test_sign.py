"""`sign`: by digests alone, in a folder that holds nothing but a bundle, and only what the signer knows to be so."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from release.adapters.ecdsa import Ecdsa, read_public_key
from release.adapters.local_key import PUBLIC, LocalKey
from release.adapters.toolchain import LOCK
from release.model.dsse import Envelope, Signature, parse_envelope
from release.model.provenance import Provenance, Run
from release.model.toolchain import read_tools
from release.model.trust import UNNAMED, Builder, keyid_of
from tests.release.command import ReleaseCommand
from tests.servers.kms import Fault, Kms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.release.command import Ended

COMMIT = "ab" * 20
REPOSITORY = "https://github.com/ada/packages"
ACTIONS = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REF_TYPE": "tag",
    "GITHUB_REF_NAME": "alpha/v0.1.0",
    "GITHUB_SHA": COMMIT,
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "ada/packages",
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "2",
}
Document = dict[str, Any]


def make_statement(package: str = "alpha") -> bytes:
    """Write what a build of this tool would say."""
    stem, then = f"{package}-0.1.0", datetime(2026, 1, 2, tzinfo=UTC)
    names = (f"{stem}-py3-none-any.whl", f"{stem}.tar.gz", f"{stem}.cdx.json")
    provenance = Provenance(
        tag=f"{package}/v0.1.0",
        package=package,
        repository=REPOSITORY,
        commit=COMMIT,
        subjects={name: f"{number}" * 64 for number, name in enumerate(names)},
        tools=read_tools(LOCK.read_text()),
        made_with={"python": "3.11.7", "uv": "0.13.2", "zlib": "1.2.13"},
        byproducts={f"{stem}.audit.json": "d" * 64},
    )
    return provenance.as_statement(Run(Builder.WORKSTATION, "0.1.0", "urn:uuid:1", then, then))


@dataclass(frozen=True)
class Desk:
    """A folder with a bundle in it, and the command that signs there."""

    folder: Path
    command: ReleaseCommand
    words: tuple[str, ...] = ("--tag", "alpha/v0.1.0", "--commit", COMMIT, "--repository", REPOSITORY)
    name: str = "alpha-0.1.0.intoto.jsonl"

    @property
    def path(self) -> Path:
        return self.folder / self.name

    @property
    def own(self) -> bytes:
        """The key of this machine."""
        return read_public_key((self.folder.parent / "config" / "wheelyard" / PUBLIC).read_text())

    def put(self, payload: bytes, *keys: LocalKey, name: str = "") -> Path:
        """Put a bundle here, signed by some keys."""
        envelope = Envelope(payload)
        for each in keys:
            envelope = envelope.signed(Signature(each.sign(envelope.message), keyid_of(each.key)))
        (self.folder / (name or self.name)).write_bytes(envelope.as_line())
        return self.folder / (name or self.name)

    def sign(self, *words: str, **variables: str) -> Ended:
        return self.command("sign", self.name, *self.words, *words, **variables)

    def refuse(self, *words: str, code: int, says: str, **variables: str) -> Ended:
        """Require a refusal that leaves everything as it is."""
        before = self.files
        ended = self.sign(*words, **variables).expect(code)
        assert says in ended.err, ended.err
        assert "hint: " in ended.err
        assert self.files == before
        return ended

    @property
    def files(self) -> Mapping[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


def envelope_of(path: Path) -> Envelope:
    (line,) = path.read_bytes().splitlines()
    return parse_envelope(line)


def statement_of(path: Path) -> Document:
    statement: Document = json.loads(envelope_of(path).payload)
    return statement


def signers_of(path: Path, *keys: bytes) -> set[bytes]:
    """Give those of some keys that have signed."""
    envelope = envelope_of(path)
    made = Ecdsa().is_made_by
    return {key for key in keys if any(made(key, each.value, envelope.message) for each in envelope.signatures)}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a folder outside any repository, with an unsigned bundle, and no index, home or network to ask."""
    folder = tmp_path / "desk"
    folder.mkdir()
    config = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    made = Desk(folder, ReleaseCommand(folder, {**os.environ, **config}))
    made.put(make_statement())
    return made


@pytest.fixture
def kms() -> Iterator[Kms]:
    with Kms() as server:
        yield server


@pytest.fixture
def job(desk: Desk, kms: Kms) -> Desk:
    """Give the same in a job of GitHub Actions that may use the key in KMS, and is told nothing else."""
    desk.command.more.update({**ACTIONS, **kms.environment})
    return Desk(desk.folder, desk.command, words=())


def other_key(desk: Desk, name: str = "other") -> LocalKey:
    return LocalKey(desk.folder.parent / name, str)


def test_a_job_of_actions_signs_with_kms_and_claims_to_be_separate(job: Desk, kms: Kms) -> None:
    before = statement_of(job.path)
    ended = job.sign("--json").expect(0)
    assert ended.document["bundles"] == [
        {
            "path": job.name,
            "state": "signed",
            "reason": "",
            "hint": "",
            "tag": "alpha/v0.1.0",
            "builder": Builder.SEPARATE_SIGNER.value,
            "level": "SLSA Build L2",
            "keys": [keyid_of(kms.key.public)],
        }
    ]
    after = statement_of(job.path)
    details = after["predicate"].pop("runDetails")
    was = before["predicate"].pop("runDetails")
    assert after == before
    assert details["byproducts"] == was["byproducts"]
    assert details["builder"]["id"] == Builder.SEPARATE_SIGNER
    assert details["metadata"]["invocationId"] == f"{REPOSITORY}/actions/runs/7/attempts/2"
    assert details["metadata"]["startedOn"] > was["metadata"]["startedOn"]
    assert signers_of(job.path, kms.key.public) == {kms.key.public}
    assert kms.asked() == ["GetPublicKey", "Sign"]
    assert [path.name for path in job.folder.iterdir()] == [job.name]


def test_a_machine_signs_with_its_own_key_and_claims_no_more(desk: Desk) -> None:
    ended = desk.sign().expect(0)
    assert "made a signing key for this machine" in ended.err
    assert "workstation (SLSA Build L1)" in ended.out
    assert signers_of(desk.path, desk.own) == {desk.own}
    details = statement_of(desk.path)["predicate"]["runDetails"]
    assert details["builder"]["id"] == Builder.WORKSTATION
    assert details["metadata"]["invocationId"].startswith("urn:uuid:")


def test_kms_outside_of_actions_is_no_separate_signer(desk: Desk, kms: Kms) -> None:
    ended = desk.sign("--json", **kms.environment).expect(0)
    assert ended.document["bundles"][0]["builder"] == Builder.WORKSTATION
    assert signers_of(desk.path, kms.key.public) == {kms.key.public}


@pytest.mark.parametrize("change", [{"RELEASE_KMS_KEY_ID": ""}, {"GITHUB_ACTIONS": "false"}, {"GITHUB_REF_TYPE": ""}])
def test_whoever_was_not_told_all_by_the_platform_is_no_separate_signer(job: Desk, change: dict[str, str]) -> None:
    words = ("--tag", "alpha/v0.1.0", "--commit", COMMIT, "--repository", REPOSITORY)
    ended = job.sign(*words, "--json", **change).expect(0)
    assert ended.document["bundles"][0]["builder"] == Builder.WORKSTATION


def test_signing_twice_changes_nothing_and_says_so(desk: Desk) -> None:
    desk.sign().expect(0)
    before = desk.files
    ended = desk.sign().expect(0)
    assert ended.out.splitlines()[1].startswith("identical")
    assert desk.files == before


def test_a_signature_of_the_build_is_replaced_and_that_is_said(job: Desk, kms: Kms) -> None:
    build = other_key(job)
    job.put(make_statement(), build)
    ended = job.sign("--key", base64.b64encode(build.key).decode()).expect(0)
    assert "the build's statement is gone, with its signatures (1)" in ended.out
    assert signers_of(job.path, build.key, kms.key.public) == {kms.key.public}


def test_a_statement_that_a_trusted_key_signed_gets_one_more_signature(desk: Desk, tmp_path: Path) -> None:
    first = other_key(desk)
    desk.put(make_statement(), first)
    before = envelope_of(desk.path)
    key = tmp_path / "other" / PUBLIC
    ended = desk.sign("--key", str(key)).expect(0)
    assert ended.out.splitlines()[1].startswith("co-signed")
    after = envelope_of(desk.path)
    assert after.payload == before.payload
    assert after.signatures[:1] == before.signatures
    assert signers_of(desk.path, first.key, desk.own) == {first.key, desk.own}
    again = desk.sign("--key", str(key)).expect(0)
    assert again.out.splitlines()[1].startswith("identical")
    assert envelope_of(desk.path) == after


def test_keys_that_a_repository_around_trusts_are_trusted(desk: Desk) -> None:
    first = other_key(desk)
    text = f'[tool.release]\ntrusted-keys = ["{base64.b64encode(first.key).decode()}"]\n'
    (desk.folder / "pyproject.toml").write_text(text)
    for words in (["init", "-q"], ["add", "pyproject.toml"], ["commit", "-q", "-m", "Trust"]):
        subprocess.run(["git", *words], cwd=desk.folder, check=True)
    desk.put(make_statement(), first)
    desk.sign().expect(0)
    assert signers_of(desk.path, first.key, desk.own) == {first.key, desk.own}


def test_a_repository_that_git_does_not_read_is_no_missing_one(desk: Desk) -> None:
    subprocess.run(["git", "init", "-q"], cwd=desk.folder, check=True)
    before = desk.path.read_bytes()
    ended = desk.sign(GIT_TEST_ASSUME_DIFFERENT_OWNER="1").expect(2)
    assert "dubious ownership" in ended.err
    assert desk.path.read_bytes() == before


def test_more_signatures_than_a_reader_takes_are_not_made(desk: Desk) -> None:
    first = other_key(desk)
    desk.put(make_statement(), *[first] * 16)
    desk.refuse("--key", base64.b64encode(first.key).decode(), code=16, says="signatures is no list of at most 16")


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


def test_one_bundle_that_is_wrong_does_not_stop_the_others(desk: Desk) -> None:
    names = [f"{each}-0.1.0.intoto.jsonl" for each in ("alpha", "beta", "gamma")]
    for name in names:
        desk.put(make_statement(name.partition("-")[0]), name=name)
    (desk.folder / names[1]).write_bytes(Envelope(b"{}").as_line())
    tags = [word for name in names for word in ("--tag", f"{name.partition('-')[0]}/v0.1.0")]
    ended = desk.command("sign", *names, *desk.words[2:], *tags, "--json").expect(16)
    assert [each["state"] for each in ended.document["bundles"]] == ["signed", "refused", "signed"]
    assert ended.document["exit_code"] == 16
    assert "wrong-type" in ended.document["bundles"][1]["reason"]
    assert f"{names[1]}: not signed" in ended.err
    assert [len(envelope_of(desk.folder / name).signatures) for name in names] == [1, 0, 1]


def test_a_bundle_named_twice_is_refused(desk: Desk) -> None:
    desk.refuse(desk.name, code=2, says="two BUNDLEs have one name")


def test_what_is_signed_can_be_put_elsewhere(desk: Desk) -> None:
    before = desk.path.read_bytes()
    ended = desk.sign("--output", "signed/here").expect(0)
    assert "signed/here/alpha-0.1.0.intoto.jsonl" in ended.out
    assert desk.path.read_bytes() == before
    assert signers_of(desk.folder / "signed" / "here" / desk.name, desk.own) == {desk.own}


def attestation_of(*digests: str) -> bytes:
    """Write a bundle as actions/attest does, of a few digests."""
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"sha256": each}} for each in digests],
    }
    envelope = json.loads(Envelope(json.dumps(statement).encode()).signed(Signature(b"x")).as_line())
    media = "application/vnd.dev.sigstore.bundle.v0.3+json"
    return json.dumps({"mediaType": media, "verificationMaterial": {}, "dsseEnvelope": envelope}).encode()


DIGESTS = tuple(f"{number}" * 64 for number in range(3))


def test_an_attestation_of_github_is_kept_as_it_is(job: Desk, tmp_path: Path) -> None:
    content = attestation_of(*DIGESTS, "f" * 64)
    (tmp_path / "attestation.json").write_bytes(content)
    ended = job.sign("--github-attestation", str(tmp_path / "attestation.json")).expect(0)
    assert (job.folder / "alpha-0.1.0.sigstore.json").read_bytes() == content
    assert "not verified here: gh attestation verify" in ended.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (attestation_of(*DIGESTS[:2]), "does not name the digest of alpha-0.1.0.cdx.json"),
        (attestation_of(), "does not name the digest of"),
        (b"{}", "its mediaType is not"),
        (b"hello", "GitHub's attestation: "),
        (attestation_of(*DIGESTS).replace(b"vnd.in-toto", b"vnd.other"), "holds no in-toto statement"),
        (attestation_of(*DIGESTS).replace(b'"payload"', b'"load"'), "payload is no string"),
    ],
)
def test_an_attestation_of_something_else_is_refused(job: Desk, tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "attestation.json").write_bytes(content)
    job.refuse("--github-attestation", str(tmp_path / "attestation.json"), code=16, says=says)


_KILLED = """
import os, signal, sys
from release.cli import main
left = int(sys.argv[1])
begun = False
def hook(event, arguments):
    global begun, left
    begun = begun or (event == "tempfile.mkstemp" and str(arguments[0]).startswith(os.getcwd()))
    if begun and (event == "open" or event.startswith(("os.", "tempfile."))):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
main(sys.argv[2:])
"""


def test_whoever_is_killed_leaves_the_old_bundle_or_the_new_one(desk: Desk, tmp_path: Path) -> None:
    other_key(desk, "config/wheelyard").sign(b"")
    before = desk.path.read_bytes()
    for moment in count(1):
        folder = tmp_path / f"killed-{moment}"
        shutil.copytree(desk.folder, folder)
        words = [sys.executable, "-c", _KILLED, str(moment), "sign", desk.name, *desk.words]
        done = subprocess.run(words, cwd=folder, env=dict(desk.command.environment), capture_output=True, check=False)
        assert done.returncode == -signal.SIGKILL
        if (folder / desk.name).read_bytes() != before:
            break
    assert signers_of(folder / desk.name, desk.own) == {desk.own}
    assert moment > 3
