"""What is made once in a run, by however many threads ask for it; a failure is not kept."""

from __future__ import annotations

from functools import cached_property
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Key = TypeVar("Key")
Made = TypeVar("Made")


class Once(Generic[Key, Made]):
    """Answers that are asked for once each."""

    def __init__(self, ask: Callable[[Key], Made]) -> None:
        self._ask = ask
        self._locks: dict[Key, Lock] = {}
        self._known: dict[Key, Made] = {}

    def get(self, key: Key) -> Made:
        """Give the answer."""
        with self._locks.setdefault(key, Lock()):
            if key not in self._known:
                self._known[key] = self._ask(key)
            return self._known[key]


class made_once(cached_property[Made]):  # noqa: N801  # it is written as a decorator
    """A cached property that one thread makes while others wait for it."""

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Made:  # type: ignore[override]  # it is asked of instances alone
        """Make it; what is kept is found without this."""
        with vars(instance).setdefault(f"making {self.attrname}", RLock()):
            return super().__get__(instance, owner)
