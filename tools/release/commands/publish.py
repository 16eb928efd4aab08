"""`publish`: bring to targets what other jobs have built and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.errors import UsageError
from release.session import Session, digests_option, json_option, target_option

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("tags", nargs=-1)
@target_option("Where to publish")
@digests_option("What the files in dist/ must be")
@json_option
@click.pass_obj
def command(session: Session, tags: Sequence[str], targets: Sequence[str], *, digests: Sequence[str]) -> int:
    """Publish what `build` has left in dist/ and a signer has signed: every package tag at HEAD, or the TAGS named.

    Nothing is built, no code of the package runs, and nothing is signed. Everything is held against the tagged tree and
    against the statement first, which a key of `trusted-keys` in [tool.release] must have signed; every gate must have
    passed. With --digests, every file of a release must be named there as it is. Running it again is always safe.

    \b
    Examples:
      hatch run release publish env-drift/v0.1.0 --digests "$DIGESTS" --digests "$SIGNED" --to codeartifact --to s3
      hatch run release publish env-drift/v0.1.0 --to github
      hatch run release publish --json
    """
    del session, tags, targets, digests
    raise UsageError("`publish` is not there yet", hint="hatch run release run builds and publishes")
