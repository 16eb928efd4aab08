"""A checkout of one commit in which the tags that were asked for are all there is to be seen."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from release.errors import BuildFailed
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

# Neither a user's configuration nor a hook may change the bytes that are checked out.
_NEUTRAL = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "5",
    "GIT_CONFIG_KEY_0": "core.autocrlf",
    "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "core.hooksPath",
    "GIT_CONFIG_VALUE_1": "/dev/null",
    "GIT_CONFIG_KEY_2": "core.fsmonitor",
    "GIT_CONFIG_VALUE_2": "false",
    "GIT_CONFIG_KEY_3": "advice.detachedHead",
    "GIT_CONFIG_VALUE_3": "false",
    "GIT_CONFIG_KEY_4": "safe.directory",
    "GIT_CONFIG_VALUE_4": "*",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null/none",
    "GIT_TEMPLATE_DIR": "",
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",  # where git/attributes would be read
    "LC_ALL": "C",
}


def check_out(root: Path, sha: str, tags: Iterable[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Make the checkout; it borrows the repository's objects, so it costs its files alone."""
    refs = "".join(f"create refs/tags/{tag} {sha}\n" for tag in tags)
    commands = (
        (["clone", "--quiet", "--shared", "--no-tags", "--no-checkout", str(root), str(folder)], ""),
        (["-C", str(folder), "update-ref", "--stdin"], refs),
        (["-C", str(folder), "checkout", "--quiet", "--detach", sha], ""),
    )
    variables = {**environment, **_NEUTRAL}
    for words, feed in commands:
        _run(words, feed, sha, variables)
    said = _run(["-C", str(folder), "status", "--porcelain", "-z", "--untracked-files=no"], "", sha, variables)
    if missing := [row[3:] for row in said.split("\0") if row[1:2] == "D"]:  # of which git says nothing in its code
        raise BuildFailed(
            f"commit {sha[:12]} could not be checked out whole: {shown(missing[0])} is missing",
            hint="a partial clone? git fetch --refetch --no-filter",
        )


def _run(words: Sequence[str], feed: str, sha: str, variables: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["git", *words], env=variables, input=feed, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        raise BuildFailed(
            f"commit {sha[:12]} could not be checked out: {done.stderr.strip()}",
            hint="look at the free space of the temporary folder, and run the same command again",
        )
    return done.stdout
