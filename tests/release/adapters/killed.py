"""Does one thing again and again in a child, which is killed a moment later each time, until it comes through.

`python -m tests.release.adapters.killed THING FOLDER`: FOLDER holds `before`, the state that each try begins with; the
state after the kill at moment N is left in `after-N`. A moment is an audit event: a file opened, linked, renamed,
made, locked or taken away.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from release.adapters.disk import add_file, replace_file
from release.adapters.local import LocalIndex
from release.adapters.local_key import LocalKey
from release.adapters.shelf import Shelf
from release.model.dist import Dist
from release.model.evidence import Evidence, Judged
from tests.release.doors import COMMIT, make_artifacts, publish

if TYPE_CHECKING:
    from collections.abc import Callable

TAG = "alpha/v0.1.0"
CONTENT = b"new\n" * 20_000
EVIDENCE = Evidence({"SHA256SUMS": b"0" * 64, "alpha-0.1.0.cdx.json": b"{}\n"})


def put(folder: Path) -> Callable[[Path], None]:
    """Put artifacts into the local index."""
    artifacts = make_artifacts(folder / "made", TAG)
    return lambda after: publish(LocalIndex(Dist(after / "dist")), artifacts)


def keep(folder: Path) -> Callable[[Path], None]:
    """Keep artifacts and evidence on the shelf."""
    judged = Judged(make_artifacts(folder / "made", TAG), {}, EVIDENCE, COMMIT.time)
    return lambda after: Shelf(Dist(after / "dist")).keep(judged)


def replace(_folder: Path) -> Callable[[Path], None]:
    """Replace a file that is there."""
    return lambda after: replace_file(after / "file", CONTENT)


def add(folder: Path) -> Callable[[Path], None]:
    """Add a file where there is none."""
    return lambda after: add_file(folder / "content", after / "added")


def key(folder: Path) -> Callable[[Path], None]:
    """Make a signing key; the libraries for it are imported before."""
    LocalKey(folder / "ahead", str).sign(b"")
    return lambda after: replace_file(after / "signature", LocalKey(after, str).sign(b""))


THINGS = {"put": put, "keep": keep, "replace": replace, "add": add, "key": key}


def try_until_it_comes_through(thing: Callable[[Path], None], folder: Path) -> int:
    """Give the number of moments at which the child was killed."""
    for moment in count(1):
        after = folder / f"after-{moment}"
        shutil.copytree(folder / "before", after)
        child = os.fork()
        if child == 0:
            sys.addaudithook(_kill_at(moment))
            thing(after)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return moment - 1 if os.waitstatus_to_exitcode(status) == 0 else -1
    raise AssertionError


def _kill_at(moment: int) -> Callable[[str, object], None]:
    left = moment

    def hook(event: str, _: object) -> None:
        nonlocal left
        if event == "open" or event.startswith(("os.", "shutil.", "fcntl.", "tempfile.")):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


if __name__ == "__main__":
    place = Path(sys.argv[2])
    print(try_until_it_comes_through(THINGS[sys.argv[1]](place), place))  # noqa: T201  # the answer
