"""A table split into the rows that keep a contract and those that break it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from table_contracts.duplicate import is_complete, shared_keys
from table_contracts.errors import SplitRefused
from table_contracts.predicate import broken, check_patterns
from table_contracts.rule import key_rules, row_rules
from table_contracts.schema import match
from table_contracts.spark import by_position, fields_of, functions_for, is_case_sensitive, position_name

if TYPE_CHECKING:
    from types import ModuleType

    from pyspark.sql import Column, DataFrame

    from table_contracts.contract import Contract
    from table_contracts.rule import Rule
    from table_contracts.schema import Field, Match


@dataclass(frozen=True)
class Split:
    """The rows that break no rule, and those that do, which have one more column: the rules each breaks, in words."""

    good: DataFrame
    bad: DataFrame


def split(df: DataFrame, contract: Contract, *, reasons: str = "reasons") -> Split:
    """Split a table by the rules its rows keep or break; every row is in one of the two, once.

    All rows that share a key are bad. Freshness is the table's and no row's, and has no part in it. Both halves are
    queries over `df`, not yet run: where it may answer differently each time, store it first. Raises `SplitRefused`
    where the columns differ from the contract or `reasons` is one of them; `ContractError` and `SparkMissing` as
    `check` does.
    """
    sql = functions_for(df)
    fields = fields_of(df)
    matched = match(contract, fields, case_sensitive=is_case_sensitive(df))
    _refuse(contract, fields, matched, reasons)
    rules = [(rule, column) for rule, column in row_rules(contract) if column.name in matched.positions]
    check_patterns(sql, df, [column for _, column in rules])
    broken_by = [(rule, broken(sql, rule, column, matched.positions[column.name])) for rule, column in rules]
    judged = by_position(df, fields)
    for number, rule in enumerate(key_rules(contract)):
        judged = _mark_shared(sql, judged, [matched.positions[name] for name in rule.columns], f"shared{number}")
        broken_by.append((rule, sql.col(f"shared{number}").isNotNull()))
    judged = judged.select(*map(position_name, range(len(fields))), _reasons(sql, broken_by).alias("reasons"))
    names = [one.name for one in fields]
    return Split(
        good=judged.where("size(reasons) = 0").drop("reasons").toDF(*names),
        bad=judged.where("size(reasons) > 0").toDF(*names, reasons),
    )


def _refuse(contract: Contract, fields: list[Field], matched: Match, reasons: str) -> None:
    if matched.differences:
        listed = "\n".join(map(str, matched.differences))
        raise SplitRefused(f"{contract.name}: no row can be judged, for the columns are not those agreed\n{listed}")
    if reasons.lower() in {one.name.lower() for one in fields}:
        raise SplitRefused(f"the table has a column {reasons}; name another for the reasons: split(…, reasons='…')")


def _mark_shared(sql: ModuleType, frame: DataFrame, positions: list[int], mark: str) -> DataFrame:
    # A join with the keys that are shared, few as a rule, moves less than a window over every row would.
    key = sql.struct(*(position_name(at) for at in positions))
    shared = shared_keys(sql, frame, positions).select(key.alias(f"{mark}key"), sql.lit(1).alias(mark))
    # A struct of nulls equals another; a key with a null in it must be null to equal none.
    return frame.withColumn(f"{mark}key", sql.when(is_complete(sql, positions), key)).join(shared, f"{mark}key", "left")


def _reasons(sql: ModuleType, broken_by: list[tuple[Rule, Column]]) -> Column:
    found = [sql.when(breaks, sql.lit(str(rule))) for rule, breaks in broken_by]
    made: Column = sql.array_compact(sql.array(*found).cast("array<string>"))
    return made
