"""Many clusters at once: what they share is asked once, and one that fails does not stop the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from release.errors import ReleaseError
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from cluster.model.platform import Platform

Made = TypeVar("Made")
Key = TypeVar("Key")
Item = TypeVar("Item")
Known = TypeVar("Known")
Each: TypeAlias = "Mapping[str, Made | ReleaseError]"
"""What became of each cluster, by its name."""


def for_each(step: Callable[..., Made], *given: Each[Any], jobs: int = 1) -> dict[str, Made | ReleaseError]:
    """Do one thing for each cluster, with what was made for it before; where that is a failure, it stays one."""

    def attempt(name: str) -> Made | ReleaseError:
        before = [each[name] for each in given]
        failed = next((each for each in before if isinstance(each, ReleaseError)), None)
        if failed:
            return failed
        try:
            return step(*before)
        except ReleaseError as error:
            return error

    names = list(given[0])
    return dict(zip(names, side_by_side(attempt, names, jobs), strict=True))


def ask_together(
    ask: Callable[[Collection[Item], Platform], Mapping[Key, Known]],
    wanted: Each[tuple[Platform, Iterable[Item]]],
) -> dict[str, Mapping[Key, Known] | ReleaseError]:
    """Ask for what all clusters of one platform want in one question; where that fails, for each cluster alone."""
    found: dict[str, Mapping[Key, Known] | ReleaseError] = {}
    groups: dict[Platform, dict[str, list[Item]]] = {}
    for name, said in wanted.items():
        if isinstance(said, ReleaseError):
            found[name] = said
        else:
            groups.setdefault(said[0], {})[name] = list(said[1])
    for platform, group in groups.items():
        everything = list(dict.fromkeys(item for items in group.values() for item in items))
        try:
            known = ask(everything, platform) if everything else {}
            found |= dict.fromkeys(group, known)
        except ReleaseError as error:
            found |= _ask_alone(ask, group, platform) if len(group) > 1 else dict.fromkeys(group, error)
    return found


def _ask_alone(
    ask: Callable[[Collection[Item], Platform], Mapping[Key, Known]],
    group: Mapping[str, list[Item]],
    platform: Platform,
) -> dict[str, Mapping[Key, Known] | ReleaseError]:
    return for_each(lambda items: ask(items, platform), group)
