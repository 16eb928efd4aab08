"""Put down what was built and judged, for whoever signs and publishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.steps.record import describe, receipt_name

if TYPE_CHECKING:
    from release.context import Context
    from release.model.evidence import Judged
    from release.model.receipt import Receipt


class PutDown:
    """The step that ends a build: artifacts, evidence, and a receipt that names no publication yet."""

    title = "put down"

    def run(self, judged: Judged, context: Context) -> Receipt:
        """Leave everything on the shelf; the receipt comes last, so that one that is there is whole."""
        tag = judged.artifacts.release.tag
        context.shelf.keep(judged)
        receipt = describe(judged, (), context)
        context.shelf.restore(tag, {receipt_name(tag): receipt.as_json().encode()})
        return receipt
