"""`cluster lock` where the outside does not keep its word, and where a run is stopped."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from cluster.model.promise import is_of_lock
from tests.servers.index import Fault

if TYPE_CHECKING:
    from tests.cluster.locksmith import Locksmith


def is_signed(locksmith: Locksmith, name: str) -> bool:
    """Whether a line of the bundle is of the very lock that stands there."""
    bundle = locksmith.path(name).with_name(f"{name}.intoto.jsonl").read_bytes()
    payloads = [base64.b64decode(json.loads(line)["payload"]) for line in bundle.splitlines()]
    return any(is_of_lock(each, locksmith.lock(name)) for each in payloads)


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        (Fault.UNAUTHORISED, 13, "401"),
        (Fault.ERROR, 13, "500"),
        (Fault.OTHER_BYTES, 14, "the index gives other bytes than it says"),
    ],
)
def test_an_index_that_does_not_answer_as_it_should_is_told_from_one_that_has_nothing(
    locksmith: Locksmith, fault: Fault, code: int, says: str
) -> None:
    locksmith.offer("rich", "1.0", files={"rich.py": f"# {fault}\n"})
    locksmith.cluster("etl", rich="")
    locksmith.index.fail(fault, "rich")
    ended = locksmith.call("lock", UV_HTTP_RETRIES="0").expect(code)
    assert says in ended.err
    assert not locksmith.path("etl").exists()


def test_what_is_missing_from_the_index_is_a_refusal(locksmith: Locksmith) -> None:
    locksmith.cluster("etl", nowhere=">=1")
    assert "nowhere" in locksmith.call("lock").expect(12).err


def test_a_wheel_that_was_replaced_under_its_name_is_a_conflict(locksmith: Locksmith) -> None:
    locksmith.offer("varied", "1.0")
    locksmith.offer("typer", "1.0")
    locksmith.cluster("etl", varied="", typer="")
    locksmith.call("lock").expect(0)
    before, sha256 = locksmith.path("etl").read_bytes(), locksmith.lock("etl").by_name["varied"].sha256
    locksmith.offer("varied", "1.0", files={"varied.py": "import os\n"})
    for words, says in {("lock",): "than were locked", ("lock", "--upgrade"): "and " + sha256 + " was locked"}.items():
        assert says in locksmith.call(*words).expect(14).err
        assert locksmith.path("etl").read_bytes() == before


def test_a_version_that_is_gone_is_said_and_another_is_taken(locksmith: Locksmith) -> None:
    gone = locksmith.offer("rich", "1.1")
    locksmith.offer("typer", "1.0")
    locksmith.cluster("etl", rich="", typer="")
    locksmith.call("lock").expect(0)
    gone.unlink()
    for name in ("rich", "typer"):
        locksmith.offer(name, "1.2" if name == "typer" else "1.0")
    said = locksmith.call("lock", UV_CACHE_DIR=str(locksmith.path("etl").parents[3] / "cold")).expect(0)
    assert "rich==1.1 is on offer no more" in said.err
    assert locksmith.rows("etl") == {"rich": "1.0", "typer": "1.0"}


def test_one_cluster_that_fails_does_not_stop_the_others(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.offer("fast", "2.0", ["numpy>=2"])
    locksmith.offer("numpy", "2.1.0")
    locksmith.cluster("etl", rich="")
    locksmith.cluster("broken", fast="")
    locksmith.cluster("elsewhere", runtime="99.9", rich="")
    locksmith.repository.write("databricks/clusters/odd.toml", 'runtim = "tiny"\n')
    ended = locksmith.call("lock", "--json").expect(12)
    states = {
        each["name"]: (each["state"], (each["error"] or {}).get("exit_code")) for each in ended.document["clusters"]
    }
    assert states == {
        "broken": ("failed", 12),
        "elsewhere": ("failed", 2),
        "etl": ("locked", None),
        "odd": ("failed", 2),
    }
    assert "there is no runtime '99.9'" in ended.err
    assert "databricks/clusters/odd.toml: runtim: unknown key" in ended.err or "Field required" in ended.err
    assert locksmith.rows("etl") == {"rich": "1.0"}


def test_a_file_that_gives_other_bytes_fails_those_alone_who_want_it(
    locksmith: Locksmith, monkeypatch: pytest.MonkeyPatch
) -> None:
    locksmith.offer("rich", "1.0", files={"rich.py": "# twice\n"})
    locksmith.offer("typer", "1.0", files={"typer.py": "# once\n"})
    locksmith.cluster("etl", rich="")
    locksmith.cluster("reports", typer="")
    locksmith.index.fail(Fault.OTHER_BYTES, "rich")
    monkeypatch.setattr(locksmith.index, "core_metadata", False)  # so that the wheel itself is the first to be wrong
    states = {each["name"]: each["state"] for each in locksmith.call("lock", "--json").expect(14).document["clusters"]}
    assert states == {"etl": "failed", "reports": "locked"}


def test_a_lock_that_was_edited_is_made_anew_with_a_number_above_all_that_are_known(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    locksmith.call("lock").expect(0)
    text = locksmith.path("etl").read_text()
    locksmith.path("etl").write_text(text.replace("# number: 1", "# number: 41"))
    locksmith.repository.commit()
    locksmith.path("etl").write_text(text + "typer==1.0\n")
    assert "is no lock" in locksmith.call("lock", "--check").expect(12).err
    locksmith.call("lock").expect(0)
    assert locksmith.lock("etl").number == 42
    locksmith.path("etl").unlink()
    locksmith.call("lock").expect(0)
    assert locksmith.lock("etl").number == 42  # no commit has the other 42


def test_a_signature_that_is_of_another_lock_is_said_and_mended(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    locksmith.call("lock").expect(0)
    bundle = locksmith.path("etl").with_name("etl.intoto.jsonl")
    locksmith.path("etl").write_text(locksmith.path("etl").read_text().replace("number: 1", "number: 2"))
    assert "UNSIGNED" in locksmith.call("lock", "--check").expect(16).err
    said = locksmith.call("lock", "--json").expect(0).document["clusters"][0]
    assert (said["state"], said["number"], said["signed"]) == ("signed", 2, True)
    locksmith.call("lock", "--check").expect(0)
    assert len(bundle.read_bytes().splitlines()) == 1


def test_whoever_may_not_sign_leaves_a_signature_that_is_there(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    locksmith.call("lock").expect(0)
    bundle = locksmith.path("etl").with_name("etl.intoto.jsonl").read_bytes()
    elsewhere = str(locksmith.path("etl").parents[3] / "another-machine")
    variables = {"TWINE_REPOSITORY_URL": f"{locksmith.index.address}/", "TWINE_USERNAME": "u", "TWINE_PASSWORD": "p"}
    said = locksmith.call("lock", "--from", "index", XDG_CONFIG_HOME=elsewhere, **variables).expect(0)
    assert "is UNSIGNED for everybody who trusts what is trusted here" in said.err
    assert locksmith.path("etl").with_name("etl.intoto.jsonl").read_bytes() == bundle


def test_two_runs_at_once_end_with_one_new_number(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    processes = [locksmith.start("lock", "--json") for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        said = list(pool.map(lambda process: json.loads(process.communicate()[0])["clusters"][0], processes))
    assert {each["state"] for each in said} == {"locked", "identical"}
    assert {each["number"] for each in said} == {1}
    assert is_signed(locksmith, "etl")


_KILLED = """
import os, signal, sys
writes = iter(range(1, 9))
def watch(event, given):
    if event == "os.rename" and "databricks/locks" in str(given[1]) and next(writes) == {write}:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
from cluster.cli import main
main(["lock", "--upgrade"])
"""


@pytest.mark.parametrize("write", [1, 2, 3])
def test_a_run_that_is_killed_before_a_write_leaves_a_lock_with_its_own_signature(
    locksmith: Locksmith, write: int
) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    locksmith.call("lock").expect(0)
    locksmith.offer("rich", "2.0")
    words = [sys.executable, "-c", _KILLED.format(write=write)]
    environment = {**locksmith.environment, **locksmith.more}
    done = subprocess.run(words, cwd=locksmith.repository.root, env=environment, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert locksmith.lock("etl").number == (2 if write == 3 else 1)
    assert is_signed(locksmith, "etl")
    locksmith.tidy()
    locksmith.call("lock", "--upgrade").expect(0)
    assert (locksmith.lock("etl").number, locksmith.rows("etl")) == (2, {"rich": "2.0"})
    files = sorted(path.name for path in locksmith.path("etl").parent.iterdir())
    assert files == ["etl.intoto.jsonl", "etl.txt"]
    assert len(locksmith.path("etl").with_name("etl.intoto.jsonl").read_bytes().splitlines()) == 1
    locksmith.call("lock", "--check").expect(0)
