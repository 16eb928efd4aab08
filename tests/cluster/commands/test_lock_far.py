"""`cluster lock --from index`: our wheels are fetched from far away, their evidence from whoever keeps it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.release.stocked import stock_s3
from tests.servers.index import Fault
from tests.servers.s3 import S3

if TYPE_CHECKING:
    from tests.cluster.locksmith import Locksmith


@pytest.fixture
def far(locksmith: Locksmith) -> Locksmith:
    """Offer five releases at an index that is not this machine's."""
    for number in range(5):
        made = locksmith.publisher.release(f"alpha/v0.1.{number}", ["beta"])
        wheel = made.tag.files[0]
        (locksmith.index.folders[-1] / wheel).write_bytes(made.files[wheel])
    made = locksmith.publisher.release("beta/v0.1.0")
    (locksmith.index.folders[-1] / made.tag.files[0]).write_bytes(made.files[made.tag.files[0]])
    shutil.rmtree(locksmith.repository.root / "dist" / "index")
    locksmith.more |= {
        "TWINE_REPOSITORY_URL": f"{locksmith.index.address}/upload/",
        "RELEASE_INDEX_URL": locksmith.index.url,
        "TWINE_USERNAME": "ada",
        "TWINE_PASSWORD": "the-engine-weaves-algebra",
    }
    return locksmith


def test_the_newest_few_are_fetched_and_what_is_locked_stays_within_reach(far: Locksmith) -> None:
    far.cluster("etl", alpha="==0.1.0")
    far.call("lock", "--from", "index").expect(0)
    far.cluster("etl", alpha="")
    far.index.forget()
    far.call("lock", "--from", "index").expect(0)
    assert far.rows("etl") == {"alpha": "0.1.0", "beta": "0.1.0"}
    fetched = {each.parts[-1] for each in far.index.requests if each.parts[0] == "files"}
    assert {name for name in fetched if name.startswith("alpha")} == {
        f"alpha-0.1.{number}-py3-none-any.whl" for number in (0, 2, 3, 4)
    }
    far.call("lock", "--from", "index", "--upgrade-package", "alpha").expect(0)
    assert far.rows("etl") == {"alpha": "0.1.4", "beta": "0.1.0"}


def test_a_target_that_gives_other_bytes_than_it_says_is_a_conflict(far: Locksmith) -> None:
    far.index.fail(Fault.OTHER_BYTES, "alpha")
    far.cluster("etl", alpha="")
    refused = far.call("lock", "--from", "index").expect(14)
    assert "index gives other bytes for alpha-0.1.2-py3-none-any.whl than it says" in refused.err
    assert not far.path("etl").exists()


def test_evidence_comes_from_a_target_that_keeps_it_where_the_shelf_has_none(far: Locksmith) -> None:
    made = far.publisher.release("alpha/v0.2.0")
    (far.index.folders[-1] / made.tag.files[0]).write_bytes(made.files[made.tag.files[0]])
    shutil.rmtree(far.repository.root / "dist")
    far.cluster("etl", alpha=">=0.2")
    assert "nothing proves it: the bundle holds nothing" in far.call("lock", "--from", "index").expect(16).err
    with S3() as bucket:
        far.more |= bucket.environment
        stock_s3(bucket, [made])
        far.call("lock", "--from", "index").expect(0)
        assert far.rows("etl") == {"alpha": "0.2.0"}
        bundled = far.call("list", "--from", "s3", "--json").expect(0).document["clusters"][0]
        assert bundled["newer"] == {}
    far.path("etl").unlink()
    assert far.call("lock", "--from", "index").expect(15).err  # where it may be can't be asked: that is no proof
