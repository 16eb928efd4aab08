"""The table of the corpus: what becomes of each archive here, and what pip, uv and twine do with it."""

from __future__ import annotations

import json
import platform
import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from release.errors import IllFormed
from tests.corpus.archives.cases import CASES
from tests.corpus.archives.tools import ask_tools

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.corpus.archives.case import Case

TABLE = Path(__file__).parent / "table.json"
TOOLS = ("pip", "uv", "twine")
_BY_CHANCE = frozenset({("name-twice-wheel", "uv")})
"""Cases of which a tool says now this, now that: uv unpacks side by side, and reads the WHEEL that came last."""
_WORDS = {True: "takes", False: "refuses", None: "not asked"}


def asked_with() -> dict[str, str]:
    """Give the versions on which answers depend; of Python its minor version, whose zipfile and tarfile pip uses."""
    return {"python": platform.python_version().rpartition(".")[0], **{tool: version(tool) for tool in TOOLS}}


def judged_here(case: Case, archive: Path) -> dict[str, str]:
    """Say what a release does with an archive."""
    told = {"name": case.name, "file": case.file, "what": case.what}
    try:
        case.read(archive)
    except IllFormed as refusal:
        return {**told, "verdict": "refused", "reason": str(refusal.reason)}
    return {**told, "verdict": "taken", "reason": ""}


def judged_by_tools(folder: Path) -> list[dict[str, str]]:
    """Say what each tool does with each archive."""
    return [
        {tool: "by chance" if (case.name, tool) in _BY_CHANCE else _WORDS[takes] for tool, takes in answers.items()}
        for case, answers in zip(CASES, ask_tools(CASES, folder), strict=True)
    ]


def make_table() -> dict[str, object]:
    """Judge every case, and have it judged."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        here = [judged_here(case, case.write(folder / "here")) for case in CASES]
        rows = [{**mine, **theirs} for mine, theirs in zip(here, judged_by_tools(folder), strict=True)]
    return {"asked_with": asked_with(), "cases": rows}


def write_table(table: Mapping[str, object]) -> None:
    """Write the table, a line for each case."""
    rows = table["cases"]
    assert isinstance(rows, list)
    lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=True)}" for row in rows)
    TABLE.write_text(f'{{\n"asked_with": {json.dumps(table["asked_with"])},\n"cases": [\n{lines}\n]\n}}\n')


def count(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], Counter[str]]:
    """Count wheels and sdists, taken and refused here: all, those that each tool takes, those that all of them take."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        kind = "sdist" if row["file"].endswith(".tar.gz") else "wheel"
        counter = counts.setdefault((kind, row["verdict"]), Counter())
        takers = [tool for tool in TOOLS if row[tool] == "takes"]
        asked = [tool for tool in TOOLS if row[tool] != "not asked"]
        counter.update(["cases", *takers, *(["all tools"] if takers == asked else [])])
    return counts


def summarise(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Give the counts as the README's table has them."""
    lines = ["| | cases | pip takes | uv takes | twine takes | all asked take |", "|---|---|---|---|---|---|"]
    for (kind, verdict), counter in sorted(count(rows).items(), reverse=True):
        uv = counter["uv"] if kind == "wheel" else "not asked"
        numbers = [counter["cases"], counter["pip"], uv, counter["twine"], counter["all tools"]]
        lines.append(f"| {kind}s {verdict} here | {' | '.join(map(str, numbers))} |")
    return lines
