from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from table_contracts.literal import Value, as_text, fitted


@pytest.mark.parametrize(
    ("value", "spelled", "text"),
    [
        (-(2**63), "bigint", "-9223372036854775808"),
        (Decimal("1E+2"), "decimal(5,2)", "100"),
        (0.1, "double", "0.1"),
        (1e-7, "double", "1e-07"),
        ("true", "string", "true"),
        (True, "boolean", "true"),
        (date(926, 1, 2), "date", "0926-01-02"),
        (datetime(2026, 1, 2, tzinfo=timezone.utc), "timestamp", "2026-01-02 00:00:00+00:00"),
        (datetime(2026, 1, 2, 3, 4, 5, 6), "timestamp_ntz", "2026-01-02 03:04:05.000006"),  # noqa: DTZ001  # has none
    ],
)
def test_a_value_is_written_as_spark_reads_it(value: Value, spelled: str, text: str) -> None:
    assert as_text(fitted(value, spelled)) == text
