"""Where uv and pip part: pip lets go of a version that it chose before it replaces what is installed.

uv takes numpy 2 for a new scikit-learn, and then a scipy that goes with it. pip takes numpy 2 as well, but comes to the
installed scipy, which scikit-learn would be content with, and goes back to a numpy that this scipy goes with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release.errors import Unresolvable
from release.model.fates import find_broken, find_needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.model.compatibility import Answer
    from release.model.runtime import Runtime, Shipped


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
        try:
            other = ask(*kept, str(row))
        except Unresolvable:
            continue
        if _differs_only_below(runtime, row, answer, other):
            kept.append(str(row))
            answer = other
    return answer


def _differs_only_below(runtime: Runtime, row: Shipped, answer: Answer, other: Answer) -> bool:
    needs = {canonicalize_name(each.name) for each in find_needs(row.requires, runtime.environment)}
    before, after = answer.installed, other.installed
    changed = {name for name, version in after.items() if before.get(name) != version}
    return row.name not in after and changed <= needs
