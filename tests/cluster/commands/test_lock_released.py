"""From a tag to a wheelhouse, with nothing made by hand: `release run`, `cluster lock`, `cluster bundle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.databricks.versions import OWN
from tests.release.command import ReleaseCommand

if TYPE_CHECKING:
    from tests.cluster.locksmith import Locksmith


def test_what_the_release_tool_has_released_is_locked_and_bundled(locksmith: Locksmith) -> None:
    locksmith.repository.add("alpha", requires=["packaging>=24"]).commit()
    locksmith.repository.tag("alpha/v0.1.0")
    release = ReleaseCommand(locksmith.repository.root, locksmith.environment, dict(locksmith.more))
    release.apart("run", "alpha/v0.1.0").expect(0)
    locksmith.ship("own", {"numpy==1.23.5": ()}, python=OWN)
    locksmith.cluster("etl", runtime="own", alpha=">=0.1")
    locksmith.call("lock").expect(0)
    assert set(locksmith.rows("etl")) == {"alpha", "packaging"}
    bundled = locksmith.call("bundle", "etl", "--json").expect(0).document
    assert len(bundled["wheels"]) == 2
    again = locksmith.call("lock", "--json").expect(0).document["clusters"][0]
    assert (again["state"], again["signed"]) == ("identical", True)
