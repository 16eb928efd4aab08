"""`cluster lock` against whoever wants a wheel of theirs to be signed as one of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cluster.locksmith import Locksmith


def test_a_lock_that_calls_a_wheel_of_ours_somebody_elses_spares_it_no_proof(locksmith: Locksmith) -> None:
    locksmith.publisher.release("alpha/v0.1.0")
    locksmith.cluster("etl", alpha="")
    locksmith.call("lock").expect(0)
    text = locksmith.path("etl").read_text()
    edited = text.replace(".whl, ours:", ".whl:")
    assert edited != text
    locksmith.path("etl").write_text(edited)
    locksmith.call("lock").expect(0)
    assert locksmith.lock("etl").by_name["alpha"].first_party
    locksmith.path("etl").write_text(edited)
    bundle = locksmith.repository.dist("alpha") / "alpha-0.1.0.intoto.jsonl"
    bundle.write_bytes(bundle.read_bytes().replace(b'"sig":"', b'"sig":"AAAA'))
    assert "nothing proves it" in locksmith.call("lock").expect(16).err
    assert locksmith.path("etl").read_text() == edited


def test_a_name_of_a_package_that_nobody_committed_yet_is_filled_by_no_index(locksmith: Locksmith) -> None:
    locksmith.repository.write("packages/gamma/pyproject.toml", '[project]\nname = "gamma"\nversion = "0.1.0"\n')
    locksmith.offer("gamma", "9.9")
    locksmith.cluster("etl", gamma="")
    assert "local offers no gamma in stable" in locksmith.call("lock").expect(12).err
    assert not locksmith.path("etl").exists()
