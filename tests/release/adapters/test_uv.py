from __future__ import annotations

import hashlib

import pytest
from packaging.requirements import Requirement

from release.adapters.uv import Uv
from release.errors import GateUnavailable, Unresolvable
from tests.release.adapters.shop import LATER, THEN, Shop, ours
from tests.servers.index import Fault
from tests.servers.stand_in import closed_address
from tests.servers.wheel import write_sdist


def test_the_index_is_read_as_it_stood(shop: Shop) -> None:
    shop.wheel("idna", "1.0", "six")
    shop.wheel("idna", "2.0", at=LATER)
    shop.wheel("six", "1.0")
    shop.wheel("six", "1.1", at=LATER)
    assert shop.resolve("idna") == THEN
    assert shop.pins == ["idna==1.0", "six==1.0"]


@pytest.mark.parametrize("fault", [Fault.NO_UPLOAD_TIME, Fault.HTML])
def test_an_index_without_upload_times_is_read_as_it_stands_today(shop: Shop, fault: Fault) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0", at=LATER)
    shop.server.fail(fault)
    assert shop.resolve("idna") is None
    assert shop.pins == ["idna==2.0"]


def test_what_did_not_exist_then_is_taken_as_of_today(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0", at=LATER)
    assert shop.resolve("idna>=2") is None
    assert shop.pins == ["idna==2.0"]


def test_our_own_names_never_come_from_another_index(shop: Shop) -> None:
    shop.wheel("alpha", "9.9")
    assert shop.resolve("alpha", ours=ours(shop, "0.1.0", "0.2.0")) == THEN
    assert shop.pins == ["alpha==0.2.0"]
    assert "alpha" not in shop.server.asked()


def test_our_own_names_are_safe_when_somebody_else_needs_them(shop: Shop) -> None:
    shop.wheel("idna", "1.0", "alpha>=0.1")
    shop.wheel("alpha", "9.9")
    shop.resolve("idna", ours=ours(shop, "0.1.0"))
    assert shop.pins == ["alpha==0.1.0", "idna==1.0"]
    assert "alpha" not in shop.server.asked()


@pytest.mark.parametrize("wanted", ["alpha", "alpha>=1"])
def test_a_name_of_ours_that_we_do_not_offer_is_not_had_elsewhere(shop: Shop, wanted: str) -> None:
    shop.wheel("alpha", "9.9")
    with pytest.raises(Unresolvable, match="alpha"):
        shop.resolve(wanted, ours=ours(shop, *(["0.1.0"] if wanted != "alpha" else [])))
    assert "alpha" not in shop.server.asked()


def test_our_offers_have_no_upload_times_and_are_taken_all_the_same(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0", at=LATER)
    assert shop.resolve("alpha", "idna", ours=ours(shop, "0.1.0")) == THEN
    assert shop.pins == ["alpha==0.1.0", "idna==1.0"]


def test_a_candidate_is_taken_where_it_is_asked_for(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0rc1")
    shop.resolve("idna", "alpha>=0.2.0rc1", ours=ours(shop, "0.1.0", "0.2.0rc1"))
    assert shop.pins == ["alpha==0.2.0rc1", "idna==1.0"]


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.UNAUTHORISED, Fault.HANG])
def test_an_index_that_does_not_answer_is_unavailable(shop: Shop, fault: Fault) -> None:
    shop.wheel("idna", "1.0")
    shop.server.fail(fault)
    with pytest.raises(GateUnavailable) as unavailable:
        shop.resolve("idna")
    assert shop.server.address in unavailable.value.message
    assert unavailable.value.hint


def test_an_index_that_fails_once_gives_no_other_closure(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.server.fail(Fault.ERROR)
    with pytest.raises(GateUnavailable):
        shop.resolve("idna")
    asked = [request for request in shop.server.requests if request.parts == ("simple", "idna")]
    assert len(asked) == 1


def test_an_index_that_nobody_runs_is_unavailable(shop: Shop) -> None:
    nowhere = closed_address()
    shop.lock.parent.mkdir()
    uv = Uv({**shop.environment, "UV_DEFAULT_INDEX": f"{nowhere}/simple/"})
    with pytest.raises(GateUnavailable, match=nowhere):
        uv.resolve([Requirement("idna")], {}, THEN, shop.lock)


@pytest.mark.parametrize(
    ("wanted", "named"), [(["nowhere"], "nowhere"), (["idna>=7"], "idna>=7"), (["six", "idna"], "six")]
)
def test_what_cannot_be_had_is_named(shop: Shop, wanted: list[str], named: str) -> None:
    shop.wheel("idna", "1.0", "six<1")
    shop.wheel("six", "1.0")
    with pytest.raises(Unresolvable, match=named) as unresolvable:
        shop.resolve(*wanted)
    assert unresolvable.value.exit_code == 12
    assert "project.dependencies" in unresolvable.value.hint


def test_a_fork_locks_two_versions_with_their_markers(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0")
    shop.resolve("idna<2; python_version < '3.12'", "idna>=2; python_version >= '3.12'")
    assert shop.pins == ["idna==1.0", "idna==2.0"]
    assert all("3.12" in each["marker"] for each in shop.packages)


def test_what_only_other_platforms_need_is_locked_too(shop: Shop) -> None:
    shop.wheel("colorama", "1.0")
    shop.resolve("colorama; sys_platform == 'win32'")
    assert shop.pins == ["colorama==1.0"]


def test_every_wheel_is_locked_with_its_digest(shop: Shop) -> None:
    files = [
        shop.wheel("idna", "1.0", tag="py3-none-any"),
        shop.wheel("idna", "1.0", tag="cp311-cp311-win_amd64"),
    ]
    write_sdist(shop.shelf, "idna", "1.0")
    shop.resolve("idna")
    (package,) = shop.packages
    assert "sdist" not in package
    locked = {each["hashes"]["sha256"] for each in package["wheels"]}
    assert locked == {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_what_has_no_wheel_is_no_version_that_fits(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    write_sdist(shop.shelf, "idna", "2.0")
    shop.resolve("idna")
    assert shop.pins == ["idna==1.0"]
    with pytest.raises(Unresolvable, match="idna"):
        shop.resolve("idna>=2")


def test_an_index_of_the_users_own_is_asked_too(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    nowhere = f"{closed_address()}/simple/"
    door = Uv({**shop.environment, "UV_DEFAULT_INDEX": nowhere, "UV_INDEX": shop.server.url})
    shop.lock.parent.mkdir(exist_ok=True)
    assert door.resolve([Requirement("idna")], {}, THEN, shop.lock) == THEN
    assert shop.pins == ["idna==1.0"]
