"""The files of rules are read strictly, and the schema that ships is theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from release.errors import UsageError
from release.model import rulebook as module
from release.model.rulebook import Rulebook, read_rulebook
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = json.loads(Path(module.__file__).with_name("rulebook.schema.json").read_text())
FILES = {path.name: path.read_bytes() for path in (ROOT / ".github" / "rulesets").glob("*.json")}
DOCUMENTS = {name: json.loads(content) for name, content in FILES.items()}
SINGLE = {"actions.json", "environments.json", "repository.json"}


def changed(file: str, change: Callable[[Any], object]) -> dict[str, bytes]:
    """Give all files, one of them changed."""
    document = json.loads(FILES[file])
    change(document)
    return {**FILES, file: json.dumps(document).encode()}


def test_the_schema_that_ships_is_the_models_own() -> None:
    own = Rulebook.model_json_schema()
    assert own == SCHEMA, f"write it again: {json.dumps(own, indent=2)}"


def test_our_files_are_valid_and_say_the_same_after_they_were_read() -> None:
    book = read_rulebook(FILES)
    whole = {
        "rulesets": {name: each for name, each in DOCUMENTS.items() if name not in SINGLE},
        **{name.removesuffix(".json"): DOCUMENTS[name] for name in SINGLE},
    }
    jsonschema_rs.validate(SCHEMA, whole)
    assert book.model_dump(mode="json", exclude_unset=True) == whole


def paths_in(node: object, *path: str) -> list[tuple[str, ...]]:
    """Give the place of every document within a document."""
    if isinstance(node, list):
        return [found for index, each in enumerate(node) for found in paths_in(each, *path, str(index))]
    if not isinstance(node, dict):
        return []
    return [path, *(found for key, each in node.items() for found in paths_in(each, *path, key))]


PLACES = [
    (name, path)
    for name, document in sorted(DOCUMENTS.items())
    for path in paths_in(document)
    if (name, path) != ("environments.json", ())
]


@pytest.mark.parametrize(("file", "path"), PLACES)
def test_a_key_that_is_not_known_is_an_error_wherever_it_stands(file: str, path: tuple[str, ...]) -> None:
    def add(document: Any) -> None:  # noqa: ANN401  # JSON
        for key in path:
            document = document[int(key) if isinstance(document, list) else key]
        document["more"] = True

    with pytest.raises(UsageError, match="more") as refused:
        read_rulebook(changed(file, add))
    assert f".github/rulesets/{file}: " in refused.value.message


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("main.json", lambda file: file.pop("enforcement"), "main.json: enforcement: Field required"),
        ("main.json", lambda file: file.update(rules=[]), "main.json: rules"),
        ("main.json", lambda file: file["rules"].append({"type": "unheard_of"}), "unheard_of"),
        ("main.json", lambda file: file.update(enforcement="on"), "main.json: enforcement"),
        ("actions.json", lambda file: file["permissions"].update(enabled="true"), "permissions.enabled"),
        ("actions.json", lambda file: file["artifact_and_log_retention"].update(days=0), "days"),
        ("environments.json", lambda file: file["sign"].update(wait_timer=50_000), "sign.wait_timer"),
        ("repository.json", lambda file: file["switches"].update(wikis=True), "switches.wikis"),
        ("signed-commits.json", lambda file: file.update(name="main"), "the name main is the one of main.json too"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(file: str, change: Callable[[Any], object], said: str) -> None:
    with pytest.raises(UsageError, match="rulesets") as refused:
        read_rulebook(changed(file, change))
    assert said in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": 1, "name": 2}', b"\xff"])
def test_what_is_not_json_with_one_meaning_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"main\.json is not JSON with one meaning"):
        read_rulebook({**FILES, "main.json": content})


@pytest.mark.parametrize("gone", [{name} for name in sorted(SINGLE)] + [FILES.keys() - SINGLE, set(FILES)])
def test_a_file_that_is_not_there_is_named(gone: set[str]) -> None:
    with pytest.raises(UsageError, match=r"there is no \.github/rulesets/") as refused:
        read_rulebook({name: content for name, content in FILES.items() if name not in gone})
    assert all(name in refused.value.message for name in gone & SINGLE)
    assert "main.json" in refused.value.message or gone & SINGLE
