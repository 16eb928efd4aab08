"""`cluster bundle`: proven by the runtime's own Python, and never over other bytes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.databricks.versions import INTERPRETERS, OWN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.locksmith import Locksmith

SHIPPED = {"numpy==1.23.5": (), "lonely==1.0": ("nowhere",), "pip==22.3.1": ()}


@pytest.fixture
def locked(locksmith: Locksmith) -> Locksmith:
    """Lock a cluster whose runtime has this process's Python, and a need that nothing meets."""
    locksmith.ship("own", SHIPPED, python=OWN)
    locksmith.publisher.release("alpha/v0.1.0", ["rich", "numpy"])
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", runtime="own", alpha="")
    locksmith.call("lock").expect(0)
    return locksmith


def wheelhouse(locksmith: Locksmith) -> Path:
    return locksmith.repository.root / "dist" / "clusters" / "etl" / "1" / "wheelhouse"


def test_a_bundle_is_exactly_what_was_locked_installs_as_its_readme_says_and_is_brought_once(
    locked: Locksmith, tmp_path: Path
) -> None:
    said = locked.call("bundle", "etl", "--json").expect(0).document
    folder = wheelhouse(locked)
    assert (said["state"], said["folder"], said["lock"]) == ("bundled", str(folder), 1)
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert files == [
        "README.md",
        "SHA256SUMS",
        "evidence/alpha-0.1.0/SHA256SUMS",
        "evidence/alpha-0.1.0/alpha-0.1.0.cdx.json",
        "evidence/alpha-0.1.0/alpha-0.1.0.intoto.jsonl",
        "lock.intoto.jsonl",
        "lock.txt",
        "wheels/alpha-0.1.0-py3-none-any.whl",
        "wheels/rich-1.0-py3-none-any.whl",
    ]
    lines = (line.split("  ") for line in (folder / "SHA256SUMS").read_text().splitlines())
    sums = {name: digest for digest, name in lines}
    assert sums.keys() == set(files) - {"SHA256SUMS"}
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())
    assert (folder / "lock.txt").read_bytes() == locked.path("etl").read_bytes()
    (command,) = (line.split() for line in (folder / "README.md").read_text().splitlines() if "pip install" in line)
    words = [sys.executable, "-m", *command, "--target", str(tmp_path / "node")]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    assert (tmp_path / "node" / "alpha" / "__init__.py").is_file()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    locked.index.forget()
    assert locked.call("bundle", "etl", "--json").expect(0).document["state"] == "identical"
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert not locked.index.asked()


def test_other_bytes_are_never_overwritten_and_strange_wheels_are_told(locked: Locksmith) -> None:
    folder = wheelhouse(locked)
    folder.mkdir(parents=True)
    (folder / "lock.txt").write_text("mine\n")
    assert "lock.txt is other bytes" in locked.call("bundle", "etl").expect(14).err
    assert [path.name for path in folder.iterdir()] == ["lock.txt"]
    (folder / "lock.txt").unlink()
    (folder / "wheels").mkdir()
    (folder / "wheels" / "evil-1.0-py3-none-any.whl").touch()
    assert "a wheel that the lock does not name" in locked.call("bundle", "etl").expect(14).err
    other = locked.repository.root.parent / "elsewhere"
    locked.call("bundle", "etl", "--output", str(other)).expect(0)
    assert (other / "SHA256SUMS").is_file()


@pytest.mark.parametrize("named", ["", "nowhere/python"])
def test_without_the_runtimes_python_nothing_is_proven_and_nothing_written(locked: Locksmith, named: str) -> None:
    locked.ship("future", {"numpy==1.23.5": ()}, python="3.97")
    locked.cluster("etl", runtime="own" if named else "future", rich="")
    locked.call("lock").expect(0)
    words = ("--python", named) if named else ()
    refused = locked.call("bundle", "etl", *words).expect(13)
    assert "nothing was proven, and nothing written" in refused.err
    assert not list((locked.repository.root / "dist").rglob("wheelhouse"))


def test_another_python_than_the_runtimes_is_not_taken(locked: Locksmith) -> None:
    other = next((path for version, path in INTERPRETERS.items() if version != OWN), None)
    if other is None:
        pytest.skip("there is one Python here")
    assert f"there is no CPython {OWN} here ({other})" in locked.call("bundle", "etl", "--python", other).expect(13).err


def test_a_python_of_another_minor_version_is_found_and_used(locked: Locksmith) -> None:
    version = next((each for each in INTERPRETERS if each not in {OWN, "3.9"}), None)
    if version is None:
        pytest.skip("there is one Python here")
    locked.ship("older", {"numpy==1.23.5": ()}, python=version)
    locked.cluster("etl", runtime="older", rich="")
    locked.call("lock").expect(0)
    said = locked.call("bundle", "etl", "--json", "--python", INTERPRETERS[version]).expect(0).document
    assert said["python"].startswith(f"{version}.")


def test_a_table_that_changed_since_is_told_and_what_it_then_replaces_or_breaks_is_refused(locked: Locksmith) -> None:
    locked.ship("own", {**SHIPPED, "rich==0.9": (), "picky==1.0": ("rich<1",)}, python=OWN)
    refused = locked.call("bundle", "etl").expect(12)
    assert "made for another table of own" in refused.err
    assert "rich was 0.9, and is 1.0" in refused.err
    assert "picky 1.0 has requirement rich<1, but you have rich 1.0" in refused.err
    assert not wheelhouse(locked).exists()


def test_an_unsigned_lock_and_a_missing_one_are_refused(locked: Locksmith) -> None:
    bundle = locked.path("etl").with_name("etl.intoto.jsonl")
    kept = bundle.read_bytes()
    bundle.unlink()
    assert "lock 1 of etl is UNSIGNED" in locked.call("bundle", "etl").expect(16).err
    bundle.write_bytes(kept)
    locked.path("etl").unlink()
    assert "etl has no lock" in locked.call("bundle", "etl").expect(2).err
    assert "there is no cluster other" in locked.call("bundle", "other").expect(2).err


def test_evidence_that_is_gone_or_altered_is_refused(locked: Locksmith) -> None:
    bundle = locked.repository.dist("alpha") / "alpha-0.1.0.intoto.jsonl"
    bundle.write_bytes(bundle.read_bytes().replace(b'"sig":"', b'"sig":"AAAA'))
    assert "nothing proves it" in locked.call("bundle", "etl").expect(16).err
    assert not wheelhouse(locked).exists()


def test_a_release_that_was_taken_off_offer_still_comes_from_the_shelf(locked: Locksmith) -> None:
    shutil.rmtree(locked.repository.root / "dist" / "index")
    locked.call("bundle", "etl").expect(0)
    shutil.rmtree(wheelhouse(locked))
    shutil.rmtree(locked.repository.dist("alpha"))
    assert "local has no alpha-0.1.0-py3-none-any.whl" in locked.call("bundle", "etl").expect(15).err


def test_a_wheel_that_left_the_index_is_told(locked: Locksmith) -> None:
    (locked.index.folders[-1] / "rich-1.0-py3-none-any.whl").write_bytes(b"")
    locked.offer("rich", "1.0", files={"rich.py": "import os\n"})
    assert "the index has no rich-1.0-py3-none-any.whl with the SHA-256" in locked.call("bundle", "etl").expect(15).err
