"""Two tags that were built apart, of which one needs the other."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.release.apart.jobs import AWAY, NOTHING, Jobs, policy
from tests.release.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

BASE, UPPER = "base/v0.1.0", "upper/v0.1.0"


def test_what_needs_another_goes_after_it_or_not_at_all(jobs: Jobs, tmp_path: Path) -> None:
    jobs.world.empty()
    repository = Repository(tmp_path / "repository")
    repository.write("pyproject.toml", policy(jobs.world))
    repository.add("base").add("upper", requires=["base>=0.1"]).commit()
    repository.tag(BASE, UPPER)
    two = Jobs(repository, jobs.environment, jobs.world)
    built = two.open(tmp_path / "built")
    built.call("build", BASE, UPPER).expect(0)
    for tag, other in ((BASE, "upper"), (UPPER, "base")):
        signer = two.open(tmp_path / f"signer without {other}").take(built)
        shutil.rmtree(signer.folder / "dist" / other)
        two.sign(signer, tag=tag).expect(0)
        built.take(signer)
    receipt = built.folder / "dist/base/0.1.0/base-0.1.0.receipt.json"
    was = receipt.read_text()
    receipt.write_text(was.replace('"passed"', '"refused"', 1))
    ended = built.call("publish", UPPER, BASE, *AWAY, "--json").expect(12)
    endings = {each["tag"]: each["ending"] for each in ended.document["outcomes"]}
    assert endings == {BASE: "failed", UPPER: "held back"}
    assert "upper needs base" in built.call("publish", UPPER, *AWAY).expect(10).err.replace("/v0.1.0", "")
    assert jobs.brought == NOTHING
    receipt.write_text(was)
    ended = built.call("publish", UPPER, BASE, *AWAY, "--json").expect(0)
    assert [(each["tag"], each["ending"]) for each in ended.document["outcomes"]] == [
        (BASE, "released"),
        (UPPER, "released"),
    ]
