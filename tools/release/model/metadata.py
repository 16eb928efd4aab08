"""Core metadata, as METADATA and PKG-INFO hold it: UTF-8 by its specification, whatever the names in it."""

from __future__ import annotations

from email.parser import Parser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message


def parse_metadata(content: bytes) -> Message:
    """Read the fields; the payload is the long description."""
    return Parser().parsestr(content.decode("utf-8", errors="replace"))
