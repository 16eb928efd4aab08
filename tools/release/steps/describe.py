"""Describe a closure: of each pin its digests, what it needs in turn, and what it says of licence and author."""

from __future__ import annotations

import re
from collections import deque
from email import message_from_string
from functools import cache
from importlib.metadata import Distribution, distributions
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote, urlsplit

import tomli
from packaging.requirements import Requirement
from packaging.tags import Tag, sys_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

from release.model.closure import Component, Pin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from release.context import Context

Package: TypeAlias = dict[str, Any]
"""A package of a `pylock.toml`, as PEP 751 has it."""
_EVERYWHERE = "-none-any.whl"
_EXTRA = re.compile(r'extra == "([^"]+)"')


def describe_closure(
    lock: Path, wanted: Iterable[Requirement], siblings: frozenset[str], context: Context
) -> tuple[Component, ...]:
    """Unpack every pin, those for other platforms and Pythons too, and read its metadata."""
    waiting = _packages(lock)
    read: list[tuple[Pin, Distribution | None]] = []
    for number in count():
        if not waiting:
            break
        group, waiting = _without_twins(waiting)
        folder = lock.with_name(f"unpacked{number}")
        here = [package for package in group if _fits_here(package)]
        context.resolver.unpack(_without_markers(here, lock.with_name(f"pylock.bare{number}.toml")), folder)
        known: dict[str, Distribution] = {
            canonicalize_name(each.name): each for each in distributions(path=[str(folder)])
        }
        read += [(pin, known.get(pin.name)) for pin in (_pin(package, siblings) for package in group)]
    extras = _asked_extras(read, wanted)
    return tuple(sorted((_component(pin, said, extras) for pin, said in read), key=lambda each: each.pin))


def _asked_extras(
    read: list[tuple[Pin, Distribution | None]], wanted: Iterable[Requirement]
) -> dict[str, frozenset[str]]:
    """Give the extras that somebody asks for of each name, until nobody asks for more."""
    extras = {pin.name: frozenset[str]() for pin, _ in read}
    visited: set[str] = set()
    waiting = deque(each for each in wanted if applies(each))
    while waiting:
        requirement = waiting.popleft()
        name = canonicalize_name(requirement.name)
        asked = extras.get(name, frozenset()) | {canonicalize_name(extra) for extra in requirement.extras}
        if name not in extras or (asked == extras[name] and name in visited):
            continue
        extras[name] = asked
        visited.add(name)
        for pin, said in read:
            waiting += _requirements(said, asked) if pin.name == name else ()
    return extras


def _requirements(said: Distribution | None, extras: frozenset[str]) -> list[Requirement]:
    """Give what a distribution needs, on whatever Python and platform, where these extras are asked for."""
    requirements = map(Requirement, (said.requires if said else None) or ())
    return [each for each in requirements if applies(each, extras)]


def applies(requirement: Requirement, extras: frozenset[str] = frozenset()) -> bool:
    """Whether a requirement stands, somewhere, for whoever asks for these extras."""
    marker = str(requirement.marker or "")
    of = {canonicalize_name(each) for each in _EXTRA.findall(marker)}
    return not of or " or " in marker or bool(of & extras)


def read_pins(lock: Path, siblings: frozenset[str]) -> tuple[Pin, ...]:
    """Give the pins of a lock, undescribed."""
    return tuple(_pin(package, siblings) for package in _packages(lock))


def direct_names(components: Iterable[Component], wanted: Iterable[Requirement]) -> tuple[str, ...]:
    """Give the names that the wheel itself asks for, whoever installs it without extras."""
    names = {component.pin.name for component in components}
    return tuple(sorted({canonicalize_name(each.name) for each in wanted if applies(each)} & names))


def _packages(lock: Path) -> list[Package]:
    packages: list[Package] = tomli.loads(lock.read_text()).get("packages", [])
    return packages


def _without_twins(packages: list[Package]) -> tuple[list[Package], list[Package]]:
    """Part a group in which no name stands twice from the rest: a fork has two versions of one name."""
    first = {package["name"]: package for package in reversed(packages)}
    group = list(first.values())
    return group, [package for package in packages if first[package["name"]] is not package]


def _fits_here(package: Package) -> bool:
    """Say whether it can be unpacked here: not what has wheels for other platforms or Pythons alone."""
    return any(parse_wheel_filename(_name(each))[3] & _tags() for each in package.get("wheels", ()))


@cache
def _tags() -> frozenset[Tag]:
    return frozenset(sys_tags())


def _without_markers(packages: list[Package], lock: Path) -> Path:
    import tomlkit  # noqa: PLC0415  # 0.05 s that only a wheel with dependencies pays

    bare = [{key: value for key, value in package.items() if key != "marker"} for package in packages]
    lock.write_text(tomlkit.dumps({"lock-version": "1.0", "created-by": "wheelyard", "packages": bare}))
    return lock


def _pin(package: Package, siblings: frozenset[str]) -> Pin:
    wheels = package.get("wheels", [])
    everywhere = [each for each in wheels if _name(each).endswith(_EVERYWHERE)]
    ordered = everywhere + [each for each in wheels if each not in everywhere]
    name = canonicalize_name(package["name"])
    digests = tuple(dict.fromkeys(each["hashes"]["sha256"] for each in ordered))
    return Pin(name, package["version"], package.get("marker", ""), digests, name in siblings)


def _name(file: Package) -> str:
    return unquote(urlsplit(file["url"]).path).rpartition("/")[2]


def _component(pin: Pin, said: Distribution | None, extras: Mapping[str, frozenset[str]]) -> Component:
    if said is None:
        return Component(pin, is_described=False)
    needs = {canonicalize_name(each.name) for each in _requirements(said, extras[pin.name])} & extras.keys()
    metadata = message_from_string(str(said.read_text("METADATA")))
    licence = metadata.get("License-Expression") or _licence_of_old(metadata.get_all("Classifier") or [])
    author = metadata.get("Author") or metadata.get("Author-email") or metadata.get("Maintainer-email") or ""
    return Component(pin, tuple(sorted(needs - {pin.name})), licence, author)


def _licence_of_old(classifiers: list[str]) -> str:
    """Read the licence as it was said before PEP 639."""
    said = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: ")]
    return said[0] if len(said) == 1 else ""
