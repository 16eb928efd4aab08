"""Inspect a release as a consumer: everything that is looked at is told, and what can't be looked at does not hold."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from release.errors import IllFormed, ReleaseError, as_defect
from release.model.delivery import Checked, Inspected
from release.steps.inspection.built import require_judged, require_tree
from release.steps.inspection.evidence import require_audit, require_checksums, require_receipt, require_sbom
from release.steps.inspection.look import Doubt, Look
from release.steps.inspection.origin import require_archives, require_provenance, require_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from release.context import Context
    from release.model.delivery import Delivery
    from release.model.trust import Trust

    Check = Callable[[Look], str]
    """Gives what it found, in a line; Doubt where something does not hold."""


def inspect(
    delivery: Delivery, trust: Trust | None, today: date, context: Context, more: Mapping[str, Check] | None = None
) -> Inspected:
    """Look at everything; what does not hold keeps nothing else from being looked at.

    Without trust it is what a build has left that is looked at, before anybody has signed or published it.
    """
    look = Look(delivery, trust, today, context)
    checks = {**dict(_checks_of(delivery, is_published=trust is not None)), **(more or {})}
    return Inspected(delivery, tuple(_check_off(name, partial(check, look)) for name, check in checks.items()))


def _checks_of(delivery: Delivery, *, is_published: bool) -> Iterator[tuple[str, Check]]:
    """Give what there is to look at: of files that somebody was given, what concerns those files."""
    yield "provenance", require_provenance
    if delivery.archives:
        yield "archives", require_archives
    if delivery.needs_sbom or delivery.sbom in delivery.files:
        yield "sbom", require_sbom
    if delivery.is_whole:
        yield "checksums", require_checksums
        yield "audit", require_audit
    if delivery.is_whole and is_published:
        yield "receipt", require_receipt
        yield "targets", require_targets
    elif delivery.is_whole:
        yield "receipt", require_judged
        yield "tree", require_tree


def _check_off(name: str, check: Callable[[], str]) -> Checked:
    try:
        return Checked(name, holds=True, detail=check())
    except Doubt as doubt:
        return Checked(name, holds=False, detail=doubt.detail, code=doubt.code)
    except IllFormed as error:
        return Checked(name, holds=False, detail=error.message, code=error.reason)
    except ReleaseError as error:
        return Checked(name, holds=False, detail=error.message, code="not-checked")
    except OSError as error:
        return Checked(name, holds=False, detail=f"{error.filename}: {error.strerror}", code="not-checked")
    except Exception as error:  # noqa: BLE001  # one release that nobody expected hides none of the others
        return Checked(name, holds=False, detail=as_defect(error).message, code="defect")
