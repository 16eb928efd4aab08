"""`cluster lock`, with real uv, real wheels and signed releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from release.adapters.standing import Standing
from release.model.ledger import Listing
from tests.release.warehouse import digest
from tests.servers.wheel import write_sdist, write_wheel

if TYPE_CHECKING:
    from tests.cluster.locksmith import Locksmith


def test_a_lock_names_what_the_runtime_lacks_with_one_wheel_and_a_reason_each(locksmith: Locksmith) -> None:
    made = locksmith.publisher.release("alpha/v0.1.0", ["rich>=1", "requests"])
    rich = locksmith.offer("rich", "1.5", ["mdurl"])
    locksmith.offer("mdurl", "0.1")
    locksmith.cluster("etl", alpha=">=0.1,<0.2", pandas="")
    locksmith.call("lock").expect(0)
    lock = locksmith.lock("etl")
    assert [(str(row), row.why, row.first_party) for row in lock.wheels] == [
        ("alpha==0.1.0", "asked for", True),
        ("mdurl==0.1", "needed by rich", False),
        ("rich==1.5", "needed by alpha", False),
    ]
    assert lock.by_name["alpha"].sha256 == digest(made.files["alpha-0.1.0-py3-none-any.whl"])
    assert lock.by_name["rich"].wheel == rich.name
    assert (lock.number, lock.runtime, lock.python, lock.wanted) == (1, "tiny", "3.11", ("alpha<0.2,>=0.1", "pandas"))
    locksmith.call("lock", "--check").expect(0)


def test_the_same_again_touches_nothing_and_says_so(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.5")
    locksmith.cluster("etl", rich="")
    locksmith.call("lock").expect(0)
    paths = (locksmith.path("etl"), locksmith.path("etl").with_name("etl.intoto.jsonl"))
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    again = locksmith.call("lock", "--json").expect(0).document["clusters"]
    assert [(each["state"], each["number"], each["signed"]) for each in again] == [("identical", 1, True)]
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before


def test_a_lock_changes_as_little_as_its_cluster_file_asks_for(locksmith: Locksmith) -> None:
    for name in ("rich", "mdurl", "typer"):
        locksmith.offer(name, "1.0")
    locksmith.cluster("etl", rich="", mdurl="")
    locksmith.call("lock").expect(0)
    for name in ("rich", "mdurl", "typer"):
        locksmith.offer(name, "2.0")
    locksmith.cluster("etl", rich="", typer="")
    said = locksmith.call("lock", "--json").expect(0).document["clusters"][0]
    assert locksmith.rows("etl") == {"rich": "1.0", "typer": "2.0"}
    assert (said["number"], said["added"], said["removed"], said["moved"]) == (2, ["typer==2.0"], ["mdurl==1.0"], [])
    locksmith.call("lock", "--upgrade-package", "Rich").expect(0)
    assert locksmith.rows("etl") == {"rich": "2.0", "typer": "2.0"}
    assert locksmith.lock("etl").number == 3


def test_upgrade_takes_the_newest_of_everything_and_an_unknown_name_is_refused(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="<3")
    locksmith.call("lock").expect(0)
    for version in ("2.0", "3.0"):
        locksmith.offer("rich", version)
    refused = locksmith.call("lock", "--upgrade-package", "ritch").expect(2)
    assert "no lock of etl has ritch" in refused.err
    assert locksmith.rows("etl") == {"rich": "1.0"}
    said = locksmith.call("lock", "--upgrade", "--json").expect(0).document["clusters"][0]
    assert said["moved"] == ["rich 1.0 -> 2.0"]


def test_a_choice_that_the_runtime_holds_back_is_said_with_its_day(locksmith: Locksmith) -> None:
    locksmith.offer("fast", "1.0", ["numpy<2"])
    newer = locksmith.offer("fast", "2.0", ["numpy>=2"])
    locksmith.offer("numpy", "2.1.0")
    locksmith.index.date(newer, "2026-05-06T07:08:09Z")
    locksmith.cluster("etl", fast="")
    said = locksmith.call("lock").expect(0)
    assert "fast 1.0 is the newest that fits the runtime; there is 2.0 of 2026-05-06" in said.err
    assert locksmith.rows("etl") == {"fast": "1.0"}


def test_what_would_be_replaced_is_named_and_nothing_is_written(locksmith: Locksmith) -> None:
    locksmith.offer("fast", "2.0", ["numpy>=2"])
    locksmith.offer("numpy", "2.1.0")
    locksmith.cluster("etl", fast="")
    refused = locksmith.call("lock").expect(12)
    assert "on tiny it would replace what the runtime ships: numpy 1.23.5 → 2.1.0" in refused.err
    assert not locksmith.path("etl").exists()


def test_pyspark_is_refused_whoever_needs_it(locksmith: Locksmith) -> None:
    locksmith.offer("sparkly", "1.0", ["pyspark>=3"])
    locksmith.offer("pyspark", "3.5.0")
    locksmith.cluster("etl", sparkly="")
    assert "pyspark, which a cluster brings itself" in locksmith.call("lock").expect(12).err
    assert not locksmith.path("etl").exists()


def test_what_has_no_wheel_for_the_runtime_is_refused(locksmith: Locksmith) -> None:
    write_sdist(locksmith.index.folders[-1], "slow", "1.0")
    locksmith.offer("elsewhere", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64")
    for name in ("slow", "elsewhere"):
        locksmith.cluster("etl", **{name: ""})
        assert "wheel" in locksmith.call("lock").expect(12).err
        assert not locksmith.path("etl").exists()


def test_the_best_wheel_for_python_processor_and_glibc_is_locked(locksmith: Locksmith) -> None:
    for tag in ("cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_aarch64", "py3-none-any"):
        locksmith.offer("quick", "1.0", tag=tag)
    locksmith.cluster("etl", quick="")
    locksmith.cluster("graviton", quick="", more='architecture = "aarch64"')
    locksmith.call("lock").expect(0)
    chosen = {name: locksmith.lock(name).by_name["quick"].wheel for name in ("etl", "graviton")}
    assert chosen == {
        "etl": "quick-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
        "graviton": "quick-1.0-cp311-cp311-manylinux_2_17_aarch64.whl",
    }


def test_a_name_of_ours_on_the_public_index_is_never_taken(locksmith: Locksmith) -> None:
    locksmith.publisher.release("alpha/v0.1.0")
    locksmith.offer("alpha", "9.0")
    locksmith.offer("beta", "9.0")
    locksmith.offer("sly", "1.0", ["beta"])
    locksmith.cluster("etl", alpha="")
    locksmith.call("lock").expect(0)
    assert locksmith.rows("etl") == {"alpha": "0.1.0"}
    locksmith.cluster("etl", beta="")
    assert "local offers no beta in stable: of beta it offers nothing" in locksmith.call("lock").expect(12).err
    locksmith.cluster("etl", sly="")
    assert "beta" in locksmith.call("lock").expect(12).err
    assert not locksmith.index.asked() & {"alpha", "beta"}
    assert locksmith.rows("etl") == {"alpha": "0.1.0"}


def test_a_release_that_nobody_has_signed_is_not_locked(locksmith: Locksmith) -> None:
    locksmith.publisher.release("alpha/v0.1.0", is_signed=False)
    locksmith.cluster("etl", alpha="")
    refused = locksmith.call("lock").expect(16)
    assert "alpha==0.1.0 is offered by local, and nothing proves it" in refused.err
    assert not locksmith.path("etl").exists()


def test_a_release_that_was_altered_where_it_is_offered_is_not_locked(locksmith: Locksmith) -> None:
    made = locksmith.publisher.release("alpha/v0.1.0")
    locksmith.publisher.release("beta/v0.1.0")
    (sdist, wheel) = sorted(made.tag.files, key=lambda name: name.endswith(".whl"))
    assert sdist.endswith(".tar.gz")
    other = locksmith.publisher.root.parent / "altered"
    path = write_wheel(other, "alpha", "0.1.0", files={"alpha/__init__.py": "import os\n"})
    (locksmith.repository.index() / "alpha" / wheel).write_bytes(path.read_bytes())
    locksmith.cluster("etl", alpha="")
    assert "wrong-subject" in locksmith.call("lock").expect(16).err


def test_a_release_that_was_taken_off_offer_is_not_locked_again(locksmith: Locksmith) -> None:
    for version in ("0.1.0", "0.1.1"):
        locksmith.publisher.release(f"alpha/v{version}")
    locksmith.cluster("etl", alpha="")
    locksmith.call("lock").expect(0)
    assert locksmith.rows("etl") == {"alpha": "0.1.1"}
    marker = locksmith.repository.index() / "alpha" / "alpha-0.1.1.listing.json"
    marker.write_bytes(Standing(Listing.UNLISTED, "it loses rows").as_json())
    said = locksmith.call("lock").expect(0)
    assert "alpha==0.1.1 is on offer no more with the bytes that were locked" in said.err
    assert locksmith.rows("etl") == {"alpha": "0.1.0"}
    assert locksmith.lock("etl").number == 2


def test_channels_decide_what_may_be_locked(locksmith: Locksmith) -> None:
    locksmith.publisher.release("alpha/v0.1.0")
    locksmith.publisher.release("alpha/v0.2.0rc1")
    locksmith.cluster("etl", alpha="")
    locksmith.cluster("trial", alpha=">=0.2.0rc1", more='channel = "preview"')
    locksmith.call("lock").expect(0)
    assert (locksmith.rows("etl"), locksmith.rows("trial")) == ({"alpha": "0.1.0"}, {"alpha": "0.2.0rc1"})
    assert Version("0.2.0rc1") in {row.version for row in locksmith.lock("trial").wheels}
