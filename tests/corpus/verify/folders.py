"""The folders of the corpus: as they are made, and as they lie there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.corpus.verify.recipes import (
    bundles,
    claims,
    documents,
    encodings,
    envelopes,
    forms,
    grants,
    shapes,
    signatures,
    statements,
    thresholds,
)
from tests.corpus.verify.recipes.files import FILES
from tests.corpus.verify.verifiers import Question

if TYPE_CHECKING:
    from tests.corpus.verify.recipes.case import Case

FOLDER = Path(__file__).parent
BUNDLE, TRUST, EXPECTED = "bundle.intoto.jsonl", "trust.json", "expected.json"
RECIPES = (
    *(bundles, envelopes, documents, encodings, signatures, forms),
    *(thresholds, statements, shapes, claims, grants),
)
CASES: tuple[Case, ...] = tuple(case for recipe in RECIPES for case in recipe.CASES)


def make_files() -> dict[str, bytes]:
    """Give every file of the corpus by its path within it."""
    made = {f"files/{name}": content for name, content in FILES.items()}
    for case in CASES:
        made[f"{case.folder}/{BUNDLE}"] = case.bundle
        made[f"{case.folder}/{TRUST}"] = _as_text(case.trust)
        made[f"{case.folder}/{EXPECTED}"] = _as_text(case.expected)
        if case.own is not None:
            made[f"{case.folder}/{case.file}"] = case.own
    return made


def _as_text(document: object) -> bytes:
    return json.dumps(document, indent=2).encode() + b"\n"


def committed_files() -> dict[str, bytes]:
    """Give every file that lies there."""
    found = (path for path in FOLDER.glob("*/*") if path.parent.name not in {"recipes", "__pycache__"})
    return {str(path.relative_to(FOLDER)): path.read_bytes() for path in found if path.is_file()}


@dataclass(frozen=True)
class Committed:
    """A case as it lies there, read from its folder alone."""

    folder: Path

    @property
    def bundle(self) -> bytes:
        """What is to be judged."""
        return (self.folder / BUNDLE).read_bytes()

    @property
    def expected(self) -> dict[str, str | None]:
        """What the one right answer is, and what is asked."""
        return dict(json.loads((self.folder / EXPECTED).read_bytes()))

    @property
    def question(self) -> Question:
        """What a verifier is asked."""
        file = str(self.expected["file"])
        own, shared = self.folder / file, FOLDER / "files" / file
        content = (own if own.is_file() else shared).read_bytes()
        asked = {key: str(value) for key, value in self.expected.items() if key not in {"reason", "why", "file"}}
        trust = (self.folder / TRUST).read_text(encoding="utf-8")
        return Question(file, hashlib.sha256(content).hexdigest(), trust, asked)


COMMITTED = tuple(Committed(path.parent) for path in sorted(FOLDER.glob(f"*/{EXPECTED}")))
