"""The two verifiers, asked the same: the tool's, and the one file that a cluster's nodes have."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release.adapters.ecdsa import Ecdsa, read_public_key
from release.model import proof
from release.model.trust import Builder, Trust, TrustedKey, keyid_of
from release.steps.prove import expected_of, prove

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

TODAY = date(2026, 11, 23)
ROOT = Path(__file__).parents[3]


def _load() -> ModuleType:
    """Import the nodes' verifier from its path, as it belongs to no package."""
    spec = importlib.util.spec_from_file_location("node_verifier", ROOT / "databricks" / "verify.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


NODE: Any = _load()


@dataclass(frozen=True)
class Question:
    """A file, whom its reader trusts, and what is asked of it."""

    file: str
    sha256: str
    trust: str
    """The text of a trust file."""
    asked: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def claims(self) -> dict[str, str]:
        """What is expected: by what is asked, else by the file's name and the trust."""
        named = {} if {"package", "version"} <= self.asked.keys() else _named(self.file)
        repository = json.loads(self.trust)["repository"]
        return {"repository": repository, **named, **self.asked}


@dataclass(frozen=True)
class Answer:
    """A reason, or what is proven."""

    reason: str | None
    commit: str = ""
    builder: str = ""
    keys: tuple[str, ...] = ()


def _named(file: str) -> dict[str, str]:
    package, version = expected_of(file)
    return {"package": package, "version": version}


@cache
def _tool_trust(text: str) -> Trust:
    document = json.loads(text)
    keys = tuple(
        TrustedKey(
            read_public_key(each["key"]),
            each.get("name", ""),
            frozenset(each.get("builders", [Builder.WORKSTATION.value])),
            date.fromisoformat(each["expires"]) if "expires" in each else None,
        )
        for each in document["keys"]
    )
    return Trust(keys, document.get("threshold", 1))


@cache
def _node_trust(text: str) -> Any:  # noqa: ANN401  # a module without a package has no types to import
    return NODE.read_trust(text.encode())


def ask_tool(bundle: bytes, question: Question, today: date = TODAY) -> Answer:
    """Ask the tool's verifier."""
    expected = proof.Expected(**question.claims)
    trust = _tool_trust(question.trust)
    try:
        proven = prove(bundle, question.file, question.sha256, trust, expected, Ecdsa(), today)
    except proof.Unproven as unproven:
        return Answer(unproven.reason)
    return Answer(
        None, proven.commit, proven.builder, tuple(each.name or keyid_of(each.key)[:12] for each in proven.keys)
    )


def ask_node(bundle: bytes, question: Question, today: date = TODAY) -> Answer:
    """Ask the nodes' verifier."""
    expected = NODE.Expected(question.file, question.sha256, **question.claims)
    try:
        proven = NODE.prove(bundle, expected, _node_trust(question.trust), today)
    except NODE.Unproven as unproven:
        return Answer(unproven.code)
    return Answer(None, proven.commit, proven.builder, tuple(proven.keys))
