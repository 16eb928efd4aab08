"""What can go wrong.

TableContractError
├── ContractError       the contract itself is wrong: a key, a type, a contradiction, a pattern
├── SparkMissing        there is no PySpark here, or what was given is no Spark DataFrame
├── SplitRefused        the table cannot be split by this contract
└── ContractViolation   a report that did not pass was asked to say so
"""

from __future__ import annotations


class TableContractError(Exception):
    """The root of everything this library raises on purpose."""


class ContractError(TableContractError, ValueError):
    """The contract is wrong; the message names file, key, and what is allowed."""


class SparkMissing(TableContractError, TypeError):  # says what is the matter better than SparkMissingError
    """PySpark cannot be imported, or the table is not a Spark DataFrame."""


class SplitRefused(TableContractError, ValueError):  # a refusal, like the verdicts of a report
    """The table's columns differ from the contract, or the name for the reasons is taken."""


class ContractViolation(TableContractError):  # the word its readers use
    """The table breaks its contract; the message is the readable report."""
