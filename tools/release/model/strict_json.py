"""JSON that has one meaning: what two readers could take for two things is refused."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

DEEPEST: Final = 32
_LONGEST_NUMBER: Final = 30
_TOKENS = re.compile(r'"(?:[^"\\]+|\\.)*"?|[\[{]|[\]}]', re.DOTALL)  # a string without end is passed over once


class NotStrict(ValueError):
    """It is not JSON, or JSON that parsers disagree about."""


def parse_strictly(content: bytes) -> Any:  # noqa: ANN401  # whatever the document holds
    """Read UTF-8 JSON without duplicate keys, deep nesting, huge numbers or broken strings; NotStrict otherwise."""
    try:
        text = content.decode()
        _require_shallow(text)
        document = json.loads(
            text, object_pairs_hook=_unique, parse_int=_small_int, parse_float=_finite, parse_constant=_refuse_constant
        )
        json.dumps(document, ensure_ascii=False).encode()  # half of a surrogate pair can't be written
    except (UnicodeError, json.JSONDecodeError) as error:
        raise NotStrict(str(error)) from None
    return document


def _require_shallow(text: str) -> None:
    """Count before parsing: how deep a parser goes before it gives up differs from Python to Python."""
    depth = 0
    for match in _TOKENS.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > DEEPEST:
                raise NotStrict(f"it is nested more than {DEEPEST} deep")
        elif match[0] in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise NotStrict("an object has a key twice")
    return read


def _small_int(literal: str) -> int:
    _require_short(literal)
    return int(literal)


def _finite(literal: str) -> float:
    _require_short(literal)
    value = float(literal)
    if not math.isfinite(value):
        raise NotStrict("a number is too large")
    return value


def _require_short(literal: str) -> None:
    if len(literal) > _LONGEST_NUMBER:
        raise NotStrict("a number has too many digits")


def _refuse_constant(literal: str) -> NoReturn:
    raise NotStrict(f"{literal} is no JSON")
