"""What a signer knows by itself: from its platform, or from whoever calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release.adapters.toolchain import LOCK
from release.errors import UsageError
from release.model.tag import parse_tag, shown
from release.model.toolchain import read_tools
from release.model.trust import Builder
from release.model.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release.settings import Settings

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VARIABLES = {
    "--tag": "GITHUB_REF_NAME (and GITHUB_REF_TYPE=tag)",
    "--commit": "GITHUB_SHA",
    "--repository": "GITHUB_SERVER_URL and GITHUB_REPOSITORY",
}


def find_witness(settings: Settings, tags: Sequence[str], commit: str, repository: str) -> Witness:
    """Take what the options say, and what GitHub Actions says; they may not contradict each other."""
    known = {
        "--tag": [_one_word("--tag", each, settings.actions_tag) for each in tags or ("",)],
        "--commit": [_one_word("--commit", commit.lower(), settings.actions_commit)],
        "--repository": [_one_word("--repository", repository, settings.actions_repository)],
    }
    if missing := [f"{option}, or {_VARIABLES[option]}" for option, said in known.items() if not all(said)]:
        raise UsageError(
            f"a signer knows by itself what was to be built, and nothing says: {'; '.join(missing)}",
            hint="name them, from another source than the build: --tag alpha/v0.1.0 --commit SHA --repository URL",
        )
    named = tuple(map(parse_tag, known["--tag"]))
    sha = read_commit(known["--commit"][0])
    return Witness(named, sha, known["--repository"][0], read_tools(LOCK.read_text()))


def read_commit(said: str) -> str:
    """Give the commit that an option names, which may be shortened by nobody."""
    if not _COMMIT.fullmatch(said.lower()):
        raise UsageError(f"--commit {shown(said)} is no whole commit id", hint="git rev-parse gives it: 40 digits")
    return said.lower()


def find_builder(settings: Settings) -> Builder:
    """Claim a separate signer only for a hosted job that was told everything by its platform, with a key in KMS."""
    told = settings.actions_tag and settings.actions_commit and settings.actions_repository
    is_apart = settings.is_hosted and told and settings.kms_key_id
    return Builder.SEPARATE_SIGNER if is_apart else Builder.WORKSTATION


def _one_word(option: str, given: str, platform: str) -> str:
    if given and platform and given != platform:
        raise UsageError(
            f"{option} {shown(given)} contradicts GitHub Actions, which runs this job for {shown(platform)}",
            hint=f"leave {option} away, or run the job for what it names",
        )
    return given or platform
