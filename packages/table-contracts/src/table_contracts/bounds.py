"""What a column's values, or the lengths of its strings, lie between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from table_contracts.errors import ContractError
from table_contracts.literal import FLOATING, TIMES, WHOLE, as_text, fitted

if TYPE_CHECKING:
    from table_contracts.literal import Value


_LONGEST = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Range:
    """Bounds of a column of numbers, dates or timestamps: `min` and `max` belong to it, `above` and `below` do not."""

    min: Value | None = None
    max: Value | None = None
    above: Value | None = None
    below: Value | None = None

    WORDS: ClassVar[dict[str, str]] = {"min": "at least", "above": "above", "max": "at most", "below": "below"}

    def fitted(self, spelled: str) -> Range:
        """Bring the bounds into the form of a column's type; raises `ContractError` where nothing fits."""
        if spelled not in WHOLE | FLOATING | TIMES and not spelled.startswith("decimal("):
            raise ContractError(f"a column of type {spelled} has no order to bound; use length, pattern or allowed")
        given = {name: fitted(value, spelled) for name, value in self.given().items()}
        if not given:
            raise ContractError(f"no bound is given; it takes {', '.join(self.WORDS)}")
        return replace(self, **given).consistent()

    def given(self) -> dict[str, Value]:
        """Name the bounds that are set."""
        return {name: getattr(self, name) for name in self.WORDS if getattr(self, name) is not None}

    def holds(self, value: Value) -> bool:
        """Tell whether a fitted value lies within fitted bounds."""
        low = self.min if self.above is None else self.above
        high = self.max if self.below is None else self.below
        return (low is None or _less(low, value, or_equal=self.above is None)) and (
            high is None or _less(value, high, or_equal=self.below is None)
        )

    def __str__(self) -> str:
        """Say the bounds in words."""
        return " and ".join(f"{self.WORDS[name]} {as_text(bound)}" for name, bound in self.given().items())

    def consistent(self) -> Range:
        """Give the range itself, or raise `ContractError` where no value can lie in it."""
        given = self.given()
        for one, other in (("min", "above"), ("max", "below")):
            if one in given and other in given:
                raise ContractError(f"{one} and {other} are both given; one of them says it")
        low = given.get("min", given.get("above"))
        high = given.get("max", given.get("below"))
        if low is None or high is None:
            return self
        inclusive = "min" in given and "max" in given
        whole = isinstance(low, int) and isinstance(high, int)
        neighbours = whole and "above" in given and "below" in given and int(high) - int(low) == 1  # type: ignore[arg-type]  # both are int
        if neighbours or not _less(low, high, or_equal=inclusive):
            raise ContractError(f"nothing is {self}")
        return self


@dataclass(frozen=True, kw_only=True)
class Length:
    """Bounds, both inclusive, of the length of a string in characters (Unicode code points)."""

    min: int | None = None
    max: int | None = None

    WORDS: ClassVar[dict[str, str]] = {"min": "at least", "max": "at most"}

    def given(self) -> dict[str, int]:
        """Name the bounds that are set."""
        return {name: getattr(self, name) for name in self.WORDS if getattr(self, name) is not None}

    def refuse_contradictions(self) -> None:
        """Refuse bounds that no length meets, or that none keeps from meeting."""
        given = self.given()
        if not given:
            raise ContractError(f"no bound is given; it takes {', '.join(self.WORDS)}")
        for bound in given.values():
            if type(bound) is not int or not 0 <= bound <= _LONGEST:
                raise ContractError(f"{bound!r} is no length")
        if list(given.values()) != sorted(given.values()):
            raise ContractError(f"min {self.min} is more than max {self.max}")

    def holds(self, value: str) -> bool:
        """Tell whether a string is as long as this says."""
        return (self.min or 0) <= len(value) and (self.max is None or len(value) <= self.max)

    def __str__(self) -> str:
        """Say the bounds in words."""
        return f"{' and '.join(f'{self.WORDS[name]} {bound}' for name, bound in self.given().items())} characters long"


def _less(low: Value, high: Value, *, or_equal: bool) -> bool:
    match low, high:
        case (datetime(), datetime()) | (int() | float() | Decimal(), int() | float() | Decimal()):
            return low < high or (or_equal and low == high)  # type: ignore[operator]  # of one kind, as matched
    return as_text(low) < as_text(high) or (or_equal and low == high)
