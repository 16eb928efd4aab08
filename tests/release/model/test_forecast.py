"""What `plan --json` prints, and the schema that ships with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from release.model import forecast as module
from release.model.forecast import Forecast

SCHEMA = json.loads(Path(module.__file__).with_name("forecast.schema.json").read_text())
DOCUMENT: dict[str, Any] = {
    "schema": "urn:wheelyard:plan:v1",
    "ledger": [
        {
            "wave": 1,
            "tag": "alpha/v0.1.0",
            "target": "s3",
            "location": "s3://bucket/stable/alpha/0.1.0/alpha-0.1.0.tar.gz",
            "name": "alpha-0.1.0.tar.gz",
            "state": "unknown",
            "sha256": "",
            "detail": "nobody answers",
        }
    ],
    "runs": [{"wave": 1, "tag": "alpha/v0.1.0", "does": "stop", "why": "nobody answers", "exit_code": 15}],
    "refused": [{"tag": "alpha/v01.0", "reason": "not canonical", "hint": "write alpha/v1.0"}],
    "exit_code": 15,
}


def test_the_schema_that_ships_is_the_models_own() -> None:
    own = Forecast.model_json_schema(by_alias=True)
    assert own == SCHEMA, f"write it again: {json.dumps(own, indent=2)}"


def test_a_forecast_reads_back_the_same_and_is_valid() -> None:
    read = Forecast.model_validate(DOCUMENT)
    assert read.model_dump(mode="json", by_alias=True) == DOCUMENT
    jsonschema_rs.validate(SCHEMA, DOCUMENT)


@pytest.mark.parametrize(("key", "value"), [("does", "perhaps"), ("wave", 0), ("more", 1)])
def test_what_is_no_forecast_is_not_valid(key: str, value: object) -> None:
    broken = {**DOCUMENT, "runs": [{**DOCUMENT["runs"][0], key: value}]}
    assert not jsonschema_rs.is_valid(SCHEMA, broken)
