"""`actions/checkout`: the repository as a job gets it, with as much history as it asks for.

An annotated tag stays one since 6.0.2: https://github.com/actions/checkout/pull/2356.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Final

from tests.workflows.stage import StepFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.workflows.stage import Stage

_KNOWN: Final = {"fetch-depth", "fetch-tags", "persist-credentials", "ref"}
READING: Final = frozenset({"read", "write"})
"""What a job's `contents` are that checks a private repository out."""
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_EVERYTHING: Final = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")


def check_out(stage: Stage, given: Mapping[str, str]) -> dict[str, str]:
    """Fetch what the event is about, or the ref that is named, and make it the work folder."""
    if given["persist-credentials"] != "false":
        raise StepFailedError("persist-credentials leaves the job's token in .git/config for every later step")
    if stage.may.get("contents") not in READING:
        raise StepFailedError("the job may not read contents, and to whom may not the repository is not there")
    if unknown := given.keys() - _KNOWN:
        raise StepFailedError(f"{', '.join(sorted(unknown))}: not known here")
    named = given.get("ref") or ""
    if named and not _COMMIT.fullmatch(named):
        raise StepFailedError(f"ref: {named}: only a whole commit is known here")
    ref = "" if named else stage.event.ref
    commit = named or stage.event.sha
    _git(stage, "init", "--quiet", ".")
    _git(stage, "remote", "add", "origin", str(stage.origin.bare))
    _fetch(stage, given, ref, commit)
    kind = ref.split("/")[1] if ref else ""
    target = {"heads": ["-B", stage.event.ref_name, commit], "tags": [ref]}.get(kind, ["--detach", commit])
    _git(stage, "checkout", "--quiet", "--force", *target)
    found = _git(stage, "rev-parse", "HEAD")
    if found != commit:
        raise StepFailedError(f"{ref} is at {found} by now, and was at {commit} when this began")
    stage.say(f"checked out {ref or commit} at {commit}")
    return {"ref": ref, "commit": commit}


def _fetch(stage: Stage, given: Mapping[str, str], ref: str, commit: str) -> None:
    """Fetch all history of all branches and tags, or so many commits of what is checked out."""
    depth = given.get("fetch-depth", "1")
    is_tag = ref.startswith("refs/tags/")
    own = [f"+{ref}:{ref}"] if is_tag else [f"+{commit}:refs/remotes/{_remote(ref)}"] if ref else [commit]
    if depth == "0":
        own = [*_EVERYTHING, *([] if is_tag or ref.startswith("refs/heads/") else own)]
    elif given.get("fetch-tags") == "true":
        own = [*([] if is_tag else own), _EVERYTHING[1]]
    shallow = [] if depth == "0" else [f"--depth={depth}"]
    _git(stage, "fetch", "--quiet", "--no-tags", "--prune", *shallow, "origin", *own)


def _remote(ref: str) -> str:
    return ref.removeprefix("refs/").replace("heads/", "origin/", 1)


def _git(stage: Stage, *words: str) -> str:
    """Run git as the action does: in the job's folder, without anybody's settings."""
    variables = {**stage.environment(), "GIT_ALLOW_PROTOCOL": "file"}
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *words],
        cwd=stage.machine.workspace, env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise StepFailedError(f"git {' '.join(words)}: {done.stderr}")
    return done.stdout.strip()
