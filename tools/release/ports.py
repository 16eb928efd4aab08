"""What a step may ask of the outside, one protocol for each thing out there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path, PurePosixPath

    from packaging.requirements import Requirement
    from packaging.version import Version

    from release.model.artifact import Artifacts
    from release.model.closure import Closure, Pin
    from release.model.compatibility import Answer
    from release.model.diagnosis import Diagnosis
    from release.model.evidence import Judged
    from release.model.finding import Finding
    from release.model.ledger import Held, Listing
    from release.model.offer import Offer
    from release.model.parcel import Parcel
    from release.model.plan import Commit
    from release.model.receipt import Receipt
    from release.model.runtime import Runtime
    from release.model.tag import Channel, Tag
    from release.model.toolchain import ToolFile
    from release.model.tree import TagRef, TreeFile


class Source(Protocol):
    """The repository that releases come from."""

    root: Path

    @property
    def is_shallow(self) -> bool: ...
    @property
    def tags(self) -> tuple[TagRef, ...]: ...
    @property
    def changes(self) -> tuple[str, ...]: ...
    @property
    def hidden_changes(self) -> tuple[str, ...]: ...
    def commit(self, revision: str) -> Commit | None: ...
    def commits(self, shas: Iterable[str]) -> Mapping[str, Commit]: ...
    def branches_with(self, sha: str, names: Iterable[str]) -> tuple[str, ...]: ...
    def ignored(self, folder: PurePosixPath) -> tuple[str, ...]: ...
    def folders(self, revision: str) -> tuple[PurePosixPath, ...]: ...
    def files(self, revision: str, *folders: str) -> tuple[TreeFile, ...]: ...
    def read(self, names: Iterable[str]) -> Mapping[str, bytes]: ...
    def tree_ids(self, names: Iterable[str]) -> tuple[str, ...]: ...
    def changed_files(self, pairs: Sequence[tuple[str, str]]) -> tuple[int, ...]: ...


class Builder(Protocol):
    """The locked toolchain, which turns a commit into a wheel and an sdist."""

    @property
    def tools(self) -> tuple[ToolFile, ...]: ...
    @property
    def provides(self) -> Mapping[str, Version]: ...
    def build(self, sha: str, tag: str, folder: PurePosixPath, made: Path, seconds: int) -> None: ...


class Environment(Protocol):
    """A throw-away Python environment."""

    folder: Path

    def install_lock(self, lock: Path) -> None: ...
    def install_wheels(self, *wheels: Path) -> None: ...
    def install_from(self, index: str, *names: str) -> None: ...
    def run(self, *words: str, cwd: Path, seconds: float, variables: Mapping[str, str] | None = None) -> Ran: ...
    def call(self, script: str, *words: str, seconds: float) -> Ran: ...


class Ran(Protocol):
    """How a program ended."""

    @property
    def code(self) -> int: ...
    @property
    def output(self) -> str: ...
    @property
    def last_lines(self) -> str: ...


class Resolver(Protocol):
    """What finds exact versions, and makes environments of them."""

    @property
    def has_java(self) -> bool: ...
    def environment(self, folder: Path) -> Environment: ...
    def beside(self, lock: Path, folder: Path) -> Path: ...
    def resolve(
        self, wanted: Sequence[Requirement], ours: Mapping[str, Sequence[Offer]], as_of: datetime, lock: Path
    ) -> datetime | None: ...
    def unpack(self, lock: Path, folder: Path) -> None: ...


class Guard(Protocol):
    """What knows what an install would do on a Databricks runtime."""

    def ask(self, runtime: Runtime, wanted: Sequence[Requirement], *, pages: Path | None = None) -> Answer: ...


class Knowledge(Protocol):
    """The services that know of vulnerabilities."""

    def ask(self, service: str, pins: Iterable[Pin]) -> Mapping[Pin, tuple[Finding, ...]]: ...


class Documents(Protocol):
    """What writes SBOMs, and knows a valid one."""

    def sbom(self, artifacts: Artifacts, closure: Closure) -> str: ...
    def problems(self, document: object) -> tuple[str, ...]: ...


class IndexRules(Protocol):
    """What an index takes."""

    def objections(self, paths: Iterable[Path]) -> str: ...


class Target(Protocol):
    """A place artifacts go.

    A file is brought first and offered afterwards, where the place knows the difference. What the place answers is told
    in errors of ours: Incomplete where it could not be asked or reached, Conflict where it has other bytes, UsageError
    where settings or credentials are missing. Each method can be called from several threads.
    """

    name: str

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:
        """Give the locations at which a file of a release belongs; none where it does not come here."""

    def held(self, tag: Tag) -> tuple[Held, ...]:
        """Give every file that stands there under a version, whoever put it there."""

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give the same of every version of these packages, in as few questions as the place allows.

        The digests of evidence may be empty, where each would take a question of its own.
        """

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]:
        """Give what whoever installs from a channel is shown of a package."""

    def fetch(self, offer: Offer) -> bytes:
        """Give the bytes of what is offered, as they come."""

    def put(self, parcel: Parcel) -> None:
        """Bring what is absent, and nothing else; not offered yet, where the place can keep it unseen."""

    def show(self, parcel: Parcel) -> None:
        """Offer what was brought, once."""


@runtime_checkable
class Archive(Protocol):
    """A target that keeps evidence beside the artifacts."""

    def read(self, tag: Tag, name: str) -> bytes:
        """Give a file of a release, offered or not; nothing, where there is none."""

    def seal(self, tag: Tag, receipt: bytes) -> None:
        """Keep the receipt, once all is published; the first of a release stays."""


@runtime_checkable
class Immediate(Protocol):
    """A target that may offer a file from the moment it is brought."""

    @property
    def is_immediate(self) -> bool:
        """Whether it does, as it is set up."""


@runtime_checkable
class Revocable(Protocol):
    """A target that can take a version off offer, and put it back."""

    def relist(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> tuple[Held, ...]:
        """Change how a version is listed, if it still is listed as `before` says; give what is there then.

        Where it is listed so already, nothing is done. Conflict, where somebody listed it otherwise meanwhile.
        """


@runtime_checkable
class Examined(Protocol):
    """A target that can say what would make a release to it fail."""

    def examine(self, packages: Collection[str]) -> Iterable[Diagnosis]:
        """Look at credentials, permissions and settings of the place, without changing anything."""


class Signer(Protocol):
    """Whoever holds a private key: ECDSA P-256 with SHA-256."""

    name: str
    """Whose key it is, in words for people."""

    @property
    def key(self) -> bytes: ...
    def sign(self, message: bytes) -> bytes: ...


class Signatures(Protocol):
    """What knows whether a key made a signature."""

    def is_made_by(self, key: bytes, signature: bytes, message: bytes) -> bool: ...


class Shelf(Protocol):
    """Where artifacts and evidence are kept on this machine."""

    def read(self, tag: Tag, name: str) -> bytes: ...
    def alone(self, tags: Iterable[Tag]) -> AbstractContextManager[None]: ...
    def keep(self, judged: Judged) -> None: ...
    def restore(self, tag: Tag, files: Mapping[str, bytes]) -> None: ...
    def remember(self, tag: Tag, files: Mapping[str, bytes]) -> None: ...
    def recall(self, tag: Tag, name: str) -> bytes: ...
    def is_whole(self, tag: Tag, receipt: Receipt) -> bool: ...
    def require_whole(self, artifacts: Artifacts, receipt: Receipt) -> None: ...
    def record(self, tag: Tag, receipt: Receipt, reports: Mapping[str, bytes]) -> None: ...


class Reporter(Protocol):
    """Whoever watches."""

    def begin(self, subject: str, title: str) -> None: ...
    def end(self, subject: str, title: str, seconds: float, said: str) -> None: ...
    def say(self, text: str) -> None: ...
    def warn(self, text: str) -> None: ...
