"""The key of this machine: one, private, and never replaced."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from release.adapters.ecdsa import Ecdsa, read_public_key
from release.adapters.local_key import PRIVATE, PUBLIC, LocalKey
from release.errors import UsageError
from tests.release.adapters.test_disk import kill_at_each_moment

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE = b"DSSEv1 1 a 1 b"
_SIGN = """
import pathlib, sys
from release.adapters.local_key import LocalKey
LocalKey(pathlib.Path(sys.argv[1] + "-ahead-" + sys.argv[2]), str).sign(b"")
print("ready", flush=True)
sys.stdin.read(1)
print(LocalKey(pathlib.Path(sys.argv[1]), str).key.hex())
"""


def write_key(
    path: Path,
    curve: ec.EllipticCurve | None = None,
    encryption: KeySerializationEncryption | None = None,
) -> bytes:
    made = ec.generate_private_key(curve or ec.SECP256R1())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()))
    path.chmod(0o600)
    return path.read_bytes()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_made_once_and_that_is_told_once(tmp_path: Path) -> None:
    said: list[str] = []
    folder = tmp_path / "config" / "wheelyard"
    first = LocalKey(folder, said.append)
    assert not folder.exists()
    signatures = [first.sign(MESSAGE), LocalKey(folder, said.append).sign(MESSAGE)]
    assert all(Ecdsa().is_made_by(first.key, each, MESSAGE) for each in signatures)
    (line,) = said
    assert str(folder / PRIVATE) in line
    assert hashlib.sha256(first.key).hexdigest() in line
    assert str(folder / PRIVATE) in first.name


def test_a_key_belongs_to_its_owner_alone_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key = LocalKey(tmp_path / "wheelyard", str).key
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "wheelyard") == 0o700
    assert mode_of(tmp_path / "wheelyard" / PRIVATE) == 0o600
    assert mode_of(tmp_path / "wheelyard" / PUBLIC) == 0o644
    assert read_public_key((tmp_path / "wheelyard" / PUBLIC).read_text()) == key


def test_openssl_reads_both_files(tmp_path: Path) -> None:
    LocalKey(tmp_path / "k", str).sign(MESSAGE)
    words = ["openssl", "pkey", "-in", str(tmp_path / "k" / PRIVATE), "-pubout"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == (tmp_path / "k" / PUBLIC).read_text()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_that_others_could_have_read_is_refused(tmp_path: Path, mode: int) -> None:
    content = write_key(tmp_path / PRIVATE)
    (tmp_path / PRIVATE).chmod(mode)
    with pytest.raises(UsageError, match="others than its owner") as refused:
        LocalKey(tmp_path, str).sign(MESSAGE)
    assert f"chmod 600 {tmp_path / PRIVATE}" in refused.value.hint
    assert (tmp_path / PRIVATE).read_bytes() == content
    assert not (tmp_path / PUBLIC).exists()


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_in_which_others_could_replace_the_key_is_refused(tmp_path: Path, mode: int) -> None:
    write_key(tmp_path / "k" / PRIVATE)
    (tmp_path / "k").chmod(mode)
    with pytest.raises(UsageError, match="others than its owner") as refused:
        _ = LocalKey(tmp_path / "k", str).key
    assert f"chmod 700 {tmp_path / 'k'}" in refused.value.hint


@pytest.mark.parametrize("kind", ["empty", "text", "cut", "P-384", "Ed25519", "password", "public"])
def test_what_is_no_key_is_left_as_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / PRIVATE
    whole = write_key(path, ec.SECP384R1() if kind == "P-384" else None)
    if kind == "password":
        write_key(path, encryption=BestAvailableEncryption(b"swordfish"))
    edwards = ed25519.Ed25519PrivateKey.generate()
    contents = {
        "empty": b"",
        "text": b"hello\n",
        "cut": whole[:90],
        "Ed25519": edwards.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "public": b"-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n",
    }
    path.write_bytes(contents.get(kind, path.read_bytes()))
    before, said = path.read_bytes(), list[str]()
    with pytest.raises(UsageError, match="is no P-256 private key") as refused:
        LocalKey(tmp_path, said.append).sign(MESSAGE)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [PRIVATE]
    assert said == []
    assert "move the file away" in refused.value.hint
    assert b"PRIVATE" not in refused.value.message.encode()


def test_a_key_that_somebody_brought_is_used_and_its_public_half_is_shown(tmp_path: Path) -> None:
    content, said = write_key(tmp_path / PRIVATE), list[str]()
    key = LocalKey(tmp_path, said.append).key
    assert (tmp_path / PRIVATE).read_bytes() == content
    assert read_public_key((tmp_path / PUBLIC).read_text()) == key
    assert said == []


def test_a_public_half_of_another_key_is_put_right(tmp_path: Path) -> None:
    write_key(tmp_path / PRIVATE)
    (tmp_path / PUBLIC).write_text("of a key that was here before\n")
    key = LocalKey(tmp_path, str).key
    assert read_public_key((tmp_path / PUBLIC).read_text()) == key


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".abc.part").write_text("half of a key")
    LocalKey(tmp_path, str).sign(MESSAGE)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".lock", PRIVATE, PUBLIC]


def test_threads_that_sign_at_once_sign_with_one_key(tmp_path: Path) -> None:
    said: list[str] = []
    signer = LocalKey(tmp_path / "k", said.append)
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(lambda _: signer.sign(MESSAGE), range(16)))
    assert all(Ecdsa().is_made_by(signer.key, each, MESSAGE) for each in signatures)
    assert len(said) == 1


def test_processes_that_make_a_key_at_once_end_with_one(tmp_path: Path) -> None:
    words = [sys.executable, "-c", _SIGN, str(tmp_path / "k")]
    processes = [Popen([*words, str(number)], stdin=PIPE, stdout=PIPE) for number in range(6)]
    assert [each.stdout and each.stdout.readline() for each in processes] == [b"ready\n"] * 6
    for each in processes:  # all are let go before one is waited for
        assert each.stdin is not None
        each.stdin.write(b"!")
        each.stdin.flush()
    keys = {each.communicate()[0] for each in processes}
    assert keys == {f"{LocalKey(tmp_path / 'k', str).key.hex()}\n".encode()}
    assert sorted(each.name for each in (tmp_path / "k").iterdir()) == [".lock", PRIVATE, PUBLIC]


def test_whoever_is_killed_leaves_a_key_or_none_and_the_next_signs_with_the_one_that_is_left(memory: Path) -> None:
    (memory / "before").mkdir()
    seen = set[bool]()
    for after in kill_at_each_moment("key", memory):
        there = (after / PRIVATE).read_bytes() if (after / PRIVATE).exists() else None
        seen.add(there is not None)
        signer = LocalKey(after, str)
        assert Ecdsa().is_made_by(signer.key, signer.sign(MESSAGE), MESSAGE)
        assert there in {None, (after / PRIVATE).read_bytes()}
        assert read_public_key((after / PUBLIC).read_text()) == signer.key
    assert seen == {False, True}
