"""A contract's columns beside a table's: which is which, and what differs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from table_contracts.datatype import from_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from table_contracts.column import Column
    from table_contracts.contract import Contract


@dataclass(frozen=True)
class Difference:
    """One difference of the columns: the contract's line, absent for an extra column, and the table's lines."""

    expected: str | None
    found: tuple[str, ...]

    def __str__(self) -> str:
        """Say it as a diff does: `- order_id: bigint not null`, `+ order_id: string`."""
        return "\n".join([f"- {self.expected}"] * (self.expected is not None) + [f"+ {line}" for line in self.found])


@dataclass(frozen=True)
class Field:
    """A column of a table, its type spelled as contracts spell it."""

    name: str
    type: str
    nullable: bool = True

    def describe(self) -> str:
        """Say it as a line of a schema."""
        return f"{self.name}: {self.type}{'' if self.nullable else ' not null'}"


@dataclass(frozen=True)
class Match:
    """Where each column of the contract stands in the table, and why some stand nowhere."""

    positions: dict[str, int] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    differences: tuple[Difference, ...] = ()


def read_fields(schema: dict[str, list[dict[str, object]]]) -> list[Field]:
    """Read the fields out of a schema in JSON (`StructType.jsonValue()`)."""
    return [
        Field(str(one["name"]), from_schema(one["type"]), bool(one["nullable"]))  # type: ignore[arg-type]  # Spark writes it so
        for one in schema["fields"]
    ]


def match(contract: Contract, fields: Sequence[Field], *, case_sensitive: bool) -> Match:
    """Find every column of the contract in the table: by its exact name first, else by its name in another case.

    Nullability is no difference: `nullable = false` is judged by the rows, for Spark takes most columns to be nullable.
    """
    taken: dict[str, list[int]] = {
        column.name: [at for at, one in enumerate(fields) if one.name == column.name] for column in contract.columns
    }
    exact = {at for places in taken.values() for at in places}
    for column in contract.columns:
        if not taken[column.name] and not case_sensitive:
            fold = column.name.lower()
            taken[column.name] = [at for at, one in enumerate(fields) if one.name.lower() == fold and at not in exact]
    made = Match()
    differences: list[Difference] = []
    absent: set[str] = set()
    for column in contract.columns:
        found = [fields[at] for at in taken[column.name]]
        if not found and not column.required:
            absent.add(column.name)
        elif len(found) == 1 and _same(column.type, found[0].type, case_sensitive=case_sensitive):
            made.positions[column.name] = taken[column.name][0]
        else:
            made.unusable[column.name] = _why(column, found)
            differences.append(Difference(column.describe(), tuple(one.describe() for one in found)))
    known = {at for places in taken.values() for at in places}
    if not contract.extra_columns:
        differences += [Difference(None, (one.describe(),)) for at, one in enumerate(fields) if at not in known]
    return Match(made.positions, made.unusable, frozenset(absent), tuple(differences))


def _same(expected: str, found: str, *, case_sensitive: bool) -> bool:
    return expected == found if case_sensitive else expected.lower() == found.lower()


def _why(column: Column, found: list[Field]) -> str:
    if not found:
        return f"the table has no column {column.name}"
    if len(found) > 1:
        return f"the table has {len(found)} columns that may be {column.name}: {', '.join(one.name for one in found)}"
    return f"{column.name} is {found[0].type} and not {column.type}"
