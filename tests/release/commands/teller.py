"""`tell` in a folder of documents, and the repository on GitHub that it tells."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from release.model.reconciliation import Code, Discrepancy, reconcile_all
from tests.release.command import ReleaseCommand
from tests.servers.github import TOKEN, GitHub
from tests.servers.github.conversations import Conversations, Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.release.command import Ended
    from tests.servers.faults import Faults

TAG = "alpha/v0.1.0"
FAREWELL = "Nothing is wrong any more. Looked at: "
CALLS = "/api/v3/repos/wheelyard/wheelyard/issues"
_RUN = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "2",
}


def reconciled(*codes: Code, detail: str = "it is not so", tag: str = TAG, cure: str = "hatch run release plan") -> str:
    """Write what `reconcile --json` prints."""
    found = tuple(
        Discrepancy(code=code, tag=tag, target="s3", detail=f"{detail}{number}", next=cure)
        for number, code in enumerate(codes)
    )
    return reconcile_all(("s3",), frozenset({TAG}), found, signatures=True).model_dump_json(by_alias=True)


def rehearsed(*outcomes: dict[str, Any], code: int = 0) -> str:
    """Write what `rehearse --json` prints."""
    usual = {"tag": TAG, "ending": "released", "reason": "", "hint": "", "exit_code": 0, "receipt": None}
    return json.dumps({"outcomes": [{**usual, **each} for each in outcomes], "exit_code": code})


@dataclass(frozen=True)
class Teller:
    """The command in a folder of documents, and the repository that it tells."""

    folder: Path
    command: ReleaseCommand
    github: GitHub

    @property
    def kept(self) -> Conversations:
        return self.github.conversations

    def tell(self, *words: str, code: int, files: dict[str, str] | None = None, **variables: str) -> Ended:
        for name, text in (files or {}).items():
            (self.folder / name).write_text(text)
        return self.command("tell", *(files or {}), *words, **variables).expect(code)

    def did(self, code: int, files: dict[str, str], *words: str) -> str:
        return str(self.tell(*words, "--json", code=code, files=files).document["did"])


@contextmanager
def open_teller(home: Path, faults: Faults | None = None) -> Iterator[Teller]:
    """Give a job of Actions outside any repository."""
    folder = home / "documents"
    folder.mkdir()
    with GitHub(faults=faults) as github:
        github.tokens[TOKEN] = Writer()
        variables = {"HOME": str(home), "NO_COLOR": "1", **_RUN, **github.environment}
        yield Teller(folder, ReleaseCommand(folder, variables), github)
