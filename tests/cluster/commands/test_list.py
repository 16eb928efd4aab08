"""`cluster list` and `cluster lock --check`: what is behind, without asking anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from tests.cluster.locksmith import Locksmith


def listed(locksmith: Locksmith, *words: str) -> dict[str, Any]:
    rows = locksmith.call("list", "--json", *words).expect(0).document["clusters"]
    return {each["name"]: each for each in rows}


def test_a_cluster_is_listed_with_its_runtime_its_source_and_its_lock(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    locksmith.cluster("reports", rich="")
    locksmith.call("lock", "etl").expect(0)
    said = locksmith.call("list").expect(0).out.splitlines()
    assert said[0].split() == ["cluster", "runtime", "source", "lock", "wheels", "behind"]
    assert said[1].split() == ["etl", "tiny", "volume", "1", "1"]
    assert said[2].split(maxsplit=4) == ["reports", "tiny", "volume", "none", "there is no lock"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rich": "<3"}, "made from another cluster file: -rich +rich<3"),
        ({"rich": "", "more": 'channel = "dev"'}, "made for channel stable, and it is dev"),
        ({"rich": "", "more": 'architecture = "aarch64"'}, "made for architecture x86_64, and it is aarch64"),
        ({"rich": "", "runtime": "other"}, "made for runtime tiny, and it is other"),
    ],
)
def test_a_lock_that_is_not_of_its_cluster_file_is_behind(
    locksmith: Locksmith, change: dict[str, str], says: str
) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    locksmith.call("lock").expect(0)
    locksmith.ship("other", {"numpy==2.0": ()}, python="3.12")
    locksmith.cluster("etl", **change)
    assert says in listed(locksmith)["etl"]["behind"]
    before = locksmith.path("etl").read_bytes()
    locksmith.index.forget()
    refused = locksmith.call("lock", "--check").expect(12)
    assert says in refused.err
    assert "hint: hatch run cluster lock etl" in refused.err
    assert locksmith.path("etl").read_bytes() == before
    assert not locksmith.index.asked()
    locksmith.call("lock").expect(0)
    locksmith.call("lock", "--check").expect(0)
    assert listed(locksmith)["etl"]["behind"] == []


def test_a_lock_of_another_table_of_its_runtime_is_behind(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    locksmith.call("lock").expect(0)
    locksmith.ship("tiny", {"rich==1.0": ()})
    assert listed(locksmith)["etl"]["behind"] == ["made for another table of tiny"]
    locksmith.call("lock").expect(0)
    assert locksmith.rows("etl") == {}  # the runtime has it now


def test_newer_releases_of_ours_are_told_when_a_target_is_asked(locksmith: Locksmith) -> None:
    locksmith.publisher.release("alpha/v0.1.0", ["beta"])
    locksmith.publisher.release("beta/v0.1.0")
    locksmith.cluster("etl", alpha="<0.2")
    locksmith.call("lock").expect(0)
    for tag in ("alpha/v0.1.3", "alpha/v0.2.0", "alpha/v0.1.4rc1", "beta/v0.3.0"):
        locksmith.publisher.release(tag)
    assert listed(locksmith)["etl"]["newer"] == {}
    assert listed(locksmith, "--from", "local")["etl"]["newer"] == {"alpha": "0.1.3", "beta": "0.3.0"}
    assert "alpha 0.1.3 is on offer" in locksmith.call("list", "--from", "local").out
    assert "there is no target nowhere" in locksmith.call("list", "--from", "nowhere").expect(2).err


def test_a_cluster_file_that_is_wrong_is_told_in_its_row(locksmith: Locksmith) -> None:
    locksmith.repository.write("databricks/clusters/odd.toml", "runtime = 15.4\n")
    locksmith.cluster("lost", runtime="15.5", rich="")
    locksmith.cluster("Not-A-Name", rich="")
    rows = listed(locksmith)
    assert "a cluster's name has lower-case letters" in rows["Not-A-Name"]["behind"][0]
    assert rows["odd"]["behind"] == ["databricks/clusters/odd.toml: runtime: Input should be a valid string"]
    assert rows["lost"]["behind"] == ["there is no runtime '15.5'"]


def test_without_a_cluster_file_it_says_where_to_write_one(locksmith: Locksmith) -> None:
    for words in (("list",), ("lock",)):
        assert "databricks/clusters/<name>.toml" in locksmith.call(*words).expect(2).err


@pytest.mark.parametrize("words", [("--upgrade",), ("--from", "local"), ("--upgrade-package", "rich")])
def test_a_check_takes_no_word_that_would_change_something(locksmith: Locksmith, words: tuple[str, ...]) -> None:
    locksmith.cluster("etl", rich="")
    assert "--check asks nobody" in locksmith.call("lock", "--check", *words).expect(2).err


def test_where_nobody_is_trusted_a_check_says_so(locksmith: Locksmith) -> None:
    locksmith.offer("rich", "1.0")
    locksmith.cluster("etl", rich="")
    locksmith.call("lock").expect(0)
    elsewhere = str(locksmith.repository.root.parent / "elsewhere")
    said = locksmith.call("lock", "--check", XDG_CONFIG_HOME=elsewhere).expect(0)
    assert "no key is trusted here" in said.err
    document = locksmith.call("lock", "--check", "--json", XDG_CONFIG_HOME=elsewhere).expect(0).document
    assert document["clusters"] == [
        {"name": "etl", "behind": [], "unsigned": "no key is trusted here, so nobody knows who signed it"}
    ]


def test_the_examples_of_this_repository_can_be_read(locksmith: Locksmith) -> None:
    for path in (ROOT / "databricks").glob("clusters/*.toml"):
        locksmith.repository.write(f"databricks/clusters/{path.name}", path.read_bytes())
    for path in (ROOT / "databricks" / "runtimes").iterdir():
        locksmith.repository.write(f"databricks/runtimes/{path.name}", path.read_bytes())
    rows = listed(locksmith)
    assert {name: each["runtime"] for name, each in rows.items()} == {
        "analytics-shared": "16.4",
        "nightly-etl": "15.4",
        "serverless-reports": "serverless-v4",
    }
    assert {tuple(each["behind"]) for each in rows.values()} == {("there is no lock",)}
