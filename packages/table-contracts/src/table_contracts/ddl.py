"""Types as people write them, in Spark's DDL."""

from __future__ import annotations

import re

from table_contracts.datatype import ONE_SPELLING, SPELLINGS, spell_struct
from table_contracts.errors import ContractError

_TOKEN = re.compile(r"\s*(`(?:[^`]|``)+`|\w+|[<>(),:]|'(?:[^'\\]|\\.|'')*')")
_INTERVALS = (("year", "month"), ("day", "hour", "minute", "second"))
_MOST_DIGITS = 38


def canonical(ddl: str) -> str:
    """Spell a DDL type as this library compares it: `LONG` is `bigint`, `DEC(9)` is `decimal(9,0)`.

    Raises `ContractError` where the text is no type; nested nullability and comments are read and left out.
    """
    reader = _Reader(ddl)
    found = reader.read_type()
    if reader.next():
        raise reader.refusal(f"{reader.next()!r} comes after the type's end")
    return found


class _Reader:
    def __init__(self, ddl: str) -> None:
        self._ddl = ddl
        self._tokens: list[str] = []
        position = 0
        while ddl[position:].strip():
            token = _TOKEN.match(ddl, position)
            if token is None:
                raise self.refusal(f"{ddl[position:].strip()!r} cannot be read")
            self._tokens.append(token[1])
            position = token.end()

    def refusal(self, why: str) -> ContractError:
        return ContractError(f"{self._ddl!r} is no Spark type: {why}")

    def next(self) -> str:
        return self._tokens[0].lower() if self._tokens else ""

    def read_type(self) -> str:
        word = self._take()
        match word:
            case "array":
                self._expect("<")
                return f"array<{self._closed(self.read_type())}>"
            case "map":
                self._expect("<")
                key = self.read_type()
                self._expect(",")
                return f"map<{key},{self._closed(self.read_type())}>"
            case "struct":
                return self._read_struct()
            case "interval":
                return self._read_interval()
            case "char" | "varchar" | "character":
                raise self.refusal("Spark hands such columns out as strings; write string and a length")
        if word not in ONE_SPELLING:
            raise self.refusal(f"{word!r} is none of {', '.join(SPELLINGS)}, array, map, struct, interval")
        return self._read_decimal() if ONE_SPELLING[word] == "decimal" else ONE_SPELLING[word]

    def _read_decimal(self) -> str:
        digits, scale = "10", "0"
        if self.next() == "(":
            self._take()
            digits = self._take()
            if self.next() == ",":
                self._take()
                scale = self._take()
            self._expect(")")
        if not (digits.isdecimal() and scale.isdecimal() and 1 <= int(digits) <= _MOST_DIGITS):
            raise self.refusal(f"a decimal has 1 to {_MOST_DIGITS} digits")
        if int(scale) > int(digits):
            raise self.refusal("more digits stand after the point than there are")
        return f"decimal({int(digits)},{int(scale)})"

    def _read_struct(self) -> str:
        self._expect("<")
        fields: list[tuple[str, str]] = []
        while self.next() != ">":
            if fields:
                self._expect(",")
            fields.append(self._read_field())
        self._take()
        return spell_struct(fields)

    def _read_field(self) -> tuple[str, str]:
        name = self._take(exact=True)
        if name.startswith("`"):
            name = name[1:-1].replace("``", "`")
        if self.next() == ":":
            self._take()
        spelled = self.read_type()
        if self.next() == "not":
            self._take()
            self._expect("null")
        if self.next() == "comment":
            self._take()
            self._take()
        return name, spelled

    def _read_interval(self) -> str:
        first = self._take()
        last = first
        if self.next() == "to":
            self._take()
            last = self._take()
        for units in _INTERVALS:
            if first in units and last in units[units.index(first) :]:
                return f"interval {first}" if first == last else f"interval {first} to {last}"
        raise self.refusal("an interval is of year to month, or of day to second")

    def _closed(self, inner: str) -> str:
        self._expect(">")
        return inner

    def _expect(self, token: str) -> None:
        found = self._take()
        if found != token:
            raise self.refusal(f"{found!r} stands where {token!r} belongs")

    def _take(self, *, exact: bool = False) -> str:
        if not self._tokens:
            raise self.refusal("it ends too early")
        token = self._tokens.pop(0)
        return token if exact else token.lower()
