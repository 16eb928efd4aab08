"""The verifier as a program: words in, one line for each file and an exit code out, and nothing else done."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.databricks.node import VERIFY, node, run, run_watched
from tests.databricks.provenance import (
    BUNDLE,
    COMMIT,
    NEXT,
    RELEASE,
    REPOSITORY,
    SEPARATE_SIGNER,
    STRANGER,
    WHEEL,
    Release,
    as_text,
    make_statement,
    make_trust,
    sign,
    spki,
    trusted,
)

if TYPE_CHECKING:
    from pathlib import Path

PROVEN = f'package=paper-plane version=1.2.0 commit={COMMIT} builder=workstation level="SLSA Build L1" keys='
KEY = as_text(spki(RELEASE))
PINNED = ("--key", KEY, "--repository", REPOSITORY)


def trust_in(release: Release) -> tuple[str, str]:
    return "--trust", str(release.folder / "trust.json")


def test_a_proven_file_is_one_line_and_success(release: Release) -> None:
    done = run(*trust_in(release), release.wheel)
    assert done.stdout.startswith(f"OK file={release.wheel} {PROVEN}")
    assert done.stdout.count("\n") == 1
    assert (done.returncode, done.stderr) == (0, "")


def test_the_key_of_a_separate_signer_is_named(tmp_path: Path) -> None:
    bundle = sign(make_statement(predicate__runDetails__builder__id=SEPARATE_SIGNER))
    trust = make_trust(trusted(RELEASE, name="release-2026", builders=[SEPARATE_SIGNER]))
    release = Release(tmp_path, bundle, trust).write()
    done = run(*trust_in(release), release.wheel)
    assert done.stdout.endswith('builder=separate-signer level="SLSA Build L2" keys=release-2026\n')
    assert done.returncode == 0


@pytest.mark.parametrize("options", [("-I",), ("-I", "-O"), ("-I", "-OO")], ids=" ".join)
def test_a_changed_wheel_is_refused_however_python_is_started(release: Release, options: tuple[str, ...]) -> None:
    release.wheel.write_bytes(release.wheel.read_bytes() + b"\0")
    done = run(*trust_in(release), release.wheel, options=options)
    assert done.stdout == f"FAIL file={release.wheel} code=wrong-subject package=paper-plane version=1.2.0\n"
    assert done.returncode == 16


def test_what_failed_is_said_with_what_to_do_next(release: Release) -> None:
    done = run(*trust_in(release), release.wheel, "--version", "1.2.1")
    assert "code=wrong-version package=paper-plane version=1.2.1" in done.stdout
    assert f"{release.wheel}: tag paper-plane/v1.2.0 was built, not version 1.2.1\nhint: " in done.stderr
    assert done.returncode == 16


def test_a_file_without_provenance_is_unsigned(release: Release) -> None:
    (release.folder / BUNDLE).unlink()
    done = run(*trust_in(release), release.wheel)
    assert "code=empty" in done.stdout
    assert "UNSIGNED" in done.stderr
    assert done.returncode == 16


def test_one_file_that_is_not_proven_spoils_them_all(release: Release, tmp_path: Path) -> None:
    other = Release(tmp_path / "other", sign(None, STRANGER)).write()
    done = run(*trust_in(release), release.wheel, other.wheel, release.wheel)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["OK", "FAIL", "OK"]
    assert done.returncode == 16


def test_an_sdist_and_an_sbom_are_proven_too(release: Release) -> None:
    names = ["paper_plane-1.2.0.tar.gz", "paper_plane-1.2.0.cdx.json"]
    wheel = make_statement()["subject"][0]
    bundle = sign(make_statement(subject=[{**wheel, "name": name} for name in names]))
    (release.folder / BUNDLE).write_bytes(bundle)
    files = [shutil.copy(release.wheel, release.folder / name) for name in names]
    assert run(*trust_in(release), *files).returncode == 0
    assert run(*trust_in(release), release.wheel).returncode == 16


def test_keys_are_taken_from_words_and_from_files(release: Release) -> None:
    pem = release.folder / "key.pem"
    pem.write_bytes(spki(RELEASE, Encoding.PEM))
    assert run(*PINNED, release.wheel).returncode == 0
    assert run("--key", pem, "--repository", REPOSITORY, release.wheel).returncode == 0
    assert run("--key", KEY, "--key", pem, "--repository", REPOSITORY, release.wheel).returncode == 0


def test_keys_are_trusted_for_the_builders_that_are_named(release: Release) -> None:
    assert run(*PINNED, "--builder", "separate-signer", release.wheel).returncode == 16
    assert run(*PINNED, "--builder", "separate-signer", "--builder", "workstation", release.wheel).returncode == 0
    assert run(*PINNED, "--builder", f"{node.DOCUMENT}#workstation", release.wheel).returncode == 0


def test_a_threshold_is_of_keys_that_differ(release: Release) -> None:
    both = (*PINNED, "--key", as_text(spki(NEXT)), "--threshold", "2", release.wheel)
    assert "code=threshold" in run(*both).stdout
    (release.folder / BUNDLE).write_bytes(sign(None, RELEASE, NEXT))
    assert run(*both).returncode == 0


def test_another_bundle_and_another_name_can_be_given(release: Release) -> None:
    bundle = (release.folder / BUNDLE).rename(release.folder / "provenance")
    renamed = release.wheel.rename(release.folder / "latest")
    words = (*trust_in(release), renamed, "--provenance", bundle, "--package", "paper-plane", "--version", "1.2.0")
    assert "code=wrong-subject" in run(*words).stdout
    bundle.write_bytes(sign(make_statement(subject__0__name="latest")))
    assert run(*words, "--commit", COMMIT).returncode == 0
    assert "code=wrong-commit" in run(*words, "--commit", "f" * 40).stdout


WRONG_WORDS = {
    "no words": ([], "required: FILE"),
    "no keys": (["WHEEL"], "the trust holds no keys"),
    "no file": ([*PINNED, "no-such-file.whl"], "there is no file no-such-file.whl"),
    "a folder": ([*PINNED, "."], "there is no file ."),
    "a name that says no version": ([*PINNED, "trust.json"], "trust.json says no package and version"),
    "no repository": (["--key", KEY, "WHEEL"], "name one repository"),
    "two repositories": (
        ["--trust", "trust.json", "--repository", "https://git.example.com/eve", "WHEEL"],
        "named are",
    ),
    "trust and key": (["--trust", "trust.json", "--key", KEY, "WHEEL"], "leave out --key"),
    "trust and builder": (["--trust", "trust.json", "--builder", "workstation", "WHEEL"], "leave out --key"),
    "trust and threshold": (["--trust", "trust.json", "--threshold", "0", "WHEEL"], "leave out --key"),
    "no trust file": (["--trust", "none.json", "WHEEL"], "none.json can't be read: No such file"),
    "a trust file that is none": (["--trust", BUNDLE, "WHEEL"], "unknown key payload"),
    "no key file": (["--key", "none.pem", "--repository", REPOSITORY, "WHEEL"], "none.pem can't be read"),
    "a key file that is none": (["--key", "trust.json", "--repository", REPOSITORY, "WHEEL"], "--key is wrong"),
    "a key that is cut": (["--key", KEY[:-4], "--repository", REPOSITORY, "WHEEL"], "no ECDSA P-256 public key"),
    "an unknown builder": ([*PINNED, "--builder", "me", "WHEEL"], "--builder me is unknown: give workstation, sep"),
    "a threshold of none": ([*PINNED, "--threshold", "0", "WHEEL"], "threshold 0 is not from 1 to 1"),
    "a threshold above": ([*PINNED, "--threshold", "2", "WHEEL"], "threshold 2 is not from 1 to 1"),
    "a threshold in words": ([*PINNED, "--threshold", "two", "WHEEL"], "invalid int value"),
    "a short commit": ([*PINNED, "--commit", COMMIT[:7], "WHEEL"], "--commit is no whole commit"),
    "a bundle of two files": ([*PINNED, "--provenance", BUNDLE, "WHEEL", "WHEEL"], "--provenance is of one file"),
    "an unknown option": ([*PINNED, "--force", "WHEEL"], "unrecognized arguments: --force"),
    "an abbreviated option": (["--tru", "trust.json", "WHEEL"], "--tru"),
}


@pytest.mark.parametrize("which", WRONG_WORDS)
def test_words_that_are_wrong_are_named_and_nothing_is_judged(release: Release, which: str) -> None:
    words, said = WRONG_WORDS[which]
    done = run(*(WHEEL if word == "WHEEL" else word for word in words), cwd=release.folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("verify.py: ")
    assert said in done.stderr


def test_one_path_that_is_wrong_keeps_every_file_from_being_judged(release: Release) -> None:
    done = run(*trust_in(release), release.wheel, "none-1.0-py3-none-any.whl")
    assert (done.returncode, done.stdout) == (2, "")


HOSTILE = ["a\nOK file=b", "a b", 'a"b', "a\x1b[2Jb", "a\u202eb", "a\\nb", "é", os.fsdecode(b"a\xffb"), "a=b code=c"]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_forges_no_line(tmp_path: Path, name: str) -> None:
    for bundle, verdict in ((sign(), "OK"), (b"", "FAIL")):
        release = Release(tmp_path / name, bundle).write()
        done = run(*trust_in(release), release.wheel)
        said = re.fullmatch(r'(OK|FAIL) file=("(?:[^"\\]|\\.)*") (?:code=empty )?package=[ -~]*\n', done.stdout)
        assert said is not None
        assert (said[1], json.loads(said[2])) == (verdict, str(release.wheel))
        assert not re.search(r"[^ -~\n]|^OK", done.stderr, re.MULTILINE)


def test_a_hostile_word_forges_no_line(release: Release) -> None:
    done = run(*trust_in(release), release.wheel, "--a\nOK file=b")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_what_a_bundle_says_floods_no_log(release: Release) -> None:
    (release.folder / BUNDLE).write_bytes(sign(kind="x\n" * 100_000))
    done = run(*trust_in(release), release.wheel)
    assert "code=wrong-payload-type" in done.stdout
    assert len(done.stderr) < 3000
    assert done.stderr.count("\n") == 2


def test_nothing_is_done_but_reading(release: Release) -> None:
    proven = run_watched(VERIFY, *trust_in(release), release.wheel)
    assert (proven.returncode, proven.stderr) == (0, "")
    assert proven.stdout.startswith("OK ")
    assert run_watched(VERIFY, "--help").returncode == 0


@pytest.mark.parametrize(
    "deed", ["import socket; socket.socket()", "open('made', 'w')", "import os; os.system('true')"]
)
def test_what_watches_over_it_sees(tmp_path: Path, deed: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(deed)
    watched = run_watched(program)
    assert watched.returncode == 1
    assert "something else than reading" in watched.stderr
    assert list(tmp_path.iterdir()) == [program]


def test_what_can_not_be_read_is_not_proven(release: Release) -> None:
    release.wheel.unlink()
    release.wheel.symlink_to("/proc/self/mem")  # a file whose first byte nobody can read, root neither
    done = run(*trust_in(release), release.wheel)
    assert "code=unreadable" in done.stdout
    assert done.returncode == 2


def test_a_defect_is_never_success(release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    trust = node.read_trust(json.dumps(make_trust()).encode())
    broken = replace(trust, keys=(replace(trust.keys[0], public=None),))  # type: ignore[arg-type]  # what breaks it
    expected = node.Expected(WHEEL, "", "paper-plane", "1.2.0", REPOSITORY)
    assert node.judge(release.wheel, release.folder / BUNDLE, expected, broken) == 1
    said = capsys.readouterr()
    assert said.out.startswith("FAIL ")
    assert "code=defect" in said.out
    assert "NoneType" in said.err


def test_a_bundle_that_can_not_be_read_to_its_end_is_refused(release: Release) -> None:
    (release.folder / BUNDLE).write_bytes(sign() + b"\n" * (4 << 20))
    assert "code=malformed" in run(*trust_in(release), release.wheel).stdout


def test_a_bundle_that_is_a_folder_is_none(release: Release) -> None:
    (release.folder / BUNDLE).unlink()
    (release.folder / BUNDLE).mkdir()
    assert "code=empty" in run(*trust_in(release), release.wheel).stdout


def test_help_tells_of_every_option_with_examples() -> None:
    done = run("--help")
    options = "--trust --key --threshold --builder --repository --provenance --package --version --commit"
    assert all(option in done.stdout for option in options.split())
    assert "examples:" in done.stdout
    assert "exit codes:" in done.stdout
    assert done.returncode == 0


def test_the_file_stands_alone() -> None:
    tree = ast.parse(VERIFY.read_text(), feature_version=(3, 9))
    imports = [each for each in ast.walk(tree) if isinstance(each, (ast.Import, ast.ImportFrom))]
    names = {each.module if isinstance(each, ast.ImportFrom) else each.names[0].name for each in imports}
    assert {str(name).split(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}
    assert not [each for each in ast.walk(tree) if isinstance(each, ast.Assert)]
