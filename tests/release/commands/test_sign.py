"""`sign`: by digests alone, in a folder that holds nothing but a bundle."""

from __future__ import annotations

import base64
import shutil
import signal
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING

import pytest

from release.adapters.local_key import PUBLIC, LocalKey
from release.model.dsse import Envelope
from release.model.trust import Builder, keyid_of
from tests.release.commands.desk import (
    COMMIT,
    REPOSITORY,
    Desk,
    envelope_of,
    make_statement,
    other_key,
    signers_of,
    statement_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.kms import Kms


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


@pytest.mark.parametrize(
    "change",
    [
        {"RELEASE_KMS_KEY_ID": "", "RUNNER_ENVIRONMENT": "self-hosted"},
        {"RUNNER_ENVIRONMENT": "self-hosted"},
        {"GITHUB_ACTIONS": "false"},
        {"GITHUB_REF_TYPE": ""},
    ],
)
def test_whoever_was_not_told_all_by_the_platform_is_no_separate_signer(job: Desk, change: dict[str, str]) -> None:
    words = ("--tag", "alpha/v0.1.0", "--commit", COMMIT, "--repository", REPOSITORY)
    ended = job.sign(*words, "--json", **change).expect(0)
    assert ended.document["bundles"][0]["builder"] == Builder.WORKSTATION


def test_a_hosted_job_makes_no_key_of_its_own_and_signs_with_one_that_it_was_given(job: Desk) -> None:
    job.refuse(code=2, says="RELEASE_KMS_KEY_ID is not set", RELEASE_KMS_KEY_ID="")
    LocalKey(job.folder.parent / "config" / "wheelyard", str).sign(b"")
    job.sign(RELEASE_KMS_KEY_ID="").expect(0)
    assert signers_of(job.path, job.own) == {job.own}


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
