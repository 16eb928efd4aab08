"""What a check found, for people, for programs, and for pipelines that must stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from table_contracts.errors import ContractViolation

if TYPE_CHECKING:
    from table_contracts.rule import Rule
    from table_contracts.sample import Sample
    from table_contracts.schema import Difference

Verdict: TypeAlias = Literal["passed", "violated", "not evaluated", "not applicable"]
"""`not evaluated` could not be told and does not pass; `not applicable` is of an optional column that is absent."""


@dataclass(frozen=True)
class Finding:
    """What was found of one rule.

    `violations` counts the rows that break it, out of the report's `rows`; it is none where rows were not counted.
    `samples` are some of them, as text, with the columns of the keys and the rule. `reason` says what no number says.
    """

    rule: Rule
    verdict: Verdict
    violations: int | None = None
    samples: tuple[Sample, ...] = ()
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether the rule stands in nobody's way."""
        return self.verdict in {"passed", "not applicable"}

    def as_json(self) -> dict[str, object]:
        """Give the finding as plain values, ready for `json.dumps`."""
        return {
            "rule": self.rule.kind,
            "columns": list(self.rule.columns),
            "asks": self.rule.asks,
            "verdict": self.verdict,
            "violations": self.violations,
            "samples": [dict(sample) for sample in self.samples],
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Report:
    """What was found of a table: the differences of its columns, a finding for every rule, and how many rows it has."""

    contract: str
    rows: int
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether the columns are as agreed and every rule was evaluated and holds."""
        return not self.differences and all(finding.passed for finding in self.findings)

    def raise_for_violations(self) -> None:
        """Raise `ContractViolation` with the readable report unless the table passed."""
        if not self.passed:
            raise ContractViolation(str(self))

    def as_json(self) -> dict[str, object]:
        """Give the report as plain values, ready for `json.dumps`."""
        return {
            "schema": 1,
            "contract": self.contract,
            "passed": self.passed,
            "rows": self.rows,
            "differences": [{"expected": one.expected, "found": list(one.found)} for one in self.differences],
            "findings": [finding.as_json() for finding in self.findings],
        }

    def __str__(self) -> str:
        """Say what stands in the way, the columns first; a table that passed takes one line."""
        failed = [finding for finding in self.findings if not finding.passed]
        verdict = "passed" if self.passed else "did not pass"
        rules = f"{len(self.findings) - len(failed)} of {len(self.findings)} rules hold"
        lines = [f"{self.contract}: {verdict}, {rules}, {self.rows:,} rows", *map(str, self.differences)]
        for finding in failed:
            lines.append(f"{finding.verdict}: {finding.rule} ({self._detail(finding)})")
            lines += [f"    {_shown(sample)}" for sample in finding.samples]
        return "\n".join(lines)

    def _detail(self, finding: Finding) -> str:
        counted = [] if finding.violations is None else [f"{finding.violations:,} of {self.rows:,} rows"]
        return "; ".join([*counted, *([finding.reason] if finding.reason else [])])


def _shown(sample: Sample) -> str:
    return ", ".join(f"{name}={'null' if text is None else text}" for name, text in sample.items())
