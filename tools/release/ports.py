"""What a step may ask of the outside, one protocol for each thing out there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path, PurePosixPath

    from packaging.requirements import Requirement
    from packaging.version import Version

    from release.model.artifact import Artifacts
    from release.model.closure import Closure, Pin
    from release.model.evidence import Judged
    from release.model.finding import Finding
    from release.model.ledger import Entry
    from release.model.offer import Offer
    from release.model.plan import Commit
    from release.model.receipt import Receipt
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
    """A place artifacts go."""

    name: str

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]: ...
    def ledger(self, tag: Tag, digests: Mapping[str, str]) -> tuple[Entry, ...]: ...
    def put(self, artifacts: Artifacts) -> None: ...


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
    def keep(self, judged: Judged) -> None: ...
    def is_whole(self, tag: Tag, receipt: Receipt) -> bool: ...
    def record(self, tag: Tag, receipt: Receipt, reports: Mapping[str, bytes]) -> None: ...


class Reporter(Protocol):
    """Whoever watches."""

    def begin(self, subject: str, title: str) -> None: ...
    def end(self, subject: str, title: str, seconds: float, said: str) -> None: ...
    def say(self, text: str) -> None: ...
    def warn(self, text: str) -> None: ...
