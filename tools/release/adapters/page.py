"""Pages of the simple repository API (PEP 503), as files."""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release.model.offer import Offer

_HEAD = """<!DOCTYPE html>
<html><head><meta name="pypi:repository-version" content="1.0"><title>{title}</title></head><body>
"""
_FOOT = "</body></html>\n"
_NONE: Mapping[str, str] = MappingProxyType({})


def render_project(name: str, offers: Iterable[Offer], yanked: Mapping[str, str] = _NONE) -> bytes:
    """Give a project's page, oldest version first; `yanked` gives reasons by file name (PEP 592)."""
    ordered = sorted(offers, key=lambda offer: (offer.version, offer.name))
    anchors = (_anchor(offer, yanked.get(offer.name)) for offer in ordered)
    return f"{_HEAD.format(title=escape(name))}{''.join(anchors)}{_FOOT}".encode()


def render_root(names: Iterable[str]) -> bytes:
    """Give the page that lists every project."""
    anchors = (f'<a href="{quote(name)}/">{escape(name)}</a><br>\n' for name in sorted(names))
    return f"{_HEAD.format(title='Simple index')}{''.join(anchors)}{_FOOT}".encode()


def _anchor(offer: Offer, reason: str | None) -> str:
    python = f' data-requires-python="{escape(offer.requires_python)}"' if offer.requires_python else ""
    yanked = f' data-yanked="{escape(reason)}"' if reason is not None else ""
    return f'<a href="{escape(offer.url)}#sha256={offer.sha256}"{python}{yanked}>{escape(offer.name)}</a><br>\n'
