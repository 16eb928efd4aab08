"""Lengths of time as a contract writes them: `30m`, `24h`, `7d`."""

from __future__ import annotations

import re
from datetime import timedelta

from table_contracts.errors import ContractError

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}
_WRITTEN = re.compile(r"([1-9][0-9]{0,9})([dhms])")
_LONGEST = timedelta(days=36_500)


def check_duration(duration: object) -> None:
    """Refuse what is no time a table can be fresh for: whole seconds, more than none, at most 36500 days."""
    if not isinstance(duration, timedelta) or duration % _UNITS["s"] or not timedelta(0) < duration <= _LONGEST:
        raise ContractError(f"{duration!r} is no time of whole seconds between 1 second and {_LONGEST.days} days")


def parse_duration(written: object, where: str) -> timedelta:
    """Read `30m`, `24h` or `7d`; raises `ContractError` for anything else."""
    match = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ContractError(f"{where}: {written!r} is no length of time; write a whole number and d, h, m or s: '24h'")
    number, unit = int(match[1]), _UNITS[match[2]]
    if number > _LONGEST // unit:
        raise ContractError(f"{where}: {written!r} is longer than {_LONGEST.days} days")
    return number * unit


def write_duration(duration: timedelta) -> str:
    """Write a length of time in the largest unit that holds it exactly."""
    unit = next(name for name, length in _UNITS.items() if not duration % length)
    return f"{duration // _UNITS[unit]}{unit}"
