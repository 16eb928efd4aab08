"""`restore`: put a version back on offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.commands.withdrawals import carry_out
from release.model.ledger import Listing
from release.model.withdrawal import Wish
from release.session import Session, json_option, target_option

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("tag")
@target_option("Where to put it back", "where its receipt says that it was published, else local")
@json_option
@click.pass_obj
def command(session: Session, tag: str, targets: Sequence[str]) -> int:
    """Put the version of a TAG back on offer everywhere, if it was yanked. Running it again is always safe.

    \b
    Examples:
      hatch run release restore env-drift/v0.1.0
      hatch run release restore env-drift/v0.1.0 --to codeartifact --to s3 --json
    """
    return carry_out(session, tag, targets, Wish(Listing.OFFERED))
