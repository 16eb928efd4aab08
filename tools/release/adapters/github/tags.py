"""The tag that a release is of: GitHub would make one where it publishes, so it is looked at before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from release.adapters.github.refusals import AGAIN
from release.errors import Conflict, UsageError
from release.side_by_side import open_pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.adapters.github.answers import Reference
    from release.adapters.github.client import Client
    from release.model.parcel import Parcel

Made = TypeVar("Made")
_DEEPEST: Final = 5
"""Tags that name tags: git allows any number, nobody needs more than one."""


def require_tag(client: Client, parcel: Parcel) -> None:
    """Refuse a tag that the repository has not (UsageError), or has at another commit (Conflict)."""
    reference = client.reference(str(parcel.tag))
    if reference is None:
        raise UsageError(
            f"the tag {parcel.tag} is not in {client.repository} on GitHub",
            hint=f"push it first (git push origin {parcel.tag}), and {AGAIN}",
        )
    commit = _commit_of(client, reference)
    if commit != parcel.commit:
        raise Conflict(
            f"the tag {parcel.tag} names {commit[:12] or 'no commit'} in {client.repository} on GitHub,"
            f" and {parcel.commit[:12]} is what was built",
            hint="find out who moved the tag; a version that was published elsewhere needs the next number",
        )


def look_beside(client: Client, parcel: Parcel, look: Callable[[], Made]) -> Made:
    """Look for a release while its tag is looked at, and give it where the tag is the one that was built."""
    with open_pool(1) as pool:
        tag = pool.submit(require_tag, client, parcel)
        found = look()
        tag.result()
    return found


def _commit_of(client: Client, reference: Reference | None) -> str:
    """Follow annotated tags to the commit; empty where there is none at their end."""
    for _ in range(_DEEPEST):
        if reference is None or reference.target.type != "tag":
            break
        reference = client.tag_object(reference.target.sha)
    return reference.target.sha if reference and reference.target.type == "commit" else ""
