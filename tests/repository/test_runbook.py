"""The runbook: an entry for every way in which a command ends, and nothing that leads nowhere."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import pytest

from release import errors
from tests.repository.page import PAGES, Page, make_page, slug_of
from tests.repository.tree import ROOT
from tests.repository.wording import all_texts

RUNBOOK = next(page for page in PAGES if str(page) == "OPERATOR_RUNBOOK.md")
PARTS = ("You see", "Look", "Cure", "Cured when")
_ENTRY = re.compile(
    r"^### (?P<title>[^\n]+)\n<!-- entry: (?P<names>[\w ]+) -->\n(?P<text>.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE
)
_CLASS = re.compile(r"^class ([A-Z]\w+)\((\w+)\):", re.MULTILINE)
WITHOUT_CLASS = {"Done": 0, "Interrupted": 130, "Failed": 20}
"""How a command ends without an error of the tree; on a node, the first code of many."""


@dataclass(frozen=True)
class Entry:
    """An entry: what it is called, which errors lead to it, and its parts."""

    title: str
    names: tuple[str, ...]
    text: str

    @property
    def parts(self) -> dict[str, str]:
        """Its text, by the words in bold that begin each part."""
        found = re.split(r"^\*\*([^*]+)\*\*", self.text, flags=re.MULTILINE)
        return {title: text.strip() for title, text in zip(found[1::2], found[2::2], strict=True)}

    @property
    def phrases(self) -> list[str]:
        """The messages that lead to it."""
        return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", self.parts.get("You see", ""))]


def entries_of(page: Page) -> list[Entry]:
    """Give the entries of a runbook."""
    return [Entry(each["title"], tuple(each["names"].split()), each["text"]) for each in _ENTRY.finditer(page.text)]


@cache
def all_errors() -> dict[str, int]:
    """Give the code of every public error of both programs, in whichever file it stands."""
    codes = {
        name: each.exit_code
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, errors.ReleaseError)
    }
    found = [pair for path in (ROOT / "tools").rglob("*.py") for pair in _CLASS.findall(path.read_text())]
    return {name: codes[base] for name, base in found if base in codes} | codes | WITHOUT_CLASS


def faults_of(page: Page) -> list[str]:
    """Say what is wrong with the table of exit codes and the entries of a runbook."""
    entries = {slug_of(each.title): each for each in entries_of(page)}
    faults = [
        f"{each.title} is of no error {name}"
        for each in entries.values()
        for name in each.names
        if name not in all_errors()
    ]
    missing, lonely = set(all_errors()), set(entries)
    for code, names, *_, way in (row for table in page.tables("exit codes").values() for row in table):
        errors_of_row, anchors = set(re.findall(r"`(\w+)`", names)), set(re.findall(r"\(#([^)]+)\)", way))
        missing -= errors_of_row
        lonely -= anchors
        faults += [f"{name} does not end with {code}" for name in errors_of_row if not _ends_with(name, code)]
        faults += [f"{each} is no entry of {code}" for each in anchors if not errors_of_row & _names_of(entries, each)]
        led = {name for each in anchors for name in _names_of(entries, each)}
        faults += [f"no entry of {name}" for name in errors_of_row - led]
    return [*faults, *(f"no row of {name}" for name in missing), *(f"nothing leads to {each}" for each in lonely)]


def _ends_with(name: str, code: str) -> bool:
    return all_errors().get(name) == int(re.split(r"\W", code)[0])


def _names_of(entries: dict[str, Entry], anchor: str) -> set[str]:
    return set(entries[anchor].names) if anchor in entries else set()


def test_every_code_and_every_error_leads_to_an_entry_and_every_entry_is_led_to() -> None:
    assert len(entries_of(RUNBOOK)) > 25
    assert not faults_of(RUNBOOK)


@pytest.mark.parametrize("entry", entries_of(RUNBOOK), ids=lambda each: slug_of(each.title))
def test_an_entry_says_what_is_seen_how_to_look_how_to_cure_and_when_it_is_cured(entry: Entry) -> None:
    assert tuple(entry.parts) == PARTS
    assert all(entry.parts.values())
    assert "`" in entry.parts["Look"], "a command to look"
    assert "`" in entry.parts["Cure"] + entry.parts["Cured when"], "a command to cure, or to see that it is"


@pytest.mark.parametrize("entry", entries_of(RUNBOOK), ids=lambda each: slug_of(each.title))
def test_the_message_that_leads_to_an_entry_is_one_that_the_tools_say(entry: Entry) -> None:
    assert entry.phrases
    assert not [phrase for phrase in entry.phrases if not is_said(phrase)]


def is_said(phrase: str) -> bool:
    """Whether a message holds the phrase, or a word of the tools is just this one."""
    return any(text.words == phrase or (" " in text.words and text.holds(phrase)) for text in all_texts())


def test_the_codes_of_nodes_are_those_of_their_own_table() -> None:
    rows = [row for page in PAGES for row in page.tables("what nodes say").get("", ())]
    codes = sorted({int(row[1]) for row in rows} - {1})
    assert codes == list(range(codes[0], codes[-1] + 1))
    assert f"| {codes[0]}–{codes[-1]} | `Failed` |" in RUNBOOK.text  # noqa: RUF001  # a span of numbers


def test_no_two_entries_have_one_name() -> None:
    titles = sorted(each.title for each in entries_of(RUNBOOK))
    assert not [one for one, other in pairwise(titles) if one == other]


def words_of(name: str) -> set[str]:
    """Give the words of an enumeration, by the place it stands at: `release.model.reconciliation.Code`."""
    module, _, enumeration = name.rpartition(".")
    return {str(each) for each in getattr(importlib.import_module(module), enumeration)}


@pytest.mark.parametrize(
    ("page", "name"), [pytest.param(page, name, id=f"{page}-{name}") for page in PAGES for name in page.tables("words")]
)
def test_a_table_of_words_has_every_word_that_the_tool_says_and_no_other(page: Page, name: str) -> None:
    rows = page.tables("words")[name]
    assert {word for row in rows for word in re.findall(r"`([^`]+)`", row[0])} == words_of(name)


BROKEN = """
<!-- exit codes -->
| code | error | means | go to |
|---|---|---|---|
| 14 | `Refused` | | [x](#gone) |

### An entry
<!-- entry: Refused Nothing -->
**You see** `the moon is full`
"""


def test_a_runbook_that_is_wrong_is_found_to_be() -> None:
    found = faults_of(make_page(BROKEN))
    assert {
        "Refused does not end with 14",
        "gone is no entry of 14",
        "no row of Conflict",
        "no entry of Refused",
        "An entry is of no error Nothing",
        "nothing leads to an-entry",
    } <= set(found)
    (entry,) = entries_of(make_page(BROKEN))
    assert tuple(entry.parts) != PARTS
    assert not is_said(*entry.phrases)
