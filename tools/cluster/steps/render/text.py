"""Documents as bytes: the same document is the same bytes, everywhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

MADE: Final = "Made by `hatch run cluster render`; make it again instead of editing it."
_WIDEST: Final = 10_000
"""Columns: a path is never folded."""


def as_json(document: Mapping[str, object]) -> bytes:
    """Write JSON."""
    return f"{json.dumps(document, indent=2)}\n".encode()


def as_yaml(title: str, document: Mapping[str, object]) -> bytes:
    """Write YAML under two lines of comment."""
    text = yaml.dump(document, Dumper=_Plain, sort_keys=False, width=_WIDEST)
    return f"# {title}\n# {MADE}\n{text}".encode()


class _Plain(yaml.SafeDumper):
    """Without anchors: what stands twice is written twice."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # the library's signature
        """Say of everything that it is written out."""
        return True
