"""A header of a tar file, as POSIX (ustar) and GNU write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.model.archive.reason import Reason

if TYPE_CHECKING:
    from release.model.archive.reason import Opened

BLOCK = 512
"""Bytes of a header, and what content is filled up to."""
_POSIX, _GNU = b"ustar\x0000", b"ustar  \0"
_EMPTY = bytes(BLOCK)
_OCTAL = frozenset(b"01234567")
_CHECKSUM = slice(148, 156)
_UNUSED = ((108, 116, "user"), (116, 124, "group"), (136, 148, "time"), (329, 337, "device"), (337, 345, "device"))
"""Numbers that nobody needs; but Python's tarfile takes a header in which one is none for the end of the archive."""
_SPACES = 8 * b" "


@dataclass(frozen=True)
class Header:
    """What a header says of a member; its name in bytes."""

    name: bytes
    mode: int
    size: int
    kind: bytes
    link: bytes

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder."""
        return self.kind == b"5"


def read_header(opened: Opened, tar: bytes, at: int) -> Header | None:
    """Read the header that begins there; nothing if it is the empty block of the end, or there is none."""
    block = tar[at : at + BLOCK]
    if len(block) < BLOCK or block == _EMPTY:
        return None
    magic = block[257:265]
    if magic not in {_POSIX, _GNU}:
        raise opened.refused(Reason.BAD_HEADER, f"a header says that it is {magic!r}, and not of POSIX or GNU tar")
    right = sum(block) - sum(block[_CHECKSUM]) + sum(_SPACES)
    if _number(opened, block[_CHECKSUM], "checksum") != right:
        raise opened.refused(Reason.WRONG_CHECKSUM, "a header has another checksum than it says")
    if (block[345:] if magic == _GNU else block[500:]).strip(b"\0"):
        raise opened.refused(Reason.HIDDEN_DATA, "a header holds bytes where none belong")
    name, prefix = _text(opened, block[:100]), _text(opened, block[345:500])
    for begin, end, what in _UNUSED:
        _number(opened, block[begin:end], what)
    return Header(
        name=prefix + b"/" + name if prefix else name,
        mode=_number(opened, block[100:108], "mode"),
        size=_number(opened, block[124:136], "size"),
        kind=block[156:157],
        link=_text(opened, block[157:257]),
    )


def _text(opened: Opened, field: bytes) -> bytes:
    text, _, rest = field.partition(b"\0")
    if rest.strip(b"\0"):
        raise opened.refused(Reason.HIDDEN_DATA, f"bytes stand behind the name {text!r}")
    return text


def _number(opened: Opened, field: bytes, what: str) -> int:
    """Read octal digits that a space or a zero byte ends; the sizes of GNU's other form are none of ours."""
    digits = field.rstrip(b" \0")
    if not _OCTAL.issuperset(digits):
        raise opened.refused(Reason.BAD_HEADER, f"a header has a {what} that is no octal number: {field!r}")
    return int(digits or b"0", 8)
