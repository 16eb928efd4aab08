"""Wheels whose names lead elsewhere, can't be written everywhere, or are there twice."""

from __future__ import annotations

from functools import partial

from release.model.archive import Reason
from tests.corpus.archives.case import OUTSIDE, Case
from tests.corpus.archives.wheel_parts import DATA, INFO, MODULE, SOURCE, renamed, wheel_and, wheel_changed, wheel_with
from tests.corpus.archives.zip_parts import Part

_BAD = {
    "parent": ("../escape.py", "leads out of its folder"),
    "parent-inside": ("alpha/../../escape.py", "leads out of its folder by a detour"),
    "parent-stays": ("alpha/../other.py", "has `..`, though it stays inside"),
    "parent-alone": ("..", "is `..`"),
    "parent-at-end": ("alpha/..", "ends in `..`"),
    "parent-in-scripts": (f"{DATA}/scripts/../../../escape", "leads out of the scripts"),
    "parent-in-data": (f"{DATA}/data/../../../escape", "leads out of the data"),
    "parent-in-purelib": (f"{DATA}/purelib/../escape.py", "leads out of purelib"),
    "parent-in-dist-info": (f"{INFO}/../../escape.py", "leads out of the dist-info"),
    "absolute": (f"{OUTSIDE}/escape.py", "is absolute"),
    "absolute-twice": (f"/{OUTSIDE}/escape.py", "begins with two slashes"),
    "absolute-in-data": (f"{DATA}/data/{OUTSIDE}/escape", "is absolute behind the data folder"),
    "backslash": ("alpha\\evil.py", "holds a backslash"),
    "backslash-parent": ("..\\escape.py", "leads out of its folder on Windows"),
    "backslash-share": ("\\\\server\\share\\escape.py", "names a share on Windows"),
    "drive": ("C:/escape.py", "begins with a drive"),
    "drive-relative": ("C:escape.py", "begins with a drive, and is relative to it"),
    "stream": ("alpha/__init__.py:evil", "names a stream of another file on Windows"),
    "nul": ("alpha/a.py\0.txt", "holds a zero byte"),
    "newline": ("alpha/a\nb.py", "holds a newline"),
    "tab": ("alpha/a\tb.py", "holds a tab"),
    "escape": ("alpha/\x1b[2Ja.py", "holds an escape sequence"),
    "delete": ("alpha/a\x7f.py", "holds the delete character"),
    "control-8-bit": ("alpha/a\x85.py", "holds a control character beyond ASCII"),
    "right-to-left": ("alpha/\u202eyp.cod", "turns the direction of reading"),
    "zero-width": ("alpha/a\u200b.py", "holds a character without width"),
    "byte-order-mark": ("alpha/\ufeffa.py", "holds a byte order mark"),
    "line-separator": ("alpha/a\u2028b.py", "holds a line separator"),
    "private-use": ("alpha/\ue000.py", "holds a character that means nothing"),
    "empty-part": ("alpha//a.py", "has an empty part"),
    "dot-part": ("alpha/./a.py", "has a dot for a part"),
    "dot-first": ("./alpha/a.py", "begins with a dot"),
    "trailing-dot": ("alpha/a.py.", "ends in a dot"),
    "trailing-space": ("alpha/a.py ", "ends in a space"),
    "folder-trailing-dot": ("alpha./a.py", "has a folder that ends in a dot"),
    "long-part": (f"alpha/{'a' * 253}.py", "has a part of 256 bytes"),
    "long-path": (f"alpha/{'long/' * 210}a.py", "has more than 1,024 bytes"),
    "decomposed": ("alpha/e\u0301.py", "is in normal form D"),
}
_RAW = {
    "not-utf-8": (b"alpha/\xff.py", 1 << 11, "is no UTF-8, and says it is"),
    "overlong-utf-8": (b"alpha/\xc0\xae.py", 1 << 11, "writes a dot in two bytes"),
    "surrogate": (b"alpha/\xed\xa0\x80.py", 1 << 11, "holds half a character"),
    "code-page": (b"alpha/\x82.py", 0, "is of a code page"),
    "utf-8-unsaid": ("alpha/é.py".encode(), 0, "is UTF-8, and does not say it"),
    "empty": (b"", 0, "is empty"),
}
_TWICE = {
    "twice": ([Part(MODULE, SOURCE)], "a module twice, with the same bytes"),
    "twice-other": ([Part(MODULE, b"evil = True\n")], "a module twice, with other bytes"),
    "twice-metadata": ([Part(f"{INFO}/METADATA", b"Name: beta\n")], "METADATA twice"),
    "twice-wheel": ([Part(f"{INFO}/WHEEL", b"Wheel-Version: 9\n")], "WHEEL twice"),
    "twice-record": ([Part(f"{INFO}/RECORD", b"")], "RECORD twice"),
    "twice-folder": ([Part("alpha/", mode=0o40755)] * 2, "a folder twice"),
}
_COLLISIONS = {
    "case": (("alpha/readme.txt", "alpha/README.txt"), "two names that differ in case"),
    "case-beyond-ascii": (("alpha/straße.txt", "alpha/STRASSE.txt"), "two names that are one without case"),
    "file-and-folder": (("alpha/a", "alpha/a/b.py"), "a name that is a file and a folder"),
    "folder-and-file": (("alpha/a/b.py", "alpha/a"), "a name that is a folder and a file"),
    "file-and-folder-case": (("alpha/a", "alpha/A/b.py"), "the same, in another case"),
}
_OVERLAID = {
    "purelib-over-root": ((f"{DATA}/purelib/{MODULE}",), "purelib overwrites the module"),
    "platlib-over-root": ((f"{DATA}/platlib/{MODULE}",), "platlib overwrites the module"),
    "platlib-over-purelib": ((f"{DATA}/purelib/b.py", f"{DATA}/platlib/b.py"), "two files for one place"),
    "purelib-over-record": ((f"{DATA}/purelib/{INFO}/RECORD",), "purelib overwrites RECORD"),
    "scripts-case": ((f"{DATA}/scripts/run", f"{DATA}/scripts/RUN"), "two commands that differ in case"),
}
_ODD = Part("alpha/odd.py", SOURCE)

CASES = (
    *(Case(f"name-{key}", what, partial(renamed, [name]), Reason.BAD_NAME) for key, (name, what) in _BAD.items()),
    *(
        Case(f"name-{key}", what, partial(wheel_and, Part(raw, SOURCE, flags=flags)), Reason.BAD_NAME)
        for key, (raw, flags, what) in _RAW.items()
    ),
    *(
        Case(f"name-{key}", what, partial(wheel_and, *parts), Reason.DUPLICATE_NAME)
        for key, (parts, what) in _TWICE.items()
    ),
    *(
        Case(f"name-{key}", what, partial(renamed, names), Reason.COLLIDING_NAMES)
        for key, (names, what) in list(_COLLISIONS.items())
    ),
    Case(
        "name-file-and-folder-entry",
        "a name that is a file and an entry of a folder",
        partial(wheel_and, Part("alpha/a/", mode=0o40755), files={"alpha/a": SOURCE}),
        Reason.COLLIDING_NAMES,
    ),
    *(
        Case(f"place-{key}", what, partial(renamed, names), Reason.DUPLICATE_NAME)
        for key, (names, what) in list(_OVERLAID.items())[:-1]
    ),
    Case(
        "place-scripts-case",
        _OVERLAID["scripts-case"][1],
        partial(renamed, _OVERLAID["scripts-case"][0]),
        Reason.COLLIDING_NAMES,
    ),
    Case(
        "data-other-name",
        "a data folder of another wheel",
        partial(wheel_with, {"beta-1.0.data/purelib/b.py": SOURCE}),
        Reason.DATA_FOLDER,
    ),
    Case(
        "data-other-case",
        "a data folder in capitals",
        partial(wheel_with, {"alpha-1.0.DATA/purelib/b.py": SOURCE}),
        Reason.DATA_FOLDER,
    ),
    Case(
        "data-unknown-scheme",
        "a data folder of no scheme",
        partial(wheel_with, {f"{DATA}/stdlib/b.py": SOURCE}),
        Reason.DATA_FOLDER,
    ),
    Case(
        "data-no-scheme", "a file beside the schemes", partial(wheel_with, {f"{DATA}/b.py": SOURCE}), Reason.DATA_FOLDER
    ),
    Case(
        "data-scheme-is-file",
        "a file in place of a scheme",
        partial(wheel_with, {f"{DATA}/scripts": SOURCE}),
        Reason.DATA_FOLDER,
    ),
    Case(
        "file-no-version",
        "is called without a version",
        partial(wheel_changed),
        Reason.FILE_NAME,
        "alpha-py3-none-any.whl",
    ),
    Case(
        "file-too-many-parts",
        "has a part too many in its name",
        partial(wheel_changed),
        Reason.FILE_NAME,
        "alpha-1.0-1-2-py3-none-any.whl",
    ),
    Case(
        "file-build-of-letters",
        "has a build number of letters",
        partial(wheel_changed),
        Reason.FILE_NAME,
        "alpha-1.0-x-py3-none-any.whl",
    ),
    Case(
        "file-other-version",
        "is called after another version",
        partial(wheel_changed),
        Reason.DIST_INFO,
        "alpha-2.0-py3-none-any.whl",
    ),
    Case(
        "file-other-name",
        "is called after another package",
        partial(wheel_changed),
        Reason.DIST_INFO,
        "beta-1.0-py3-none-any.whl",
    ),
)
