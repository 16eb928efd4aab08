"""Where the files come from, and whether everybody who offers them offers the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.model.ledger import State
from release.model.trust import Builder, keyid_of
from release.steps.inspection.look import Doubt
from release.steps.ledger import read_ledger

if TYPE_CHECKING:
    from release.steps.inspection.look import Look


def require_provenance(look: Look) -> str:
    """Require that the files are what a trusted key says was built from the tag."""
    proven = look.proven
    builder = Builder(proven.builder)
    if look.trust is None:
        return f"nobody's word: no signature was asked for; {builder.short}; commit {proven.commit[:12]}"
    keys = ", ".join(key.name or keyid_of(key.key)[:12] for key in proven.keys)
    return f"signed by {keys}; {builder.short}, {builder.level}; commit {proven.commit[:12]}"


def require_archives(look: Look) -> str:
    """Require that wheel and sdist mean the same to whoever unpacks them."""
    return f"well-formed: {', '.join(f'{len(members)} files in {name}' for name, members in look.members.items())}"


def require_targets(look: Look) -> str:
    """Require that every target holds the same bytes."""
    tag, targets = look.delivery.tag, look.context.targets
    digests = {name: look.digests[name] for name in tag.files}
    for entry in read_ledger(tag, digests, targets):
        if entry.state is not State.IDENTICAL:
            raise Doubt(entry.state, f"{entry.target}: {entry.name} is {entry.state} {entry.detail}".rstrip())
    return f"identical in {', '.join(target.name for target in targets)}"
