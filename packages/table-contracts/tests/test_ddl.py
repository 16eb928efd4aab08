from __future__ import annotations

import pytest

from table_contracts import ContractError
from table_contracts.datatype import from_schema
from table_contracts.ddl import canonical


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("LONG", "bigint"),
        (" Integer ", "int"),
        ("dec", "decimal(10,0)"),
        ("NUMERIC(9)", "decimal(9,0)"),
        ("decimal( 12 , 2 )", "decimal(12,2)"),
        ("timestamp_ltz", "timestamp"),
        ("array<map<string, LONG>>", "array<map<string,bigint>>"),
        ("struct<a: int NOT NULL COMMENT 'it''s', B string>", "struct<a:int,B:string>"),
        ("struct<`a b`:int,`c``d`:array<byte>>", "struct<`a b`:int,`c``d`:array<tinyint>>"),
        ("struct<>", "struct<>"),
        ("interval day to second", "interval day to second"),
        ("INTERVAL YEAR", "interval year"),
        ("variant", "variant"),
    ],
)
def test_a_type_has_one_spelling(written: str, spelled: str) -> None:
    assert canonical(written) == spelled
    assert canonical(spelled) == spelled


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "ends too early"),
        ("strin", "'strin' is none of tinyint, smallint"),
        ("varchar(10)", "write string and a length"),
        ("array<int", "ends too early"),
        ("array(int)", "'(' stands where '<' belongs"),
        ("map<string>", "'>' stands where ',' belongs"),
        ("int int", "'int' comes after the type's end"),
        ("decimal(39,0)", "1 to 38 digits"),
        ("decimal(x)", "1 to 38 digits"),
        ("decimal(2,3)", "more digits stand after the point"),
        ("interval second to day", "an interval is of"),
        ("struct<a:int;>", "';>' cannot be read"),
    ],
)
def test_what_is_no_type_is_refused_with_the_reason(written: str, why: str) -> None:
    with pytest.raises(ContractError) as refusal:
        canonical(written)
    assert why in str(refusal.value)
    assert repr(written) in str(refusal.value)


def test_a_schema_in_json_is_spelled_alike() -> None:
    described = {
        "type": "struct",
        "fields": [
            {"name": "a b", "type": "long", "nullable": True, "metadata": {}},
            {"name": "c", "type": {"type": "array", "elementType": "decimal(5,1)", "containsNull": False}},
            {"name": "d", "type": {"type": "map", "keyType": "string", "valueType": "byte", "valueContainsNull": True}},
        ],
    }
    assert from_schema(described) == "struct<`a b`:bigint,c:array<decimal(5,1)>,d:map<string,tinyint>>"


def test_a_type_this_library_does_not_know_keeps_its_name() -> None:
    assert from_schema("geometry(4326)") == "geometry(4326)"
    assert from_schema({"type": "udt", "class": "org.example.Point"}) == "org.example.Point"
