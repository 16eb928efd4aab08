"""Wheels that are well-formed, however unusual by what they hold: each is taken."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.corpus.archives.case import Case
from tests.corpus.archives.wheel_parts import (
    BASE,
    DATA,
    INFO,
    MODULE,
    RECORD,
    SOURCE,
    WHEEL,
    all_changed,
    digest_of,
    record_of,
    row_of,
    wheel_recorded,
    wheel_with,
    wheel_without,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_LINUX = "alpha-1.0-cp311-cp311-linux_x86_64.whl"
_TRUE = record_of(BASE)
_TAKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "utf-8": (partial(wheel_with, {"alpha/größe/日本.py": SOURCE}), "names beyond ASCII"),
    "utf-8-flag": (partial(all_changed, flags=1 << 11), "ASCII names that are marked as UTF-8"),
    "astral": (partial(wheel_with, {"alpha/\U0001f40d.txt": b""}), "a name with a character of four bytes"),
    "space": (partial(wheel_with, {"alpha/a b.txt": b""}), "a name with a space"),
    "comma": (partial(wheel_with, {"alpha/a,b.txt": b"x"}), "a name that RECORD has to quote"),
    "quote": (partial(wheel_with, {'alpha/a"b.txt': b"x"}), "a name with a quotation mark"),
    "punctuation": (partial(wheel_with, {"alpha/+@~#%&()[]{}!$'=^.txt": b""}), "a name of signs"),
    "dots": (partial(wheel_with, {"alpha/..a/.hidden": b"", "alpha/a..b": b""}), "names with dots that lead nowhere"),
    "long": (partial(wheel_with, {f"alpha/{'a' * 200}/{'b' * 255}": b""}), "long names"),
    "deep": (partial(wheel_with, {f"alpha/{'d/' * 60}a.py": b""}), "sixty folders"),
    "empty-file": (partial(wheel_with, {"alpha/py.typed": b""}), "an empty file"),
    "megabyte-of-zeros": (
        partial(wheel_with, {"alpha/zeros": bytes(1000**2)}),
        "a megabyte of zeros: small enough, however far it shrinks",
    ),
    "scripts": (partial(wheel_with, {f"{DATA}/scripts/run": b"#!python\nprint()\n"}), "a script"),
    "data": (partial(wheel_with, {f"{DATA}/data/share/alpha/a.txt": b""}), "a data file"),
    "headers": (partial(wheel_with, {f"{DATA}/headers/alpha.h": b""}), "a C header"),
    "purelib": (partial(wheel_with, {f"{DATA}/purelib/alpha/b.py": SOURCE}), "a module in the data folder"),
    "vendored-dist-info": (
        partial(wheel_with, {"alpha/_vendor/beta-2.0.dist-info/METADATA": b""}),
        "a dist-info below its module",
    ),
    "module-called-data": (
        partial(wheel_with, {"alpha/data/a.data": b"", "alpha/x.dist-info": b""}),
        "names that only look like special ones",
    ),
    "vendored-sitecustomize": (
        partial(wheel_with, {"alpha/sitecustomize.py": b""}),
        "a sitecustomize that nothing imports",
    ),
    "record-sha384": (
        lambda: wheel_recorded(_TRUE.replace(digest_of(SOURCE), digest_of(SOURCE, "sha384"))),
        "a SHA-384 digest",
    ),
    "record-sha512": (
        lambda: wheel_recorded(_TRUE.replace(digest_of(SOURCE), digest_of(SOURCE, "sha512"))),
        "a SHA-512 digest",
    ),
    "record-no-size": (
        lambda: wheel_recorded(_TRUE.replace(row_of(MODULE, SOURCE), f"{MODULE},{digest_of(SOURCE)},\n")),
        "no size in RECORD",
    ),
    "record-crlf": (lambda: wheel_recorded(_TRUE.replace("\n", "\r\n")), "a RECORD with line ends of Windows"),
    "record-quoted": (lambda: wheel_recorded(_TRUE.replace(MODULE, f'"{MODULE}"')), "a RECORD with quotation marks"),
    "record-no-last-newline": (lambda: wheel_recorded(_TRUE.rstrip("\n")), "a RECORD without a last line end"),
    "record-order": (
        lambda: wheel_recorded("".join(sorted(_TRUE.splitlines(keepends=True), reverse=True))),
        "a RECORD in another order",
    ),
    "record-signed": (partial(wheel_with, {f"{RECORD}.jws": b"{}"}), "a signature that RECORD lists with its digest"),
    "wheel-crlf": (
        partial(wheel_with, {f"{INFO}/WHEEL": WHEEL.replace(b"\n", b"\r\n")}),
        "a WHEEL with line ends of Windows",
    ),
    "wheel-version-1.9": (
        partial(wheel_with, {f"{INFO}/WHEEL": WHEEL.replace(b": 1.0", b": 1.9")}),
        "a later version of the format, 1.9",
    ),
    "no-module": (partial(wheel_without, MODULE), "metadata alone"),
}
_COMPILED = {
    "alpha/a.so": b"\x7fELF" + bytes(60),
    f"{INFO}/WHEEL": WHEEL.replace(b": true", b": false").replace(b"py3-none-any", b"cp311-cp311-linux_x86_64"),
}
CASES = (
    *(Case(f"taken-{key}", what, make) for key, (make, what) in _TAKEN.items()),
    Case("taken-compiled", "compiled code in a wheel for one platform", partial(wheel_with, _COMPILED), file=_LINUX),
    Case("taken-build-number", "a build number", wheel_with, file="alpha-1.0-1-py3-none-any.whl"),
    Case(
        "taken-two-pythons",
        "tags of Python 2 and 3",
        partial(wheel_with, {f"{INFO}/WHEEL": WHEEL + b"Tag: py2-none-any\n"}),
        file="alpha-1.0-py2.py3-none-any.whl",
    ),
)
