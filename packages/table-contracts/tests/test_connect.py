"""The same over Spark Connect, as serverless and shared clusters speak it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

pytestmark = pytest.mark.spark


def test_a_table_of_spark_connect_is_checked_and_split() -> None:
    if version("pyspark").startswith("3."):
        pytest.skip("PySpark 3.5 brings no server of Spark Connect, only the client")
    script = Path(__file__).with_name("connect_session.py")
    local = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=300, env=local)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["kind"].startswith("pyspark.sql.connect.")
    counts = {f"{one['rule']} {one['columns'][0]}": one["violations"] for one in found["report"]["findings"]}
    assert counts == {
        "nullable order id": 0,
        "allowed sku": 1,
        "pattern sku": 0,
        "range price": 1,
        "nullable at": 1,
        "key order id": 2,
        "fresh at": None,
    }
    assert found["report"]["findings"][-1]["verdict"] == "passed"
    assert found["good"] == [2]
    assert found["bad"] == [
        ["order id: unique"],
        ["sku: one of S-1, S-2", "price: at least 0.0", "at: not null", "order id: unique"],
    ]
    assert found["refused"].startswith("columns.sku.pattern: 'a{2,1}' is no pattern to Spark")
