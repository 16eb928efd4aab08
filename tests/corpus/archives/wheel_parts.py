"""The wheel that most cases change in one place: a module, its metadata, a true RECORD."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.corpus.archives.zip_parts import Part, zip_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Unpack

    from tests.corpus.archives.zip_parts import Around, Change

STEM = "alpha-1.0"
INFO = f"{STEM}.dist-info"
DATA = f"{STEM}.data"
MODULE = "alpha/__init__.py"
RECORD = f"{INFO}/RECORD"
SOURCE = b'"""A module."""\n\nNUMBER = 1\n'
METADATA = b"Metadata-Version: 2.4\nName: alpha\nVersion: 1.0\nSummary: A package\n\n# alpha\n"
WHEEL = b"Wheel-Version: 1.0\nGenerator: by-hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
BASE = {MODULE: SOURCE, f"{INFO}/METADATA": METADATA, f"{INFO}/WHEEL": WHEEL}


def digest_of(content: bytes, algorithm: str = "sha256") -> str:
    """Give a digest as RECORD writes it."""
    value = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest())
    return f"{algorithm}={value.rstrip(b'=').decode()}"


def row_of(name: str, content: bytes) -> str:
    """Give a line of RECORD."""
    shown = f'"{name.replace(chr(34), chr(34) * 2)}"' if set(name) & set(',"\n\r') else name
    return f"{shown},{digest_of(content)},{len(content)}\n"


def record_of(files: Mapping[str, bytes]) -> str:
    """Give a true RECORD."""
    return "".join(row_of(name, content) for name, content in files.items()) + f"{RECORD},,\n"


def parts_of(files: Mapping[str, bytes] | None = None, *, record: str | bytes | None = None) -> list[Part]:
    """Give the members of a wheel with a true RECORD, or with the one given."""
    held = {**BASE, **(files or {})}
    said = record_of(held) if record is None else record
    written = said.encode() if isinstance(said, str) else said
    return [Part(name, content) for name, content in {**held, RECORD: written}.items()]


def wheel_with(files: Mapping[str, bytes] | None = None, **more: Unpack[Around]) -> bytes:
    """Write a wheel with further files, all of them recorded."""
    return zip_of(parts_of(files), **more)


def wheel_without(*names: str) -> bytes:
    """Write a wheel that lacks files, in RECORD too."""
    held = {name: content for name, content in BASE.items() if name not in names}
    parts = [Part(name, content) for name, content in held.items()]
    return zip_of(parts if RECORD in names else [*parts, Part(RECORD, record_of(held).encode())])


def wheel_changed(name: str = MODULE, files: Mapping[str, bytes] | None = None, **changes: Unpack[Change]) -> bytes:
    """Write a wheel of which one member is written otherwise."""
    return zip_of(replace(part, **changes) if part.name == name else part for part in parts_of(files))


def wheel_recorded(record: str | bytes, files: Mapping[str, bytes] | None = None) -> bytes:
    """Write a wheel with another RECORD."""
    return zip_of(parts_of(files, record=record))


def wheel_and(*parts: Part, files: Mapping[str, bytes] | None = None, **more: Unpack[Around]) -> bytes:
    """Write a wheel with further members that RECORD says nothing of."""
    return zip_of([*parts_of(files), *parts], **more)


def all_changed(files: Mapping[str, bytes] | None = None, **changes: Unpack[Change]) -> bytes:
    """Write a wheel of which every member is written otherwise."""
    return zip_of(replace(part, **changes) for part in parts_of(files))


def ended(**said: int | bytes) -> bytes:
    """Write a wheel whose end record says something else."""
    return wheel_with(end=said)


def renamed(names: Iterable[str], content: bytes = SOURCE) -> bytes:
    """Write a wheel with further files of one content."""
    return wheel_with(dict.fromkeys(names, content))
