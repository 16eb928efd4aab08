"""Find out what a release's bytes should be, where nothing that is signed says so: by its receipt."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import ValidationError

from release.errors import Incomplete
from release.model.receipt import Receipt
from release.ports import Archive
from release.steps.reconciliation.digests import Truth, compare_digests
from release.steps.record import receipt_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release.context import Context
    from release.model.tag import Tag
    from release.steps.reconciliation.stock import Stock


def read_truth(tag: Tag, stocks: Sequence[Stock], context: Context) -> Truth:
    """Read the receipt of the shelf, or, where places differ, of the first archive that has one."""
    for place, content in _receipts(tag, stocks, context):
        with suppress(ValidationError):  # a receipt that can't be read says nothing, and nothing is known of the bytes
            receipt = Receipt.model_validate_json(content)
            if receipt.tag == str(tag) and receipt.is_published:
                return Truth(receipt.digests, f"the receipt in {place}, which is not proven,")
    return Truth()


def _receipts(tag: Tag, stocks: Sequence[Stock], context: Context) -> Iterator[tuple[str, bytes]]:
    name = receipt_name(tag)
    if content := context.shelf.read(tag, name):
        yield "dist", content
    if not any(True for _ in compare_digests(tag, stocks, Truth())):
        return
    for stock in stocks:
        if isinstance(stock.target, Archive) and stock.find(tag, name):
            with suppress(Incomplete):  # the bytes differ, which is told whatever it would have said
                yield stock.target.name, stock.target.read(tag, name)
