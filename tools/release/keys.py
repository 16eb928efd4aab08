"""Keys: whose signature counts, and who signs here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from release.adapters.ecdsa import read_public_key
from release.adapters.kms import KmsSigner
from release.adapters.local_key import LocalKey, read_public
from release.errors import UsageError
from release.model.tag import shown
from release.model.trust import Builder, Trust, TrustedKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.policy import RootPolicy
    from release.ports import Reporter, Signer
    from release.settings import Settings


def open_signer(settings: Settings, to: Iterable[str], keys: Path | None, reporter: Reporter) -> Signer | None:
    """Give whoever signs: the key that is named, or this machine's for what stays on it; nobody elsewhere."""
    if keys:
        return LocalKey(keys, lambda _said: None)
    if settings.kms_key_id:
        return KmsSigner(settings.kms_key_id, settings.aws_region)
    return LocalKey(settings.config_folder, reporter.say) if set(to) <= {"local"} else None


def trusted_keys(policy: RootPolicy) -> Trust:
    """Give the keys that settings trust."""
    keys = tuple(
        TrustedKey(
            read_public_key(each.key),
            each.name,
            frozenset(builder.value for builder in Builder if builder.short in each.builders),
            each.expires,
        )
        for each in policy.trusted_keys
    )
    return _require_enough(Trust(keys, policy.threshold)) if keys else Trust(())


def find_trust(policy: RootPolicy, settings: Settings) -> Trust:
    """Give the keys that settings trust; this machine's own, where they name none and there is one."""
    trust = trusted_keys(policy)
    if trust.keys or not settings.has_config_folder:
        return trust
    own = read_public(settings.config_folder)
    return Trust((TrustedKey(read_public_key(own), "the key of this machine"),)) if own else trust


def pin_keys(named: Iterable[str], threshold: int, builder: str) -> Trust:
    """Trust keys that were named on the command line, for one builder: a file, or the key itself."""
    texts = {each: _read_key(each) for each in named}
    keys = (TrustedKey(read_public_key(text), Path(name).name, frozenset({builder})) for name, text in texts.items())
    return _require_enough(Trust(tuple(keys), threshold))


def _read_key(named: str) -> str:
    """Give the text of a key that stands in a file, or in the word itself."""
    path = Path(named)
    try:
        return path.read_text(errors="replace") if path.is_file() else named
    except OSError as error:
        raise UsageError(
            f"--key {shown(named[:40])} can't be read: {error.strerror}", hint="name a PEM's path, or give its base64"
        ) from None


def _require_enough(trust: Trust) -> Trust:
    unique = len({each.key for each in trust.keys})
    if trust.threshold > unique:
        raise UsageError(
            f"{trust.threshold} keys have to have signed, and {unique} are trusted",
            hint="trust more keys, or ask for fewer: --key and --threshold, or both in [tool.release]",
        )
    return trust
