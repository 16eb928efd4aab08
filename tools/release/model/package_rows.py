"""Tables of documents with a row for every package: a comment right above each says what a row of it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TABLE = re.compile(
    r"^<!-- packages: (?P<row>\|.*\|) -->\n(?P<head>\|.*\|\n\|[-:| ]+\|\n)(?P<rows>(?:\|.*\|\n)*)", re.MULTILINE
)


@dataclass(frozen=True, order=True)
class Introduced:
    """What documents can say of a package: `$name`, `$folder`, `$imports` and `$description` in a row's form."""

    name: str
    folder: str
    imports: str
    description: str


def renew_rows(text: str, packages: Iterable[Introduced]) -> str:
    """Give a document with a row for each package in every such table, by name, and everything else as it was."""
    values = [{key: _cell(value) for key, value in vars(package).items()} for package in sorted(packages)]

    def renew(table: re.Match[str]) -> str:
        form = Template(table["row"])
        rows = "".join(f"{form.safe_substitute(each)}\n" for each in values)
        return f"<!-- packages: {table['row']} -->\n{table['head']}{rows}"

    return _TABLE.sub(renew, text)


def count_tables(text: str) -> int:
    """Count the tables of a document that have a row for every package."""
    return len(_TABLE.findall(text))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
