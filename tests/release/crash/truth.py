"""The truth of what differs from run to run: proofs, receipts and notices, judged by what they say."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from release.adapters.ecdsa import Ecdsa
from release.model.policy import RootPolicy
from release.model.proof import Expected, Unproven
from release.model.receipt import Receipt
from release.model.tag import parse_tag
from release.model.trust import Trust, TrustedKey
from release.steps.prove import prove
from release.steps.vouch import is_written_by
from tests.release.crash.state import BUNDLE, RECEIPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release.model.proof import Proven
    from release.model.tag import Tag
    from tests.release.crash.state import State
    from tests.servers.webhooks import Webhooks

_TOLD = re.compile(r"^released: (?P<tag>\S+)$", re.MULTILINE)
_ID = re.compile(r" · ([0-9a-f]{16})(?:\s|$)")
_AGAIN = "(again"


@dataclass(frozen=True)
class Truth:
    """What has to hold of each release: whose key counts, and what the receipt of an undisturbed run says."""

    key: bytes
    tags: tuple[str, ...]
    undisturbed: State

    def doubts(self, state: State) -> Iterator[str]:
        """Say what is wrong with the proofs and the receipts of a state."""
        for name in self.tags:
            tag = parse_tag(name)
            bundles = state.named(f"{tag.stem}{BUNDLE}")
            if len(set(bundles.values())) != 1:
                yield f"{name}: there are {len(set(bundles.values()))} bundles, at {sorted(bundles)}"
                continue
            yield from self._doubts_of(tag, state, next(iter(bundles.values())))

    def _doubts_of(self, tag: Tag, state: State, bundle: bytes) -> Iterator[str]:
        receipts = state.named(f"{tag.stem}{RECEIPT}")
        if len(set(receipts.values())) != 1:
            yield f"{tag}: there are {len(set(receipts.values()))} receipts, at {sorted(receipts)}"
        for place, content in receipts.items():
            try:
                receipt = Receipt.model_validate_json(content)
                expected = Expected(tag.package, str(tag.version), RootPolicy().repository)
                proven = [self._prove(bundle, name, sha, expected) for name, sha in _subjects(receipt)]
            except (Unproven, ValidationError) as error:
                yield f"{place}: {error}"
                continue
            yield from (f"{place}: {said}" for said in self._untrue(tag, receipt, state))
            if not is_written_by(proven[0], receipt, Ecdsa()):
                yield f"{place}: nobody who counts has signed it"

    def _prove(self, bundle: bytes, name: str, sha256: str, expected: Expected) -> Proven:
        today = datetime.now(UTC).date()
        return prove(bundle, name, sha256, Trust((TrustedKey(self.key),)), expected, Ecdsa(), today)

    def _untrue(self, tag: Tag, receipt: Receipt, state: State) -> Iterator[str]:
        """Compare what a receipt says with what is there, and with what that of an undisturbed run says."""
        if not receipt.is_complete:
            yield "it is not complete"
        for name, digest in receipt.digests.items():
            found = {hashlib.sha256(content).hexdigest() for content in _of(tag, state.named(name))}
            if found != {digest}:
                yield f"{name} is {digest}, and there are {sorted(found)}"
        [before] = {*self.undisturbed.named(f"{tag.stem}{RECEIPT}").values()}
        expected = {each for each in Receipt.model_validate_json(before).publications if not _is_bundle(each.name)}
        if {each for each in receipt.publications if not _is_bundle(each.name)} != expected:
            yield "its publications are not those of an undisturbed run"


def wrong_notices(webhooks: Webhooks, tags: tuple[str, ...]) -> Iterator[str]:
    """Say which release was not told once; a notice that says that it is one again is the same one."""
    for service in webhooks.said:
        told = webhooks.told(service)
        ids = Counter(found[1] for text in told if (found := _ID.search(text)))
        repeated = Counter(found[1] for text in told if _AGAIN in text and (found := _ID.search(text)))
        if sum(ids.values()) != len(told):
            yield f"{service}: a notice has no id: {told}"
        for each, times in ids.items():
            if times - repeated[each] > 1:
                yield f"{service} was told {times} times of {each}, and {repeated[each]} of them say that it is again"
        once = {found[1]: text for text in told if (found := _ID.search(text))}
        released = Counter(found["tag"] for text in once.values() for found in _TOLD.finditer(text))
        for tag in tags:
            if released[tag] != 1:
                yield f"{service} was told {released[tag]} times that {tag} is released"


def _subjects(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Give what the provenance has to be of: the artifacts, and the SBOM."""
    yield from ((each.name, each.sha256) for each in receipt.artifacts)
    yield from ((each.name, each.sha256) for each in receipt.evidence if each.name.endswith(".cdx.json"))


def _of(tag: Tag, files: Mapping[str, bytes]) -> Iterator[bytes]:
    """Give those that belong to a release: every one has its own SHA256SUMS."""
    return (content for place, content in files.items() if place.startswith("index/") or f"/{tag.package}/" in place)


def _is_bundle(name: str) -> bool:
    return name.endswith(BUNDLE)
