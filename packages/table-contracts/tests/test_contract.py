from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from table_contracts import Column, Contract, ContractError, Length, Range

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = """
name = "orders"
keys = [["order_id"], ["customer", "placed_on"]]

[columns.order_id]
type = "LONG"
nullable = false

[columns.customer]
type = "string"
pattern = 'C\\d+'
length = { max = 12 }

[columns.placed_on]
type = "date"
range = { min = 2020-01-01 }
fresh_within = "48h"

[columns.amount]
type = "decimal(9,2)"
range = { min = 0, below = 1000.50 }

[columns.state]
type = "string"
required = false
allowed = ["new", "paid"]
"""


@pytest.mark.smoke
def test_a_contract_in_toml_is_the_same_as_in_python() -> None:
    assert Contract.loads(ORDERS) == Contract(
        "orders",
        (
            Column("order_id", "bigint", nullable=False),
            Column("customer", "string", pattern=r"C\d+", length=Length(max=12)),
            Column("placed_on", "date", range=Range(min=date(2020, 1, 1)), fresh_within=timedelta(days=2)),
            Column("amount", "decimal(9,2)", range=Range(min=0, below=Decimal("1000.5"))),
            Column("state", "string", required=False, allowed=("new", "paid")),
        ),
        keys=(("order_id",), ("customer", "placed_on")),
    )


@pytest.mark.smoke
def test_a_contract_written_as_toml_reads_back_equal() -> None:
    contract = Contract.loads(ORDERS.replace("keys =", "extra_columns = true\nkeys ="))
    assert contract.extra_columns
    assert Contract.loads(contract.to_toml()) == contract


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("nullable =", "nulable =", "columns.order_id.nulable: there is no such key; allowed are type, nullable, req"),
        ("keys =", "key =", "key: there is no such key; allowed are name, extra_columns, keys, columns"),
        ("{ max = 12 }", "{ most = 12 }", "columns.customer.length.most: there is no such key; allowed are min, max"),
        ("{ min = 2020", "{ from = 2020", "columns.placed_on.range.from: there is no such key; allowed are min, above"),
        ('"48h"', '"2 days"', "columns.placed_on.fresh_within: '2 days' is no length of time"),
        ('"48h"', '"9999999999d"', "columns.placed_on.fresh_within: '9999999999d' is longer than 36500 days"),
        ('"48h"', "48", "columns.placed_on.fresh_within: 48 is not text"),
        ("nullable = false", "nullable = 0", "columns.order_id.nullable: 0 is not true or false"),
        ('type = "LONG"', "", "columns.order_id.type: it is missing"),
        ("1000.50", "1000.505", "columns.amount.range: 1000.505 does not fit into decimal(9,2)"),
        ('["order_id"]', '["id"]', "keys[0]: there is no column 'id'; there are order_id, customer, placed_on"),
        ('["order_id"]', "[]", "keys[0]: it names no column"),
        ('["order_id"]', '["order_id", "order_id"]', "keys[0]: a column is named twice"),
        ('["order_id"]', '["placed_on", "customer"]', "keys: one is there twice"),
        ('["order_id"]', '["state"]', "keys[0]: state may be absent, and a key may not; make it required"),
        ('["order_id"]', '"order_id"', "keys: 'order_id' is no list of column names"),
        ('[["order_id"], ["customer", "placed_on"]]', '"order_id"', "keys: 'order_id' is no list of lists"),
        ('type = "LONG"', 'type = "map<int,int>"', "keys[0]: order_id is map<int,int>, which Spark does not compare"),
        ('"orders"', '""', "name: '' is no name of a table"),
        ("keys =", "extra_columns = 1\nkeys =", "extra_columns: 1 is neither true nor false"),
        ("[columns.order_id]", "[columns.order_id", "this is no TOML"),
    ],
)
def test_a_wrong_contract_is_refused_with_source_and_key(old: str, new: str, why: str) -> None:
    assert old in ORDERS
    with pytest.raises(ContractError) as refusal:
        Contract.loads(ORDERS.replace(old, new), source="orders.toml")
    assert str(refusal.value).startswith(f"orders.toml: {why}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('name = "t"', "columns: there is none"),
        ('name = "t"\ncolumns = 1', "columns: 1 is no table; write [columns.order_id]"),
        ('name = "t"\ncolumns = { a = 1 }', "columns.a: 1 is no table; it takes type, nullable"),
    ],
)
def test_a_contract_without_columns_is_refused(text: str, why: str) -> None:
    with pytest.raises(ContractError) as refusal:
        Contract.loads(text)
    assert why in str(refusal.value)


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(ContractError, match=r"columns\.a: it is there twice"):
        Contract("t", (Column("a", "int"), Column("a", "string")))


def test_a_file_is_named_in_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "orders.toml"
    path.write_text(ORDERS, encoding="utf-8")
    assert Contract.from_toml(path) == Contract.loads(ORDERS)
    path.write_bytes(b'name = "\xff"')
    with pytest.raises(ContractError, match=r"orders\.toml: this is no UTF-8"):
        Contract.from_toml(path)


def test_a_value_that_toml_does_not_have_is_not_written() -> None:
    from table_contracts.document import write  # noqa: PLC0415  # the one test below the contract's own door

    value: Any = object()
    with pytest.raises(TypeError, match="cannot be written as TOML"):
        write({"name": value})
