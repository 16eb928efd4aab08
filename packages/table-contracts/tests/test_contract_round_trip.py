"""Whatever a contract says, its TOML says the same."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from table_contracts import Column, Contract, Length, Range

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
DECIMALS = st.decimals(-99, 99, places=2)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "decimal(4,2)": DECIMALS,
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "date": st.dates(),
    "timestamp": st.datetimes(timezones=st.just(timezone.utc)),
    "timestamp_ntz": st.datetimes(),
}
PATTERNS = st.sampled_from(["", "a|b", r"\p{L}+", r"[\"']", "(?<y>x)", "\t", "\x7f"])


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    spelled = draw(st.sampled_from([*VALUES, "string", "boolean", "array<struct<a:int>>"]))
    rules: dict[str, Any] = {"nullable": draw(st.booleans()), "required": draw(st.booleans())}
    if spelled in VALUES and draw(st.booleans()):
        low, high = sorted(draw(st.lists(VALUES[spelled], min_size=2, max_size=2)))
        rules["range"] = Range(min=low, max=high) if draw(st.booleans()) else Range(above=low)
    elif spelled in {*VALUES, "string"} - {"double"} and draw(st.booleans()):
        rules["allowed"] = tuple(draw(st.lists(VALUES.get(spelled, NAMES), min_size=1, max_size=3, unique=True)))
    elif spelled == "string":
        rules["pattern"] = draw(st.none() | PATTERNS)
        rules["length"] = draw(st.none() | st.builds(Length, min=st.integers(0, 5), max=st.none() | st.integers(5, 9)))
    if spelled in {"date", "timestamp", "timestamp_ntz"}:
        rules["fresh_within"] = draw(st.none() | st.builds(timedelta, seconds=st.integers(1, 10**9)))
    return Column(name, spelled, **rules)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    made = tuple(draw(columns(name)) for name in names)
    candidates = [column.name for column in made if column.required]
    keys = draw(st.lists(st.sampled_from(candidates), max_size=2, unique=True)) if candidates else []
    return Contract(draw(NAMES), made, keys=tuple((key,) for key in keys), extra_columns=draw(st.booleans()))


@given(contracts())
@settings(max_examples=150, deadline=None)
def test_a_contract_survives_toml(contract: Contract) -> None:
    assert Contract.loads(contract.to_toml()) == contract
