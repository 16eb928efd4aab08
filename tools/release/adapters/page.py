"""Pages of the simple repository API (PEP 503), as files."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.offer import Offer

_HEAD = """<!DOCTYPE html>
<html><head><meta name="pypi:repository-version" content="1.0"><title>{title}</title></head><body>
"""
_FOOT = "</body></html>\n"


def render_project(name: str, offers: Iterable[Offer]) -> bytes:
    """Give a project's page, oldest version first."""
    ordered = sorted(offers, key=lambda offer: (offer.version, offer.name))
    return f"{_HEAD.format(title=escape(name))}{''.join(map(_anchor, ordered))}{_FOOT}".encode()


def render_root(names: Iterable[str]) -> bytes:
    """Give the page that lists every project."""
    anchors = (f'<a href="{quote(name)}/">{escape(name)}</a><br>\n' for name in sorted(names))
    return f"{_HEAD.format(title='Simple index')}{''.join(anchors)}{_FOOT}".encode()


def _anchor(offer: Offer) -> str:
    python = f' data-requires-python="{escape(offer.requires_python)}"' if offer.requires_python else ""
    return f'<a href="{escape(offer.url)}#sha256={offer.sha256}"{python}>{escape(offer.name)}</a><br>\n'
