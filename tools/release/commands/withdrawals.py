"""What `yank` and `restore` share: which version at which targets, and how it is summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.errors import Refused, ReleaseError, UsageError
from release.model.dist import Dist
from release.model.ledger import State
from release.model.receipt import read_receipt
from release.model.tag import Tag, parse_tag
from release.model.withdrawal import Fate, Wish, Withdrawal
from release.steps.withdraw import withdraw_everywhere
from release.targets import NAMES, open_targets
from release.wiring import PATIENCE, find_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release.session import Session


def carry_out(session: Session, name: str, targets: Sequence[str], wish: Wish) -> int:
    """Have a version listed as is wished for at the targets named, or where its receipt says that it is."""
    source = find_source(session.settings)
    dist, tag = Dist(source.root / "dist"), _read_tag(name)
    opened = open_targets(targets or _published_at(tag, dist), session.settings, dist)
    done = withdraw_everywhere(tag, opened, wish, session.terminal, PATIENCE)
    if all(each.fate is Fate.ABSENT for each in done):
        is_known = str(tag) in {ref.name for ref in source.tags}
        raise _nowhere(tag, [each.target for each in done], is_known=is_known)
    return conclude(session, done, {"tag": str(tag), "listing": wish.listing, "reason": wish.reason})


def conclude(session: Session, done: Sequence[Withdrawal], about: dict[str, object]) -> int:
    """Show what became of each version at each target, and give the code of the first that failed."""
    errors: list[ReleaseError] = [each.error for each in done if each.error]
    if done and all(each.fate is Fate.BY_HAND for each in done):
        errors.append(UsageError("no target that was asked can be told", hint="do there by hand what is said above"))
    code = errors[0].exit_code if errors else 0
    if session.as_json:
        session.answer({**about, "targets": [each.as_document() for each in done], "exit_code": code})
    elif done:
        rows = [(each.fate, each.tag, each.target, each.detail.partition("\n")[0]) for each in done]
        session.terminal.table(("", "tag", "target", ""), rows)
    for each in done:
        if each.fate is Fate.BY_HAND:
            session.terminal.warn(f"{each.tag}: {each.target}: {each.detail}")
    for error in errors:
        session.terminal.fail(error.message, error.hint)
    return code


def _read_tag(name: str) -> Tag:
    try:
        return parse_tag(name)
    except Refused as error:
        raise UsageError(error.message, hint=error.hint) from None


def _published_at(tag: Tag, dist: Dist) -> tuple[str, ...]:
    receipt = read_receipt(dist.receipt(tag))
    published = {each.target for each in receipt.publications if each.state is State.IDENTICAL} if receipt else set()
    return tuple(name for name in NAMES if name in published) or ("local",)


def _nowhere(tag: Tag, targets: Sequence[str], *, is_known: bool) -> UsageError:
    asked = f"{' and '.join(targets)} {'holds' if len(targets) == 1 else 'hold'} nothing of it"
    if is_known:
        return UsageError(f"{tag}: {asked}", hint="name the targets that hold it: --to TARGET")
    return UsageError(
        f"there is no tag {tag} here, and {asked}",
        hint="git fetch --tags gets those made elsewhere; --to TARGET names where a version stands",
    )
