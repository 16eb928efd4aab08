"""Where uv and pip part: pip lets go of a version that it chose before it replaces what is installed.

uv takes numpy 2 for a new scikit-learn, and then a scipy that goes with it. pip takes numpy 2 as well, but comes to the
installed scipy, which scikit-learn would be content with, and goes back to a numpy that this scipy goes with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from release.errors import Unresolvable
from release.model.fates import find_broken, find_needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.model.compatibility import Answer
    from release.model.runtime import Runtime, Shipped

_BEHIND: Final = re.compile(r"(<|>=)([^\s,<>=+]+)\+")
"""uv's way to write `==1.0`, local versions with it: `>=1.0, <1.0+`."""


def keep_what_stays(runtime: Runtime, answer: Answer, ask: Callable[..., Answer]) -> Answer:
    """Give the answer in which everything stays that could stay; `ask` takes further constraints.

    A row stays if it is replaced only because it doesn't go with the version of something that it needs, and another
    version of that alone would do.
    """
    kept: list[str] = []
    for row in runtime.shipped:
        replaced = {name: version for name, version in answer.installed.items() if name in runtime.by_name}
        if row.name not in replaced or row.name not in find_broken(runtime, replaced, row.name):
            continue
        if not _would_do(runtime, row, answer):
            continue
        try:
            other = ask(*kept, str(row))
        except Unresolvable:
            continue
        if _differs_only_below(runtime, row, answer, other):
            kept.append(str(row))
            answer = other
    return answer


def _would_do(runtime: Runtime, row: Shipped, answer: Answer) -> bool:
    """Say whether whoever asks for a row's name would be content with the row."""
    chosen = {**{each.name: each.version for each in runtime.shipped}, **answer.installed}
    asking = {f"{name}=={version}" for name, version in chosen.items()} | {""}
    ranges = (versions for by, versions in answer.ranges.get(row.name, ()) if by in asking)
    return all(any(_takes(part, row.version) for part in versions.split("|")) for versions in ranges)


def _takes(versions: str, version: str) -> bool:
    plain = _BEHIND.sub(lambda found: f"{'<=' if found[1] == '<' else '>'}{found[2]}", versions.strip().lstrip("*"))
    try:
        return SpecifierSet(plain).contains(version, prereleases=True)
    except InvalidSpecifier:  # what nobody can read is no reason not to ask
        return True


def _differs_only_below(runtime: Runtime, row: Shipped, answer: Answer, other: Answer) -> bool:
    needs = {canonicalize_name(each.name) for each in find_needs(row.requires, runtime.environment)}
    before, after = answer.installed, other.installed
    changed = {name for name, version in after.items() if before.get(name) != version}
    return row.name not in after and changed <= needs
