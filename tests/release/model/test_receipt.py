"""The receipt and the schema that ships with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from release.errors import UsageError
from release.model import receipt as module
from release.model.receipt import Receipt, read_receipt

SCHEMA = Path(module.__file__).with_name("receipt.schema.json")
DIGEST = "a" * 64
PUBLICATION = {
    "target": "local",
    "location": "index/stable/simple/alpha/alpha-0.1.0-py3-none-any.whl",
    "name": "alpha-0.1.0-py3-none-any.whl",
    "state": "identical",
    "sha256": DIGEST,
}
DOCUMENT: dict[str, Any] = {
    "schema": "urn:wheelyard:receipt:v1",
    "package": "alpha",
    "version": "0.1.0",
    "tag": "alpha/v0.1.0",
    "commit": "b" * 40,
    "channel": "stable",
    "rehearsal": False,
    "artifacts": [{"name": "alpha-0.1.0-py3-none-any.whl", "kind": "wheel", "sha256": DIGEST, "size": 7}],
    "gates": [{"name": "audit", "verdict": "unavailable", "detail": "nobody answers", "seconds": 0.25}],
    "evidence": [{"name": "SHA256SUMS", "sha256": DIGEST}],
    "provenance": {
        "name": "alpha-0.1.0.intoto.jsonl",
        "statement": DIGEST,
        "builder": "https://example.com/#workstation",
        "keys": [DIGEST],
    },
    "publications": [PUBLICATION],
    "tool": "wheelyard 0.1.0",
    "started": "2026-01-02T03:04:05Z",
    "finished": "2026-01-02T03:04:06Z",
    "signature": {"keyid": DIGEST, "sig": "MEUCIQ=="},
}


def test_the_schema_that_ships_is_the_models_own() -> None:
    own = Receipt.model_json_schema(by_alias=True)
    assert json.loads(SCHEMA.read_text()) == own, f"write it again: {json.dumps(own, indent=2)}"


def test_what_is_written_is_valid_and_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    receipt = Receipt.model_validate(DOCUMENT)
    path.write_text(receipt.as_json())
    assert read_receipt(path) == receipt
    assert json.loads(receipt.as_json()) == DOCUMENT
    jsonschema_rs.validate(json.loads(SCHEMA.read_text()), json.loads(receipt.as_json()))


def test_there_is_no_receipt_where_there_is_no_file(tmp_path: Path) -> None:
    assert read_receipt(tmp_path / "receipt.json") is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "urn:other"}'])
def test_a_file_that_is_no_receipt_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="is not a receipt"):
        read_receipt(path)


@pytest.mark.parametrize(
    ("publications", "complete"),
    [([], False), (["identical"], True), (["identical", "absent"], False), (["conflicting"], False)],
)
def test_a_release_is_complete_when_every_publication_is(publications: list[str], complete: bool) -> None:  # noqa: FBT001
    made = [{**PUBLICATION, "state": state} for state in publications]
    assert Receipt.model_validate({**DOCUMENT, "publications": made}).is_complete is complete


@pytest.mark.parametrize(
    ("provenance", "signed"),
    [(DOCUMENT["provenance"], True), ({**DOCUMENT["provenance"], "keys": []}, False), (None, False)],
)
def test_a_release_that_no_key_vouches_for_is_unsigned(provenance: dict[str, object] | None, signed: bool) -> None:  # noqa: FBT001
    assert Receipt.model_validate({**DOCUMENT, "provenance": provenance}).is_signed is signed
