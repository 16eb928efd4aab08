"""Addresses of services: whose they are, and what of them may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from release.errors import UsageError

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """An address, apart from the credentials that stood in it."""

    url: str
    username: str
    password: str


def read_address(setting: str, url: str) -> Address:
    """Read the address of a service, or say which setting holds none."""
    try:
        parts = urlsplit(url.strip())
        is_one = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of a port, or of a bracket; its message would repeat the address
        is_one = False
    if not is_one:
        raise UsageError(f"{setting} is no address", hint=f"set {setting} to https://<host>/<path>/")
    return Address(without_secrets(url.strip()), unquote(parts.username or ""), unquote(parts.password or ""))


def without_secrets(url: str) -> str:
    """Give an address without what stands before its host and behind its path."""
    scheme, place, path, _, _ = urlsplit(url)
    return urlunsplit((scheme, place.rpartition("@")[2], path, "", ""))


def origin(url: str) -> tuple[str, str, int]:
    """Give the scheme, the host and the port of an address: who is shown what is sent there."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
