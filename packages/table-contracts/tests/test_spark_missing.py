"""What is said where PySpark is not installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT_PYSPARK = """
import sys
sys.modules["pyspark"] = None
from table_contracts import Column, Contract, SparkMissing, check
try:
    check(object(), Contract("t", (Column("id", "bigint"),)))
except SparkMissing as error:
    print(error)
"""


@pytest.mark.smoke
def test_without_pyspark_contracts_can_be_made_and_a_check_says_what_is_missing() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_PYSPARK], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("PySpark is needed and cannot be imported: ")
    assert "hint: on Databricks it is there; elsewhere install pyspark 3.5 or newer beside this library" in done.stdout
