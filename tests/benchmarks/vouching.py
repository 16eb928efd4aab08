"""Measures signing and verifying one release in a process that has imported what the rest of a release imports.

`python vouching.py TAG`, in a repository whose release this machine has signed, prints the seconds.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

import release.commands.run  # noqa: F401  # what a release imports anyway
from release.adapters.git import Git
from release.adapters.libraries import SLOW, await_library
from release.adapters.local_key import LocalKey
from release.adapters.terminal import Terminal
from release.keys import find_trust
from release.settings import Settings
from release.steps.inspection.gather import Wanted, gather
from release.steps.inspection.inspect import inspect
from release.wiring import open_scratch, wire


def sign_and_verify(tag: str) -> float:
    """Give the seconds for two signatures, of statement and receipt, and for everything that verifying looks at."""
    settings = Settings.from_process()
    for name in SLOW:
        await_library(name)
    with open_scratch() as scratch:
        context = wire(settings, Git(Path.cwd(), settings.for_tools), Terminal(), scratch, signs=False)
        started = time.perf_counter()
        signer = LocalKey(settings.config_folder, click.echo)
        for _ in range(2):
            signer.sign(b"x" * 4096)
        for delivery in gather([tag], Wanted(), context):
            trust = find_trust(context.policy, settings)
            if not inspect(delivery, trust, datetime.now(UTC).date(), context).holds:
                raise SystemExit(f"{tag} does not verify")
        return time.perf_counter() - started


if __name__ == "__main__":
    click.echo(sign_and_verify(sys.argv[1]))
