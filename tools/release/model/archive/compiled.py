"""Machine code and bytecode, which nobody can compare with a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath

_SUFFIXES = frozenset({".so", ".pyd", ".dylib", ".dll", ".pyc", ".pyo"})
_BEGINNINGS = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",  # Mach-O, of 32 and 64 bits, in both orders, and of many architectures
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\xca\xfe\xba\xbf",
)
_PLACE_OF_PE = slice(0x3C, 0x40)


def is_compiled(path: PurePosixPath, content: bytes) -> bool:
    """Whether a file is compiled code by its name (`a.so`, `a.so.1`) or by how it begins: ELF, Mach-O, PE."""
    if _SUFFIXES.intersection(each.lower() for each in path.suffixes):
        return True
    if content.startswith(_BEGINNINGS):
        return True
    at = int.from_bytes(content[_PLACE_OF_PE], "little")
    return content.startswith(b"MZ") and content.startswith(b"PE\0\0", at)
