"""What `pip install` would do on a runtime, asked of uv: any Python, no code, a tenth of a second.

uv resolves for the runtime's Python and platform into a folder that describes what the runtime ships, and prefers what
is installed, as pip does. tests/guard holds its answers against the runtimes' own pip.
"""

from __future__ import annotations

import json
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

from release.adapters.process import Ran
from release.adapters.runtimes.kept import keep_what_stays
from release.adapters.runtimes.metadata_folder import lay_metadata
from release.adapters.uv import Uv, require_answer
from release.errors import GateUnavailable
from release.model.compatibility import Action, Answer
from release.model.fates import INJECTED
from release.model.runtime import Shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from packaging.requirements import Requirement

    from release.model.runtime import Runtime

UNKNOWN_GLIBC: Final = "2.28"
"""What a wheel may ask for where nobody knows: every runtime with Python 3.10 or later has that much."""
_NEED = re.compile(
    r"Adding (?:direct dependency|transitive dependency for (?P<by>[a-z0-9-]+)(?:\[[^\]]*\])?==(?P<version>[^ ]+)): "
    r"(?P<name>[a-z0-9-]+)(?:\[[^\]]*\])?(?:\{[^}]*\})?(?P<range>.*)"
)
_TALK = re.compile(r"\s*(?:DEBUG|INFO|TRACE|WARN) ")
# uv's answer names what is installed and nothing that is satisfied; what needs what is only in its log.
_LOG: Final = {"RUST_LOG": "uv_resolver=debug"}
_INDEXES: Final = ("UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INDEX", "UV_INDEX_URL")


class RuntimeGuard:
    """The door to uv for questions about runtimes; for several threads at once.

    Folders of runtimes are laid below `scratch`, which is the caller's to remove, and used again.
    """

    def __init__(self, environment: Mapping[str, str], scratch: Path) -> None:
        self._environment = environment
        self._scratch = scratch
        self._free: dict[tuple[str, tuple[Shipped, ...]], list[Path]] = {}
        self._taking = Lock()

    def ask(  # noqa: PLR0913  # each is a part of the question, and by name
        self,
        runtime: Runtime,
        wanted: Sequence[Requirement],
        *,
        pages: Path | None = None,
        index: str = "",
        as_of: datetime | None = None,
        constraints: Sequence[str] = (),
        installed: Iterable[Shipped] = (),
        architecture: str = "x86_64",
    ) -> Answer:
        """Say what installing requirements would do; Unresolvable where nothing fits, GateUnavailable unasked.

        `pages` are pages of our own names (`release.adapters.uv.lay_pages`), which no other index is asked about;
        `index` is asked in place of all that the environment names; `as_of` reads indexes as they stood at a time.
        `constraints` are requirements that bound a version where something needs it, and `installed` what is taken to
        be there beside what the runtime ships, or in its place.
        """
        words = ["pip", "install", "--dry-run", "--output-format", "json", "--only-binary", ":all:"]
        words += ["--python-version", runtime.python]
        words += ["--python-platform", f"{architecture}-manylinux_{(runtime.glibc or UNKNOWN_GLIBC).replace('.', '_')}"]
        words += self._where(pages, index)
        words += ["--exclude-newer", as_of.isoformat(), *self._undated(pages)] if as_of else []

        with self._folder(runtime, (Shipped(INJECTED, runtime.spark or "0"), *installed)) as folder:

            def ask(*more: str) -> Answer:
                return self._ask(self._uv(index), [*words, "--target", str(folder)], wanted, (*constraints, *more))

            return keep_what_stays(runtime, ask(), ask)

    def _ask(self, uv: Uv, words: Sequence[str], wanted: Iterable[object], constraints: Iterable[object]) -> Answer:
        with tempfile.TemporaryDirectory(prefix="asked-", dir=self._scratch) as place:
            asked, bounds = Path(place, "requirements.in"), Path(place, "constraints.txt")
            asked.write_text("".join(f"{each}\n" for each in wanted))
            bounds.write_text("".join(f"{each}\n" for each in constraints))
            done = uv.ask(*words, "--requirements", str(asked), "--constraints", str(bounds), cwd=Path(place))
        talk, said = _split(done)
        require_answer(said)
        found = [each for each in map(_NEED.search, talk) if each and each["name"] != each["by"]]  # an extra of itself
        actions = _read_actions(said.output)
        if actions and not any(each["by"] is None for each in found):  # where all is there, uv looks no further
            raise GateUnavailable(
                "uv does not say what needs what in words that are known here, so nobody would see pyspark",
                hint="is it the uv that is locked for these tools? make their environment anew",
            )
        return Answer(actions, _read_needs(found), _read_ranges(found))

    def _uv(self, index: str) -> Uv:
        """Name an index by a variable: its address may hold a password, and everybody sees a program's words."""
        if not index:
            return Uv({**self._environment, **_LOG})
        rest = {name: value for name, value in self._environment.items() if name not in _INDEXES}
        return Uv({**rest, **_LOG, "UV_DEFAULT_INDEX": index, "UV_NO_CONFIG": "1"})

    def _where(self, pages: Path | None, index: str) -> list[str]:
        if not pages or not pages.is_dir():
            return []
        # Named here, --index takes the place of UV_INDEX: its own follow ours, in their order.
        others = "" if index else self._environment.get("UV_INDEX", "")
        return [word for each in (pages.as_uri(), *others.split()) for word in ("--index", each)]

    @staticmethod
    def _undated(pages: Path | None) -> list[str]:
        """Let our own pages be without upload times."""
        names = sorted(each.name for each in pages.iterdir()) if pages and pages.is_dir() else []
        return [word for name in names for word in ("--exclude-newer-package", f"{name}=false")]

    @contextmanager
    def _folder(self, runtime: Runtime, installed: tuple[Shipped, ...]) -> Iterator[Path]:
        """Give a folder that nobody else asks about meanwhile: uv locks it for as long as it resolves."""
        key = (f"{runtime.name}-{runtime.sha256}", installed)
        with self._taking:
            free = self._free.setdefault(key, [])
            folder = free.pop() if free else None
        if folder is None:
            self._scratch.mkdir(parents=True, exist_ok=True)
            place = tempfile.mkdtemp(prefix=f"{runtime.name}-", dir=self._scratch)
            folder = lay_metadata(runtime, Path(place), installed, whole=False)
        try:
            yield folder
        finally:
            with self._taking:
                free.append(folder)


def _split(done: Ran) -> tuple[list[str], Ran]:
    """Part what uv says of its way from its answer."""
    lines = done.output.splitlines()
    answer = [line for line in lines if not _TALK.match(line)]
    return [line for line in lines if _TALK.match(line)], Ran(done.code, "\n".join(answer))


def _read_actions(answer: str) -> tuple[Action, ...]:
    changes = json.loads(answer[answer.index("{") :])["changes"]
    return tuple(sorted(Action(canonicalize_name(each["name"]), each["version"], each["action"]) for each in changes))


def _read_needs(said: Iterable[re.Match[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for each in said:
        if each["by"]:
            found.setdefault(f"{each['by']}=={each['version']}", {})[each["name"]] = None
    return {by: tuple(names) for by, names in found.items()}


def _read_ranges(said: Iterable[re.Match[str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for each in said:
        by = f"{each['by']}=={each['version']}" if each["by"] else ""
        found.setdefault(each["name"], []).append((by, each["range"]))
    return {name: tuple(ranges) for name, ranges in found.items()}
