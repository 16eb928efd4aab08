"""A release is signed and verifies; with a changed byte it does not, for the tool and for the one file of clusters."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from release.model.trust import DOCUMENT, UNNAMED
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from tests.release.command import Ended
    from tests.release.scene import Scene

VERIFY = ROOT / "databricks" / "verify.py"
WHEEL = "alpha-0.1.0-py3-none-any.whl"
CHECKS = ["provenance", "archives", "sbom", "checksums", "audit", "receipt", "targets"]


@pytest.fixture
def released(scene: Scene, tmp_path: Path) -> Scene:
    """Give a scene in which alpha 0.1.0 was released by a machine with a key of its own."""
    scene.release.more["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    scene.add("alpha", requires=["packaging>=24"]).tagged("alpha/v0.1.0")
    scene.call().expect(0)
    return scene


def key_of(scene: Scene) -> Path:
    """Give the public key of the machine."""
    return Path(scene.release.more["XDG_CONFIG_HOME"]) / "wheelyard/signing-key.pub"


def checks_of(ended: Ended) -> dict[str, str]:
    """Give the code of each check of the one release; nothing where it holds."""
    (release,) = ended.document["releases"]
    return {check["name"]: "" if check["passed"] else check["code"] for check in release["checks"]}


def verify_alone(scene: Scene, wheel: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Verify as a cluster does, with the one file."""
    trusted = ("--key", str(key_of(scene)), "--repository", UNNAMED)
    command = [sys.executable, "-I", str(VERIFY), *trusted, *words, str(wheel)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def statement_of(scene: Scene) -> Any:  # noqa: ANN401
    """Read the provenance, unverified."""
    line = (scene.repository.dist("alpha") / "alpha-0.1.0.intoto.jsonl").read_text()
    return json.loads(base64.b64decode(json.loads(line)["payload"]))


def test_a_release_is_signed_by_the_machines_own_key_and_says_so(scene: Scene, tmp_path: Path) -> None:
    scene.release.more["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    scene.add("alpha").tagged("alpha/v0.1.0")
    ended = scene.call().expect(0)
    private = tmp_path / "config/wheelyard/signing-key.pem"
    assert private.stat().st_mode & 0o777 == 0o600
    assert f"made a signing key for this machine: {private}" in ended.err
    assert "(SLSA Build L1)" in ended.err
    assert "L2" not in ended.err
    assert "released  alpha/v0.1.0  check passed, smoke passed, audit passed, runtimes skipped, signed" in ended.out
    assert "made a signing key" not in scene.call("rehearse").expect(0).err


def test_a_release_verifies_and_everything_that_was_looked_at_is_listed(released: Scene) -> None:
    ended = released.call("verify", "alpha/v0.1.0").expect(0)
    assert [line.split()[:3] for line in ended.out.splitlines()[1:]] == [
        ["passed", "alpha/v0.1.0", check] for check in CHECKS
    ]
    assert "signed by the key of this machine; workstation, SLSA Build L1; commit" in ended.out
    assert released.call("verify").expect(0).out == ended.out
    assert checks_of(released.call("verify", "--json").expect(0)) == dict.fromkeys(CHECKS, "")


def test_the_one_file_on_a_cluster_says_the_same(released: Scene) -> None:
    wheel = released.repository.dist("alpha") / WHEEL
    done = verify_alone(released, wheel)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"OK file={wheel} package=alpha version=0.1.0 commit=")
    assert 'builder=workstation level="SLSA Build L1"' in done.stdout


def test_the_provenance_says_what_was_built_from_what(released: Scene) -> None:
    statement = statement_of(released)
    receipt = json.loads((released.repository.dist("alpha") / "alpha-0.1.0.receipt.json").read_text())
    files = {each["name"]: each["sha256"] for each in (*receipt["artifacts"], *receipt["evidence"])}
    names = [WHEEL, "alpha-0.1.0.cdx.json", "alpha-0.1.0.tar.gz"]
    assert [(each["name"], each["digest"]["sha256"]) for each in statement["subject"]] == [
        (name, files[name]) for name in names
    ]
    definition, details = statement["predicate"]["buildDefinition"], statement["predicate"]["runDetails"]
    assert definition["externalParameters"] == {"tag": "alpha/v0.1.0", "package": "alpha", "repository": UNNAMED}
    source, *tools = definition["resolvedDependencies"]
    assert source["uri"] == f"git+{UNNAMED}@refs/tags/alpha/v0.1.0"
    assert source["digest"] == {"gitCommit": released.repository.git("rev-parse", "HEAD")}
    lock = (ROOT / "tools/release/toolchain/build.txt").read_text()
    assert len(tools) == lock.count("--hash=sha256:")
    assert all(f"--hash=sha256:{each['digest']['sha256']}" in lock and each["name"] in lock for each in tools)
    assert details["builder"]["id"] == f"{DOCUMENT}#workstation"
    assert details["byproducts"] == [
        {"name": "alpha-0.1.0.audit.json", "digest": {"sha256": files["alpha-0.1.0.audit.json"]}}
    ]


@pytest.mark.parametrize(
    ("name", "failing"),
    [
        (WHEEL, {"provenance": "wrong-subject", "targets": "conflicting"}),
        ("alpha-0.1.0.tar.gz", {"provenance": "wrong-subject", "targets": "conflicting"}),
        ("alpha-0.1.0.cdx.json", {"provenance": "wrong-subject"}),
        ("alpha-0.1.0.intoto.jsonl", {}),
        ("alpha-0.1.0.audit.json", {"audit": "wrong-byproduct"}),
        ("alpha-0.1.0.receipt.json", {}),
        ("SHA256SUMS", {"checksums": "wrong-checksums"}),
    ],
)
def test_one_changed_byte_of_any_file_is_found(released: Scene, name: str, failing: dict[str, str]) -> None:
    path = released.repository.dist("alpha") / name
    content = path.read_bytes()
    for place in {0, len(content) // 3, len(content) // 2, len(content) - 9}:
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        ended = released.call("verify", "alpha/v0.1.0", "--json").expect(16)
        found = {check: code for check, code in checks_of(ended).items() if code}
        assert found, f"byte {place} of {name}"
        assert failing.items() <= found.items()
        assert "error: alpha/v0.1.0 does not prove itself:" in ended.err
        if name in {WHEEL, "alpha-0.1.0.intoto.jsonl"}:
            alone = verify_alone(released, path.with_name(WHEEL))
            assert alone.returncode == 16
            assert f"FAIL file={path.with_name(WHEEL)} code={found['provenance']}" in alone.stdout
    path.write_bytes(content)
    released.call("verify", "alpha/v0.1.0").expect(0)


def test_a_file_that_is_missing_is_no_success(released: Scene) -> None:
    for path in sorted(released.repository.dist("alpha").iterdir()):
        content = path.read_bytes()
        path.unlink()
        released.call("verify", "alpha/v0.1.0").expect(16)
        path.write_bytes(content)
    released.call("verify", "alpha/v0.1.0").expect(0)


def test_a_release_without_provenance_is_called_unsigned(released: Scene) -> None:
    (released.repository.dist("alpha") / "alpha-0.1.0.intoto.jsonl").unlink()
    ended = released.call("verify", "alpha/v0.1.0", "--json").expect(16)
    assert checks_of(ended)["provenance"] == "empty"
    assert "UNSIGNED: there is no alpha-0.1.0.intoto.jsonl" in ended.err
    assert "code=empty" in verify_alone(released, released.repository.dist("alpha") / WHEEL).stdout
    assert "identical" not in released.call().expect(0).out, "it is signed by the next run"
    released.call("verify", "alpha/v0.1.0").expect(0)


def test_other_bytes_in_a_target_are_found(released: Scene) -> None:
    path = released.repository.index() / "alpha" / WHEEL
    path.write_bytes(path.read_bytes() + b"x")
    assert checks_of(released.call("verify", "--json").expect(16)) == {
        **dict.fromkeys(CHECKS, ""),
        "targets": "conflicting",
    }
    path.unlink()
    assert checks_of(released.call("verify", "--json").expect(16))["targets"] == "absent"


def test_files_from_any_place_are_proven_with_what_stands_beside_them(released: Scene, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    shutil.copy(released.repository.dist("alpha") / WHEEL, taken)
    wheel = str(taken / WHEEL)
    alone = released.call("verify", wheel, "--json").expect(16)
    assert checks_of(alone) == {"provenance": "empty", "archives": "", "sbom": "missing"}
    evidence = ("--evidence", str(released.repository.dist("alpha")))
    assert checks_of(released.call("verify", wheel, *evidence, "--json").expect(0)).keys() == {
        "provenance",
        "archives",
        "sbom",
    }
    shutil.copy(released.repository.dist("alpha") / "alpha-0.1.0.intoto.jsonl", taken)
    assert checks_of(released.call("verify", wheel, "--no-sbom", "--json").expect(0)).keys() == {
        "provenance",
        "archives",
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--commit", "f" * 40), "wrong-commit"),
        (("--repository", "https://example.com/other"), "wrong-repository"),
        (("--builder", "separate-signer"), "wrong-builder"),
    ],
)
def test_what_is_expected_has_to_be_so(released: Scene, words: tuple[str, ...], code: str) -> None:
    assert checks_of(released.call("verify", "alpha/v0.1.0", *words, "--json").expect(16))["provenance"] == code


def test_a_file_under_another_name_is_another_release(released: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "renamed"
    shutil.copytree(released.repository.dist("alpha"), folder)
    for path in folder.iterdir():
        path.rename(path.with_name(path.name.replace("0.1.0", "0.2.0")))
    released.repository.tag("alpha/v0.2.0")
    wheel = folder / WHEEL.replace("0.1.0", "0.2.0")
    assert checks_of(released.call("verify", str(wheel), "--json").expect(16))["provenance"] == "wrong-version"
    assert "code=wrong-version" in verify_alone(released, wheel).stdout


def test_keys_that_are_named_are_the_only_ones(released: Scene, tmp_path: Path) -> None:
    mine = str(key_of(released))
    released.release.more["XDG_CONFIG_HOME"] = str(tmp_path / "another machine")
    assert checks_of(released.call("verify", "--json").expect(16))["provenance"] == "untrusted"
    released.call("verify", "--key", mine).expect(0)
    released.add("beta").tagged("beta/v0.1.0")
    released.call().expect(0)
    other = str(key_of(released))
    assert other != mine
    assert checks_of(released.call("verify", "alpha/v0.1.0", "--key", other, "--json").expect(16))["provenance"] == (
        "untrusted"
    )
    both = ("--key", mine, "--key", other)
    released.call("verify", "alpha/v0.1.0", *both).expect(0)
    needed = released.call("verify", "alpha/v0.1.0", *both, "--threshold", "2", "--json").expect(16)
    assert checks_of(needed)["provenance"] == "threshold"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("alpha/v9.9.9",), "there is no tag alpha/v9.9.9 here"),
        (("nothing",), "nothing is neither a file nor a tag"),
        (("--key", "nonsense"), "is no P-256 public key"),
        (("--threshold", "2"), "--threshold counts the keys that --key names"),
        (("--python", "3.12"), "--python says what rebuilds"),
        (("pyproject.toml",), "the name says neither package nor version"),
    ],
)
def test_wrong_words_are_refused_with_what_to_do(released: Scene, words: tuple[str, ...], says: str) -> None:
    ended = released.call("verify", *words).expect(2)
    assert says in ended.err
    assert "hint: " in ended.err


def test_settings_say_which_keys_count_and_until_when(released: Scene) -> None:
    key = "".join(key_of(released).read_text().splitlines()[1:-1])
    for more, code in (
        ("", ""),
        ("expires = 2020-01-01\n", "expired-key"),
        ('builders = ["separate-signer"]\n', "wrong-builder"),
    ):
        table = f'[[tool.release.trusted-keys]]\nname = "ours"\nkey = "{key}"\n{more}'
        released.repository.write("pyproject.toml", table)
        released.repository.commit()
        ended = released.call("verify", "alpha/v0.1.0", "--json").expect(16 if code else 0)
        assert checks_of(ended)["provenance"] == code


def test_a_signature_that_no_longer_holds_is_made_anew_by_the_next_run(released: Scene) -> None:
    folder = released.repository.dist("alpha")
    for name in ("alpha-0.1.0.intoto.jsonl", "alpha-0.1.0.receipt.json"):
        text = (folder / name).read_text()
        at = text.rindex('"sig"') + 20
        (folder / name).write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
        released.call("verify").expect(16)
        assert released.call().expect(0).out.splitlines()[1].startswith("released")
        released.call("verify").expect(0)
    assert released.call().expect(0).out.splitlines()[1].startswith("identical")


def test_what_another_signer_has_signed_stays_as_it_is(released: Scene, tmp_path: Path) -> None:
    folder, head = released.repository.dist("alpha"), released.repository.git("rev-parse", "HEAD")
    bundle, before = folder / "alpha-0.1.0.intoto.jsonl", key_of(released).read_text()
    released.release.more["XDG_CONFIG_HOME"] = str(tmp_path / "signer")
    known = ("--tag", "alpha/v0.1.0", "--commit", head, "--repository", UNNAMED)
    released.call("sign", str(bundle), *known).expect(0)
    signed = bundle.read_bytes()
    stale = released.call("verify", "--key", str(key_of(released)), "--json").expect(16)
    assert checks_of(stale)["receipt"] == "stale-receipt"
    assert "hatch run release run alpha/v0.1.0 renews it" in stale.err
    signer = "".join(key_of(released).read_text().splitlines()[1:-1])
    assert signer not in before
    released.call().expect(0)
    assert bundle.read_bytes() == signed
    released.call("verify").expect(0)
    assert released.call().expect(0).out.splitlines()[1].startswith("identical")


def test_a_key_that_others_could_have_put_there_is_not_trusted(released: Scene) -> None:
    key_of(released).parent.chmod(0o777)
    ended = released.call("verify").expect(2)
    assert "others than its owner could have changed whom this machine trusts" in ended.err


def test_whoever_names_a_key_needs_no_home(released: Scene) -> None:
    released.call("verify", "--key", str(key_of(released)), HOME="", XDG_CONFIG_HOME="").expect(0)


def test_a_receipt_of_a_release_that_did_not_end_well_is_none(released: Scene) -> None:
    receipt = released.repository.dist("alpha") / "alpha-0.1.0.receipt.json"
    receipt.write_text(receipt.read_text().replace('"passed"', '"refused"', 1))
    assert checks_of(released.call("verify", "--json").expect(16))["receipt"] == "wrong-receipt"


def test_a_bundle_without_end_costs_no_more_than_one_that_is_too_large(released: Scene) -> None:
    with (released.repository.dist("alpha") / "alpha-0.1.0.intoto.jsonl").open("r+b") as stream:
        stream.truncate(1 << 32)
    assert checks_of(released.call("verify", "--json").expect(16))["provenance"] == "malformed"


def test_what_a_separate_signer_has_signed_is_never_thrown_away(released: Scene) -> None:
    bundle = released.repository.dist("alpha") / "alpha-0.1.0.intoto.jsonl"
    envelope = json.loads(bundle.read_text())
    payload = base64.b64decode(envelope["payload"]).replace(b"#workstation", b"#separate-signer")
    bundle.write_text(json.dumps({**envelope, "payload": base64.b64encode(payload).decode()}) + "\n")
    before = bundle.read_bytes()
    ended = released.call().expect(14)
    assert "is signed by a separate signer" in ended.err
    assert bundle.read_bytes() == before
