"""A table's contract, in TOML or Python, checked on Spark DataFrames in one pass."""

from table_contracts.bounds import Length, Range
from table_contracts.column import Column
from table_contracts.contract import Contract
from table_contracts.errors import ContractError, ContractViolation, SparkMissing, SplitRefused, TableContractError
from table_contracts.inspection import check
from table_contracts.partition import Split, split
from table_contracts.report import Finding, Report
from table_contracts.rule import Rule
from table_contracts.schema import Difference

__all__ = [
    "Column",
    "Contract",
    "ContractError",
    "ContractViolation",
    "Difference",
    "Finding",
    "Length",
    "Range",
    "Report",
    "Rule",
    "SparkMissing",
    "Split",
    "SplitRefused",
    "TableContractError",
    "check",
    "split",
]
