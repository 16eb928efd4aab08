from __future__ import annotations

from table_contracts import Column, Contract
from table_contracts.schema import Field, match

CONTRACT = Contract("t", (Column("Id", "bigint", nullable=False), Column("note", "string", required=False)))


def shown(*fields: Field, contract: Contract = CONTRACT, case_sensitive: bool = False) -> list[str]:
    return [str(one) for one in match(contract, fields, case_sensitive=case_sensitive).differences]


def test_the_same_columns_in_any_order_and_case_do_not_differ() -> None:
    found = match(CONTRACT, [Field("NOTE", "string"), Field("id", "bigint")], case_sensitive=False)
    assert (found.positions, found.differences) == ({"Id": 1, "note": 0}, ())


def test_another_type_reads_like_a_diff() -> None:
    assert shown(Field("Id", "string")) == ["- Id: bigint not null\n+ Id: string"]


def test_a_missing_column_is_a_line_taken_away() -> None:
    assert shown(Field("note", "string")) == ["- Id: bigint not null"]


def test_a_column_too_many_is_a_line_added() -> None:
    assert shown(Field("Id", "bigint"), Field("x", "int", nullable=False)) == ["+ x: int not null"]


def test_columns_too_many_may_be_allowed() -> None:
    open_contract = Contract("t", CONTRACT.columns, extra_columns=True)
    assert shown(Field("Id", "bigint"), Field("x", "int"), contract=open_contract) == []


def test_an_optional_column_may_be_absent_but_not_of_another_type() -> None:
    found = match(CONTRACT, [Field("Id", "bigint")], case_sensitive=False)
    assert found.absent == {"note"}
    assert not found.differences
    assert shown(Field("Id", "bigint"), Field("note", "int")) == ["- note: string\n+ note: int"]


def test_the_exact_name_is_taken_where_two_differ_in_case() -> None:
    both = [Field("ID", "string"), Field("Id", "bigint")]
    assert match(CONTRACT, both, case_sensitive=False).positions == {"Id": 1}
    assert shown(*both) == ["+ ID: string"]


def test_two_columns_in_other_cases_cannot_be_told_apart() -> None:
    found = match(CONTRACT, [Field("ID", "bigint"), Field("id", "bigint")], case_sensitive=False)
    assert found.positions == {}
    assert found.unusable == {"Id": "the table has 2 columns that may be Id: ID, id"}


def test_a_case_sensitive_session_wants_the_exact_name_and_the_exact_fields() -> None:
    assert shown(Field("id", "bigint"), case_sensitive=True) == ["- Id: bigint not null", "+ id: bigint"]
    nested = Contract("t", (Column("s", "struct<A:int>"),))
    assert shown(Field("s", "struct<a:int>"), contract=nested) == []
    assert shown(Field("s", "struct<a:int>"), contract=nested, case_sensitive=True) != []
