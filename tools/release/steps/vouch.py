"""Find who vouches for a release that stands on the shelf already: a trusted key, or this run's own."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release.model.evidence import bundle_name
from release.model.proof import Expected, Unproven
from release.model.trust import Trust, TrustedKey
from release.steps.prove import prove

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.proof import Proven
    from release.model.receipt import Receipt
    from release.ports import Signatures


def find_proof(artifacts: Artifacts, context: Context, bundle: bytes | None = None) -> Proven | None:
    """Give what a bundle proves of these artifacts, the one on the shelf if no other is given.

    Nothing, where nobody who counts has signed it.
    """
    plan, wheel = artifacts.release.plan, artifacts.wheel
    if bundle is None:
        bundle = context.shelf.read(plan.tag, bundle_name(plan.tag))
    expected = Expected(plan.tag.package, str(plan.tag.version), context.policy.repository, plan.commit.sha)
    today = datetime.now(UTC).date()
    for trust in _trusts(context):
        try:
            return prove(bundle, wheel.name, wheel.sha256, trust, expected, context.signatures, today)
        except Unproven:
            continue  # the next may know the key; where none does, nothing is lost: it is signed anew
    return None


def is_written_by(proven: Proven, receipt: Receipt, signatures: Signatures) -> bool:
    """Whether a key that signed the provenance has signed the receipt as well, with its one spelling in base64."""
    if receipt.signature is None:
        return False
    signature = base64.b64decode(receipt.signature.sig)
    made = any(signatures.is_made_by(each.key, signature, receipt.message) for each in proven.keys)
    return made and base64.b64encode(signature).decode() == receipt.signature.sig


def _trusts(context: Context) -> Iterator[Trust]:
    if context.trust.keys:
        yield context.trust
    if context.signer:
        yield Trust((TrustedKey(context.signer.key),))
