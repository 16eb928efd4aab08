from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from release.model.diagnosis import State
from tests.release.adapters.index.indexes import opened
from tests.servers.real_index import PASSWORD, USERNAME
from tests.servers.upload import Fault, UploadIndex

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stand_in() -> Iterator[UploadIndex]:
    """Give an index that can be made to fail."""
    with UploadIndex() as server:
        yield server


@pytest.mark.parametrize(("ahead", "said"), [(3600, "s ahead of this machine's"), (-3600, "s behind this machine's")])
def test_a_clock_that_is_wrong_is_named(stand_in: UploadIndex, ahead: float, said: str) -> None:
    stand_in.date = formatdate(time.time() + ahead, usegmt=True)
    *_, clock = opened(stand_in.environment).examine(["alpha"])
    assert clock.state is State.WARNING
    assert said in clock.detail
    assert "ntp" in clock.cure


@pytest.mark.parametrize("fault", [Fault.LOGIN, Fault.UNAVAILABLE])
def test_a_page_that_can_not_be_read_is_examined_as_a_failure(stand_in: UploadIndex, fault: Fault) -> None:
    stand_in.fail("GET", fault)
    found = {each.check: each for each in opened(stand_in.environment).examine(["alpha"])}
    assert found["index"].state is State.OK
    assert (found["index: alpha"].state, found["index: alpha"].exit_code) == (State.FAILED, 15)


def test_a_password_that_travels_readable_is_named() -> None:
    nowhere = {"TWINE_REPOSITORY_URL": "http://index.invalid/", "TWINE_USERNAME": USERNAME, "TWINE_PASSWORD": PASSWORD}
    unreached, readable = opened(nowhere, seconds=0.2).examine([])
    assert (unreached.state, readable.state) == (State.FAILED, State.WARNING)
    assert "over HTTP" in readable.detail
