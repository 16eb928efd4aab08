"""The values a contract names: whether they fit a column's type, and how Spark is told them."""

from __future__ import annotations

import math
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import TypeAlias

from table_contracts.datatype import decimal_shape
from table_contracts.errors import ContractError

Value: TypeAlias = "bool | int | float | Decimal | str | date | datetime"
"""What bounds and allowed values are, by column type.

Whole numbers: `int`; decimal: `Decimal` or `int`; float and double: `float`, `int` or `Decimal`; string: `str`;
boolean: `bool`; date: `date`; timestamp: `datetime` with a time zone; timestamp_ntz: `datetime` without one.
"""

_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_LARGEST = {"float": 3.4028234663852886e38, "double": math.inf}

WHOLE = frozenset(_BITS)
FLOATING = frozenset(_LARGEST)
TIMES = frozenset({"date", "timestamp", "timestamp_ntz"})


def fitted(value: object, spelled: str) -> Value:
    """Bring a value into the form its column's type has in Python; raises `ContractError` where it does not fit."""
    if spelled in WHOLE and isinstance(value, int) and not isinstance(value, bool):
        return _whole(value, _BITS[spelled])
    if spelled.startswith("decimal(") and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _decimal(Decimal(value), spelled)
    if spelled in FLOATING and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _floating(value, spelled)
    if (spelled, type(value)) in {("string", str), ("boolean", bool), ("date", date)}:
        return value  # type: ignore[return-value]  # the line above says which it is
    if spelled == "timestamp" and isinstance(value, datetime) and value.tzinfo:
        return _instant(value)
    if spelled == "timestamp_ntz" and isinstance(value, datetime) and not value.tzinfo:
        return value
    raise ContractError(f"{value!r} is no value of type {spelled}{_advice(value, spelled)}")


def as_text(value: Value) -> str:
    """Write a fitted value so that Spark's cast to the column's type reads exactly it, in any session's time zone."""
    match value:
        case bool():
            return str(value).lower()
        case Decimal():
            return format(value, "f")
        case float():
            return repr(value)
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
    return str(value)


def _whole(value: int, bits: int) -> int:
    if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise ContractError(f"{value} does not fit into {bits} bits")
    return value


def _decimal(value: Decimal, spelled: str) -> Decimal:
    digits, scale = decimal_shape(spelled)
    if not value.is_finite():
        raise ContractError(f"{value} is not a number that can be compared")
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > scale or value.adjusted() >= digits - scale:
        if value == 0:
            return Decimal(0)
        raise ContractError(f"{value} does not fit into {spelled}")
    return value


def _floating(value: float | Decimal, spelled: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or abs(number) > _LARGEST[spelled]:
        raise ContractError(f"{value} is not a number that can be compared as {spelled}")
    return number


def _instant(value: datetime) -> datetime:
    try:
        return value.astimezone(timezone.utc)
    except OverflowError:
        raise ContractError(f"{value} lies outside the years 1 to 9999") from None


def _advice(value: object, spelled: str) -> str:
    if spelled == "timestamp" and isinstance(value, datetime):
        return "; give it a time zone"
    if spelled == "timestamp_ntz" and isinstance(value, datetime):
        return "; leave its time zone out"
    if spelled.startswith("decimal(") and isinstance(value, float):
        return "; a float is not exact, write a Decimal"
    return ""
