"""`yank`: take a version off offer, and keep its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from release.commands.withdrawals import carry_out
from release.model.ledger import Listing
from release.model.withdrawal import Wish, read_reason
from release.session import Session, json_option, target_option

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("tag")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in one line: whoever looks at it will read this.")
@click.option("--archive", is_flag=True, help="Let nobody download it either, where the target knows such a thing.")
@target_option("Where to take it off offer", "where its receipt says that it was published, else local")
@json_option
@click.pass_obj
def command(session: Session, tag: str, targets: Sequence[str], *, reason: str, archive: bool) -> int:
    """Take the version of a TAG off offer everywhere: new installs pass it over, and its bytes are never deleted.

    An exact pin still installs it, unless it is archived. A release of the same tag finds it identical and leaves it
    withdrawn; `restore` puts it back. What can't be told by this tool is named, with what to do there by hand.
    Running it again is always safe.

    \b
    Examples:
      hatch run release yank env-drift/v0.1.0 --reason "loses rows when a partition is empty"
      hatch run release yank env-drift/v0.1.0 --reason "holds a password" --archive --to codeartifact --to s3 --json
    """
    listing = Listing.ARCHIVED if archive else Listing.UNLISTED
    return carry_out(session, tag, targets, Wish(listing, read_reason(reason)))
