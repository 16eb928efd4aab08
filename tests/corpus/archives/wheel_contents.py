"""Wheels that hold what none of ours may: other descriptions, code that runs at start, compiled code."""

from __future__ import annotations

import struct
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import Case
from tests.corpus.archives.wheel_parts import (
    BASE,
    DATA,
    INFO,
    METADATA,
    RECORD,
    SOURCE,
    WHEEL,
    record_of,
    wheel_and,
    wheel_with,
    wheel_without,
)
from tests.corpus.archives.zip_parts import Part, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

_OTHER = {"beta-2.0.dist-info/METADATA": b"Metadata-Version: 2.4\nName: beta\nVersion: 2.0\n"}
_PE = b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0" + bytes(32)
_ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
_IMPURE = WHEEL.replace(b"Purelib: true", b"Purelib: false")
_LINUX = "alpha-1.0-cp311-cp311-linux_x86_64.whl"
_START = b"import os\n"


def _wheel_file(content: bytes) -> Callable[[], bytes]:
    return partial(wheel_with, {f"{INFO}/WHEEL": content})


def _moved(info: str) -> bytes:
    """Describe the wheel in a folder of another name, RECORD and all."""
    files = {name.replace(INFO, info): content for name, content in BASE.items()}
    record = record_of(files).replace(RECORD, f"{info}/RECORD")
    return zip_of([*(Part(name, content) for name, content in files.items()), Part(f"{info}/RECORD", record.encode())])


_DESCRIPTIONS: dict[str, tuple[Callable[[], bytes], str]] = {
    "none": (lambda: zip_of([Part("alpha/__init__.py", SOURCE)]), "holds no description"),
    "two": (partial(wheel_with, _OTHER), "describes another package too"),
    "two-empty-folder": (
        partial(wheel_and, Part("beta-2.0.dist-info/", mode=0o40755)),
        "has an empty second dist-info",
    ),
    "two-by-purelib": (
        partial(wheel_with, {f"{DATA}/purelib/{name}": content for name, content in _OTHER.items()}),
        "installs a second dist-info from its data folder",
    ),
    "two-by-case": (
        partial(wheel_with, {"ALPHA-1.0.DIST-INFO/OTHER": METADATA}),
        "has a second dist-info in capitals",
    ),
    "two-versions": (
        partial(wheel_with, {"alpha-2.0.dist-info/METADATA": METADATA}),
        "describes another version of itself too",
    ),
    "egg-info": (partial(wheel_with, {"beta-2.0.egg-info/PKG-INFO": METADATA}), "has an egg-info"),
    "egg-info-file": (partial(wheel_with, {"beta-2.0.egg-info": METADATA}), "has an egg-info that is a file"),
    "other-name": (partial(_moved, "beta-1.0.dist-info"), "describes another package alone"),
    "other-version": (partial(_moved, "alpha-2.0.dist-info"), "describes another version alone"),
    "other-case": (partial(_moved, "Alpha-1.0.dist-info"), "has its name in another case"),
    "no-version": (partial(_moved, "alpha.dist-info"), "has a dist-info without a version"),
    "nested": (partial(_moved, "alpha/alpha-1.0.dist-info"), "has its dist-info below its module"),
}
_WHEEL_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "missing": (partial(wheel_without, f"{INFO}/WHEEL"), "has no WHEEL"),
    "empty": (_wheel_file(b""), "has an empty WHEEL"),
    "no-version": (_wheel_file(WHEEL.replace(b"Wheel-Version: 1.0\n", b"")), "does not say its format's version"),
    "version-2": (_wheel_file(WHEEL.replace(b": 1.0", b": 2.0")), "is of version 2 of the format"),
    "two-versions": (_wheel_file(b"Wheel-Version: 1.0\n" + WHEEL), "says its format's version twice"),
    "no-purity": (_wheel_file(WHEEL.replace(b"Root-Is-Purelib: true\n", b"")), "does not say whether it is pure"),
    "two-purities": (_wheel_file(b"Root-Is-Purelib: false\n" + WHEEL), "says both that it is pure and that it is not"),
    "odd-purity": (_wheel_file(WHEEL.replace(b": true", b": maybe")), "may be pure"),
    "no-tag": (_wheel_file(WHEEL.replace(b"Tag: py3-none-any\n", b"")), "has no tag"),
    "binary": (_wheel_file(b"\xff\xfe\x00"), "has a WHEEL of no text"),
}
_STARTS = {
    "pth": ("evil.pth", "a .pth"),
    "pth-folder": ("alpha/evil.pth", "a .pth below its module"),
    "pth-capitals": ("evil.PTH", "a .PTH"),
    "pth-hidden": (".evil.pth", "a hidden .pth"),
    "pth-bare": (".pth", "a file called .pth alone"),
    "pth-purelib": (f"{DATA}/purelib/evil.pth", "a .pth for purelib"),
    "pth-platlib": (f"{DATA}/platlib/evil.pth", "a .pth for platlib"),
    "pth-data": (f"{DATA}/data/lib/python3.11/site-packages/evil.pth", "a .pth that reaches the library as data"),
    "sitecustomize": ("sitecustomize.py", "a sitecustomize"),
    "usercustomize": ("usercustomize.py", "a usercustomize"),
    "sitecustomize-package": ("sitecustomize/__init__.py", "a sitecustomize that is a package"),
    "sitecustomize-purelib": (f"{DATA}/purelib/sitecustomize.py", "a sitecustomize for purelib"),
}
_COMPILED = {
    "so": ("alpha/a.so", b"", "a .so"),
    "so-tagged": ("alpha/a.cpython-311-x86_64-linux-gnu.so", _ELF, "an extension module"),
    "so-numbered": ("alpha/liba.so.1", b"", "a .so.1"),
    "so-capitals": ("alpha/A.SO", b"", "a .SO"),
    "pyd": ("alpha/a.pyd", _PE, "a .pyd"),
    "dll": ("alpha/a.dll", _PE, "a .dll"),
    "dylib": ("alpha/a.dylib", b"", "a .dylib"),
    "pyc": ("alpha/a.pyc", b"", "a .pyc"),
    "pyc-cached": ("alpha/__pycache__/__init__.cpython-311.pyc", b"", "a .pyc where Python looks for one"),
    "pyo": ("alpha/a.pyo", b"", "a .pyo"),
    "elf": ("alpha/data.bin", _ELF, "a program for Linux under another name"),
    "elf-python": ("alpha/a.py", _ELF, "a program for Linux that is called .py"),
    "elf-script": (f"{DATA}/scripts/run", _ELF, "a program for Linux as a command"),
    "mach-o": ("alpha/data.bin", b"\xcf\xfa\xed\xfe" + bytes(28), "a program for macOS"),
    "mach-o-32": ("alpha/data.bin", b"\xfe\xed\xfa\xce" + bytes(28), "an old program for macOS"),
    "mach-o-fat": ("alpha/data.bin", b"\xca\xfe\xba\xbe" + bytes(28), "a program for macOS on several machines"),
    "pe": ("alpha/data.bin", _PE, "a program for Windows under another name"),
    "exe": ("alpha/run.exe", _PE, "a program for Windows"),
    "exe-script": (f"{DATA}/scripts/run.exe", _PE, "a program for Windows as a command"),
}

CASES = (
    *(Case(f"dist-info-{key}", what, make, Reason.DIST_INFO) for key, (make, what) in _DESCRIPTIONS.items()),
    Case("dist-info-no-metadata", "has no METADATA", partial(wheel_without, f"{INFO}/METADATA"), Reason.METADATA),
    *(Case(f"wheel-file-{key}", what, make, Reason.WHEEL_FILE) for key, (make, what) in _WHEEL_FILES.items()),
    *(
        Case(f"start-{key}", f"holds {what}", partial(wheel_with, {name: _START}), Reason.RUNS_AT_START)
        for key, (name, what) in _STARTS.items()
    ),
    Case(
        "start-pth-unrecorded",
        "holds a .pth that RECORD does not list",
        partial(wheel_and, Part("evil.pth", _START)),
        Reason.RUNS_AT_START,
    ),
    *(
        Case(
            f"compiled-{key}", f"is pure, and holds {what}", partial(wheel_with, {name: content}), Reason.COMPILED_CODE
        )
        for key, (name, content, what) in _COMPILED.items()
    ),
    Case(
        "compiled-impure-for-any",
        "is for any platform, impure by its WHEEL, and holds a .so",
        partial(wheel_with, {"alpha/a.so": _ELF, f"{INFO}/WHEEL": _IMPURE}),
        Reason.COMPILED_CODE,
    ),
    Case(
        "compiled-pure-by-tag",
        "is called for Linux, tagged for any platform, and holds a .so",
        partial(wheel_with, {"alpha/a.so": _ELF, f"{INFO}/WHEEL": _IMPURE}),
        Reason.COMPILED_CODE,
        _LINUX,
    ),
    Case(
        "compiled-any-among-tags",
        "is called for Linux, tagged for Linux and any platform in one, and holds a .so",
        partial(wheel_with, {"alpha/a.so": _ELF, f"{INFO}/WHEEL": _IMPURE.replace(b"-any", b"-linux_x86_64.any")}),
        Reason.COMPILED_CODE,
        _LINUX,
    ),
    Case(
        "compiled-pure-for-linux",
        "is called and tagged for Linux, pure by its WHEEL, and holds a .so",
        partial(
            wheel_with,
            {"alpha/a.so": _ELF, f"{INFO}/WHEEL": WHEEL.replace(b"py3-none-any", b"cp311-cp311-linux_x86_64")},
        ),
        Reason.COMPILED_CODE,
        _LINUX,
    ),
)
