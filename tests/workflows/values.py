"""Values of GitHub's expressions: what is true, what equals what, and what each is as a number and as a text.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

Value = object
"""None, a bool, a float or int, a str, a sequence or a mapping with names as keys."""
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_BASES: Final = {"0x": 16, "0o": 8}


def is_true(value: Value) -> bool:
    """Say whether a value counts as true: all do but null, false, 0, NaN and the empty text."""
    if isinstance(value, (int, float)):
        return value != 0 and not math.isnan(value)
    return value is not None and value != ""


def number_of(value: Value) -> float:
    """Give a value as a number; NaN for what is none."""
    if value is None or value == "":
        return 0.0
    if isinstance(value, (bool, int, float)):
        return float(value)
    if not isinstance(value, str):
        return math.nan
    text = value.strip()
    if text[:2] in _BASES:
        return float(int(text, _BASES[text[:2]])) if re.fullmatch(r"0x[0-9a-fA-F]+|0o[0-7]+", text) else math.nan
    if text in {"Infinity", "+Infinity", "-Infinity"}:
        return float(text.replace("Infinity", "inf"))
    return float(text or 0) if not text or _DECIMAL.fullmatch(text) else math.nan


def text_of(value: Value) -> str:
    """Give a value as it stands in a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return _digits(float(value))
    if isinstance(value, str):
        return value
    return "Object" if isinstance(value, Mapping) else "Array"


def is_equal(first: Value, second: Value) -> bool:
    """Compare as `==` does: texts without regard to case, different kinds as numbers, objects by identity."""
    if isinstance(first, str) and isinstance(second, str):
        return first.upper() == second.upper()
    if is_object(first) or is_object(second):
        return first is second
    if first is None and second is None:
        return True
    return number_of(first) == number_of(second)


def is_less(first: Value, second: Value) -> bool:
    """Compare as `<` does."""
    if isinstance(first, str) and isinstance(second, str):
        return first.upper() < second.upper()
    return number_of(first) < number_of(second)


def is_object(value: Value) -> bool:
    """Say whether a value has parts."""
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))


def part_of(value: Value, key: Value) -> Value:
    """Give a part of a value, null where it has none: names are compared without regard to case."""
    if isinstance(value, Mapping):
        wanted = text_of(key).upper()
        return next((each for name, each in value.items() if name.upper() == wanted), None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        number = number_of(key)
        is_place = number.is_integer() and 0 <= number < len(value)
        return value[int(number)] if is_place else None
    return None


def _digits(number: float) -> str:
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if math.isnan(number):
        return "NaN"
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}"
