"""A case: a bundle, whom its reader trusts, what is asked of it, and the one right answer."""

from __future__ import annotations

import base64
import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from release.model.dsse import IN_TOTO, Envelope, Signature
from release.model.trust import Builder
from tests.corpus.verify.recipes.files import PACKAGE, REPOSITORY, SUBJECTS, VERSION, WHEEL
from tests.corpus.verify.recipes.keys import RELEASE, KnownKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.model.proof import Reason

COMMIT = "1d229271928d3f9e2bb0375bd6ce5db6c6d348d9"
TAG = f"{PACKAGE}/v{VERSION}"


def trusted(key: KnownKey, name: str, **more: object) -> dict[str, object]:
    """Write a key as a trust file has it."""
    return {"name": name, "key": key.text, **more}


def trusting(*keys: Mapping[str, object], **more: object) -> dict[str, object]:
    """Write a trust file: of the key that released, if no others are given."""
    return {"repository": REPOSITORY, "keys": list(keys or [trusted(RELEASE, "release")]), **more}


def statement(tag: str = TAG, package: str = PACKAGE, repository: str = REPOSITORY) -> dict[str, Any]:
    """Write what the tool writes, in the fewest words that are enough."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in SUBJECTS.items()],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": Builder.WORKSTATION.partition("#")[0],
                "externalParameters": {"tag": tag, "package": package, "repository": repository},
                "resolvedDependencies": [
                    {"uri": f"git+{repository}@refs/tags/{tag}", "digest": {"gitCommit": COMMIT}},
                ],
            },
            "runDetails": {"builder": {"id": Builder.WORKSTATION.value}},
        },
    }


def changed(path: str, value: object, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """Give a statement with another value at a dotted path; numbers are places in lists."""
    document = copy.deepcopy(document or statement())
    holder, last = _holder(document, path)
    holder[last] = value
    return document


def without(path: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """Give a statement that lacks what stands at a dotted path."""
    document = copy.deepcopy(document or statement())
    holder, last = _holder(document, path)
    del holder[last]
    return document


def _holder(document: Any, path: str) -> tuple[Any, Any]:  # noqa: ANN401  # lists and objects
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in way:
        document = document[step]
    return document, last


def payload(document: object) -> bytes:
    """Write JSON as the tool does."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def sealed(document: object = None, *keys: KnownKey, kind: str = IN_TOTO) -> Envelope:
    """Give an envelope of a statement, or of bytes, that keys signed: the releasing one, if no others are given."""
    content = document if isinstance(document, bytes) else payload(statement() if document is None else document)
    envelope = Envelope(content, kind)
    for key in keys or (RELEASE,):
        envelope = envelope.signed(Signature(key.sign(envelope.message), key.keyid))
    return envelope


def signed(document: object = None, *keys: KnownKey, kind: str = IN_TOTO) -> bytes:
    """Give the line of such an envelope."""
    return sealed(document, *keys, kind=kind).as_line()


def fields(envelope: Envelope | None = None) -> dict[str, Any]:
    """Give an envelope's JSON, to be changed."""
    return dict(json.loads((envelope or sealed()).as_line()))


def line(document: object) -> bytes:
    """Write changed JSON as a line of a bundle."""
    return payload(document) + b"\n"


def with_signatures(*values: bytes, envelope: Envelope | None = None) -> bytes:
    """Give a line whose signatures are these bytes."""
    document = fields(envelope)
    document["signatures"] = [{"sig": base64.b64encode(each).decode()} for each in values]
    return line(document)


@dataclass(frozen=True)
class Case:
    """One folder of the corpus."""

    name: str
    why: str
    bundle: bytes
    reason: Reason | None = None
    trust: Mapping[str, Any] = field(default_factory=trusting)
    file: str = WHEEL
    asked: Mapping[str, str] = field(default_factory=dict)
    """`package`, `version`, `repository`, `commit`, `builder`, where they are given."""
    own: bytes | None = None
    """The file's bytes, where they are not the shared ones."""

    @property
    def folder(self) -> str:
        """The folder's name, which says whether it must be rejected."""
        return f"{self.name}_fail" if self.reason else self.name

    @property
    def expected(self) -> dict[str, str | None]:
        """What `expected.json` says."""
        return {"reason": self.reason, "why": self.why, "file": self.file, **self.asked}
