"""What a contract says of one column."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from table_contracts.ddl import canonical
from table_contracts.duration import check_duration
from table_contracts.errors import ContractError
from table_contracts.literal import FLOATING, TIMES, as_text, fitted
from table_contracts.pattern import check_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from table_contracts.bounds import Length, Range
    from table_contracts.literal import Value


@dataclass(frozen=True)
class Column:
    """One column: its type as DDL, whether it may be null or absent, and the rules of its values.

    A null breaks `nullable=False` and no other rule. `pattern` is a regular expression of Java that matches the whole
    value. `fresh_within` asks that the column's newest value not after now is at most that old. Raises `ContractError`
    where a rule does not fit the type or rules contradict each other.
    """

    name: str
    type: str
    _: KW_ONLY
    nullable: bool = True
    required: bool = True
    range: Range | None = None
    length: Length | None = None
    allowed: tuple[Value, ...] | None = None
    pattern: str | None = None
    fresh_within: timedelta | None = None

    def __post_init__(self) -> None:
        """Bring type and values into their one form and refuse contradictions."""
        if not _is_text(self.name):
            raise ContractError(f"columns: {self.name!r} is no column name")
        with self._naming("type"):
            if not _is_text(self.type):
                raise ContractError(f"{self.type!r} is no type; write it as DDL, such as 'bigint'")
            object.__setattr__(self, "type", canonical(self.type))
        for flag in ("nullable", "required"):
            if not isinstance(getattr(self, flag), bool):
                raise ContractError(f"columns.{self.name}.{flag}: {getattr(self, flag)!r} is neither true nor false")
        with self._naming("range"):
            if self.range is not None:
                object.__setattr__(self, "range", self.range.fitted(self.type))
        with self._naming("length"):
            self._expect_string(self.length)
            if self.length is not None:
                self.length.refuse_contradictions()
        with self._naming("pattern"):
            self._expect_string(self.pattern)
            if self.pattern is not None:
                check_form(self.pattern)
        with self._naming("allowed"):
            if self.allowed is not None:
                object.__setattr__(self, "allowed", self._fitted_allowed(self.allowed))
        with self._naming("fresh_within"):
            self._check_freshness()

    def describe(self) -> str:
        """Say name, type and nullability as a schema's line: `order_id: bigint not null`."""
        return f"{self.name}: {self.type}{'' if self.nullable else ' not null'}"

    def _fitted_allowed(self, given: tuple[Value, ...]) -> tuple[Value, ...]:
        if self.type in FLOATING:
            raise ContractError(f"values of type {self.type} are hardly ever exactly equal; use range")
        values = tuple(fitted(value, self.type) for value in given)
        if not values:
            raise ContractError("no value is allowed; leave it out, or name some")
        if len(set(values)) < len(values):
            raise ContractError("a value is named twice")
        for value in values:
            if self.range is not None and not self.range.holds(value):
                raise ContractError(f"{as_text(value)} contradicts the range, {self.range}")
            if self.length is not None and not self.length.holds(str(value)):
                raise ContractError(f"{value!r} contradicts the length, {self.length}")
        return values

    def _expect_string(self, rule: object) -> None:
        if rule is not None and self.type != "string":
            raise ContractError(f"only strings have it, and the column is {self.type}")

    def _check_freshness(self) -> None:
        if self.fresh_within is None:
            return
        check_duration(self.fresh_within)
        if self.type not in TIMES:
            raise ContractError(f"only {', '.join(sorted(TIMES))} can be fresh, and the column is {self.type}")

    @contextmanager
    def _naming(self, key: str) -> Iterator[None]:
        try:
            yield
        except ContractError as error:
            raise ContractError(f"columns.{self.name}.{key}: {error}") from error


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
