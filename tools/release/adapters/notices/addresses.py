"""The addresses of webhooks, as settings give them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from release.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.adapters.notices.service import Notifier
    from release.settings import Settings


def find_notifiers(settings: Settings) -> tuple[Notifier, ...]:
    """Open the services that settings name; UsageError for an address that is none, without repeating it."""
    found, wrong = open_usable(settings)
    if wrong:
        raise wrong[0]
    return found


def open_usable(settings: Settings) -> tuple[tuple[Notifier, ...], tuple[UsageError, ...]]:
    """Open the services whose address is one, and say of each other what is wrong with it."""
    addresses = {name: address.strip() for name, address in settings.webhooks.items()}  # a file's last line has an end
    wrong = {name: _refuse(name, reason) for name, address in addresses.items() if (reason := _what_is_wrong(address))}
    return tuple(_OPENERS[name](addresses[name]) for name in addresses if name not in wrong), tuple(wrong.values())


def _open_slack(address: str) -> Notifier:
    from release.adapters.notices.slack import Slack  # noqa: PLC0415  # 0.1 s that only whoever is told pays

    return Slack(address)


def _open_teams(address: str) -> Notifier:
    from release.adapters.notices.teams import Teams  # noqa: PLC0415  # likewise

    return Teams(address)


_OPENERS: dict[str, Callable[[str], Notifier]] = {"SLACK_WEBHOOK_URL": _open_slack, "TEAMS_WEBHOOK_URL": _open_teams}


def _refuse(name: str, reason: str) -> UsageError:
    return UsageError(
        f"{name} is not the address of a webhook: {reason}", hint=f"copy it again from the service, or unset {name}"
    )


def _what_is_wrong(address: str) -> str:
    """Say why an address can't be one, in words that hold nothing of it."""
    if not address.isascii() or not address.isprintable() or " " in address:
        return "it holds a space, or a letter that no address holds"
    try:
        parts = urlsplit(address)
        is_somewhere = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return "its host or its port is none"
    if parts.scheme not in {"http", "https"}:
        return "it begins with neither https:// nor http://"
    if not is_somewhere:
        return "it names no host"
    return "" if parts.path.strip("/") else "it ends after the host"
