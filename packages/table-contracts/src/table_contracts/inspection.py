"""A table held against its contract."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from table_contracts.aggregation import Newest, tally
from table_contracts.duplicate import count_shared
from table_contracts.errors import TableContractError
from table_contracts.predicate import broken, check_patterns
from table_contracts.report import Finding, Report
from table_contracts.rule import fresh_rules, key_rules, row_rules
from table_contracts.sample import Sampler, check_samples
from table_contracts.schema import match
from table_contracts.spark import by_position, fields_of, functions_for, is_case_sensitive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from types import ModuleType

    from pyspark.sql import DataFrame

    from table_contracts.aggregation import Tally
    from table_contracts.contract import Contract
    from table_contracts.literal import Value
    from table_contracts.rule import Rule
    from table_contracts.schema import Match


def check(df: DataFrame, contract: Contract, *, now: datetime | None = None, samples: int = 3) -> Report:
    """Hold a table against its contract, reading it once, and once more for each key.

    `now`, with a time zone, is what freshness is measured by, the clock if not given; a value after it does not make a
    table fresh. `samples` is the most rows shown for a rule, 0 to 20. Raises `ContractError` where Spark refuses a
    pattern, `SparkMissing` where `df` is no Spark DataFrame, `TableContractError` where an argument makes no sense.
    """
    moment = datetime.now(timezone.utc) if now is None else now
    if moment.tzinfo is None:
        raise TableContractError(f"now is {moment}, without a time zone; give it one")
    check_samples(samples)
    return _Inspection(df, contract, samples, moment.astimezone(timezone.utc)).report()


class _Inspection:
    def __init__(self, df: DataFrame, contract: Contract, samples: int, now: datetime) -> None:
        self._sql: ModuleType = functions_for(df)
        self._contract = contract
        self._samples = samples
        self._now = now
        fields = fields_of(df)
        self._match: Match = match(contract, fields, case_sensitive=is_case_sensitive(df))
        self._types = {column.name: column.type for column in contract.columns}
        self._frame = by_position(df, fields)

    def report(self) -> Report:
        at = self._match.positions
        judged = [(rule, column) for rule, column in row_rules(self._contract) if column.name in at]
        fresh = [(rule, column) for rule, column in fresh_rules(self._contract) if column.name in at]
        check_patterns(self._sql, self._frame, [column for _, column in judged])
        sampler = self._sampler({*self._key_columns(), *(column.name for _, column in judged)} if judged else set())
        found = tally(
            self._sql,
            self._frame,
            [broken(self._sql, rule, column, at[column.name]) for rule, column in judged],
            sampler,
            [self._newest(at[column.name], column.type, column.fresh_within) for _, column in fresh],
        )
        findings = {
            **dict(self._row_findings([rule for rule, _ in judged], found, sampler)),
            **dict(self._fresh_findings([rule for rule, _ in fresh], found)),
            **dict(self._key_findings()),
        }
        rules = [rule for rule, _ in row_rules(self._contract)]
        rules += [*key_rules(self._contract), *(rule for rule, _ in fresh_rules(self._contract))]
        every = tuple(findings.get(rule) or self._unjudged(rule) for rule in rules)
        return Report(self._contract.name, found.rows, self._match.differences, every)

    def _row_findings(self, rules: list[Rule], found: Tally, sampler: Sampler) -> Iterator[tuple[Rule, Finding]]:
        for number, rule in enumerate(rules):
            count = found.broken.get(number, 0)
            shown = dict.fromkeys([*self._key_columns(), *rule.columns])
            samples = sampler.read(found.sampled.get(number, ()), self._places(shown))
            yield rule, Finding(rule, "violated" if count else "passed", count, samples)

    def _fresh_findings(self, rules: list[Rule], found: Tally) -> Iterator[tuple[Rule, Finding]]:
        for rule, (text, fresh) in zip(rules, found.newest, strict=True):
            if fresh is None:
                yield (
                    rule,
                    Finding(
                        rule, "not evaluated", reason=f"no row has a value that is not after {self._now.isoformat()}"
                    ),
                )
            else:
                reason = f"the newest is {text}, and now is {self._now.isoformat()}"
                yield rule, Finding(rule, "passed" if fresh else "violated", reason=reason)

    def _key_findings(self) -> Iterator[tuple[Rule, Finding]]:
        for rule in key_rules(self._contract):
            if all(name in self._match.positions for name in rule.columns):
                sampler = self._sampler(set(rule.columns))
                found = count_shared(self._sql, self._frame, list(sampler.types), sampler)
                samples = sampler.read(found.sampled, self._places(dict.fromkeys(rule.columns)))
                reason = f"keys shared: {found.keys:,}" if found.keys else ""
                yield rule, Finding(rule, "violated" if found.keys else "passed", found.rows, samples, reason)

    def _unjudged(self, rule: Rule) -> Finding:
        reasons = [self._match.unusable[name] for name in rule.columns if name in self._match.unusable]
        if reasons:
            return Finding(rule, "not evaluated", reason="; ".join(reasons))
        return Finding(rule, "not applicable", reason=f"the table has no column {rule.columns[0]}, which is optional")

    def _newest(self, position: int, spelled: str, within: timedelta | None) -> Newest:
        oldest = self._now - (within or 0 * self._now.resolution)
        return Newest(position, spelled, _as_type(oldest, spelled), _as_type(self._now, spelled))

    def _key_columns(self) -> dict[str, None]:
        return {name: None for key in self._contract.keys for name in key if name in self._match.positions}

    def _places(self, names: dict[str, None]) -> dict[int, str]:
        return {self._match.positions[name]: name for name in names}

    def _sampler(self, names: set[str]) -> Sampler:
        types = {position: self._types[name] for name, position in self._match.positions.items() if name in names}
        return Sampler(self._sql, types, self._samples)


def _as_type(moment: datetime, spelled: str) -> Value:
    return {"date": moment.date(), "timestamp_ntz": moment.replace(tzinfo=None)}.get(spelled, moment)
