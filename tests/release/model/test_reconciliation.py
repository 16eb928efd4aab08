"""The documents of `reconcile` and `audit`, and the schemas that ship with them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.model import reconciliation as module
from release.model.reaudit import Reaudit
from release.model.reconciliation import Code, Discrepancy, Reconciliation, reconcile_all

if TYPE_CHECKING:
    from pydantic import BaseModel

FOUND = st.builds(
    Discrepancy,
    code=st.sampled_from(Code),
    tag=st.sampled_from(["alpha/v0.1.0", "alpha/v0.2.0", "beta/v1"]),
    target=st.sampled_from(["index", "s3"]),
    detail=st.just("so"),
    next=st.just("this"),
)


@pytest.mark.parametrize("model", [Reconciliation, Reaudit])
def test_the_schema_that_ships_is_the_models_own(model: type[BaseModel]) -> None:
    path = Path(module.__file__).with_name(f"{model.__name__.lower()}.schema.json")
    own = model.model_json_schema(by_alias=True)
    assert json.loads(path.read_text()) == own, f"write it again: {json.dumps(own, indent=2)}"


@given(st.lists(FOUND, max_size=8))
def test_the_gravest_stands_first_and_gives_the_code(found: list[Discrepancy]) -> None:
    made = reconcile_all(("s3",), frozenset({"alpha/v0.1.0", "gamma/v1"}), tuple(found), signatures=True)
    assert sorted(map(repr, made.discrepancies)) == sorted(map(repr, set(found)))
    codes = [each.code.exit_code for each in made.discrepancies]
    assert made.exit_code == min(codes, key=[14, 16, 15, 0].index, default=0)
    assert codes[:1] == [made.exit_code][: len(codes)]
    tags = [each.tag for each in made.discrepancies]
    assert len({*tags}) == 1 + sum(a != b for a, b in pairwise(tags)) if tags else True
    assert made.agreeing == (1 if "alpha/v0.1.0" in tags else 2)


def test_the_codes_stand_in_the_order_of_what_they_end_with() -> None:
    codes = [code.exit_code for code in Code]
    assert codes == sorted(codes, key=[14, 16, 15].index)
    assert {*codes} == {14, 15, 16}
