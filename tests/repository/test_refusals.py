"""What a release refuses is told in a document, word for word, and nothing is told that no tool says.

A table behind a comment `messages: CALL…` tells what these calls say, `messages: text` what anything says: each phrase
that begins a row stands in such a message. Every message of the calls of `BY_PAGE` has its row.
"""

from __future__ import annotations

import pytest

from tests.repository.page import PAGES, Page, make_page
from tests.repository.wording import Saying, all_texts, read_sayings, say

BY_PAGE = {
    "RELEASING.md": {
        "Refused",
        "BuildFailed",
        "GateRefused",
        "GateUnavailable",
        "InstallFailed",
        "refused",
        "unavailable",
    },
    "databricks/DATABRICKS_SETUP.md": {"Refused", "GateRefused", "GateUnavailable", "InstallFailed"},
}
PROGRAM = {"RELEASING.md": "tools/release/", "databricks/DATABRICKS_SETUP.md": "tools/cluster/"}


def told_phrases(page: Page) -> dict[str, list[str]]:
    """Give the phrases that a document tells, by the calls that say them."""
    return {
        calls: [phrase for row in rows for phrase in row[0].strip("`").split("` `")]
        for calls, rows in page.tables("messages").items()
    }


def untold(sayings: tuple[Saying, ...] | list[Saying], phrases: list[str]) -> list[Saying]:
    """Give the messages that no phrase leads to."""
    return [each for each in sayings if not any(each.holds(phrase) for phrase in phrases)]


def unsaid(sayings: tuple[Saying, ...] | list[Saying], phrases: list[str]) -> list[str]:
    """Give the phrases that no message holds, or that are too short to lead to any."""
    return [phrase for phrase in phrases if len(phrase) < 6 or not any(each.holds(phrase) for each in sayings)]


def _page(name: str) -> Page:
    return next(page for page in PAGES if str(page) == name)


@pytest.mark.parametrize("name", BY_PAGE)
def test_every_refusal_has_its_row(name: str) -> None:
    phrases = [phrase for told in told_phrases(_page(name)).values() for phrase in told]
    sayings = [each for each in say(*sorted(BY_PAGE[name])) if each.place.startswith(PROGRAM[name])]
    assert len(sayings) > 10
    assert not untold(sayings, phrases)


@pytest.mark.parametrize("page", [page for page in PAGES if told_phrases(page)], ids=str)
def test_every_row_is_of_a_refusal_of_these_classes(page: Page) -> None:
    wrong = [
        phrase
        for calls, phrases in told_phrases(page).items()
        for phrase in unsaid(all_texts() if calls == "text" else say(*calls.split()), phrases)
    ]
    assert not wrong


@pytest.mark.parametrize("page", [page for page in PAGES if told_phrases(page)], ids=str)
def test_every_row_says_what_to_do(page: Page) -> None:
    assert all(len(row) == 3 and row[2] for rows in page.tables("messages").values() for row in rows)


SOURCE = """
def refuse(tag, dirty):
    if dirty:
        raise Refused(f"{tag}: the tree is not clean", hint="mend it")
    raise _malformed(tag, f"{tag!a} has no name")

def _malformed(tag, reason):
    return Refused(f"tag {tag}: {reason}")
"""


def test_messages_are_read_through_the_functions_that_make_them() -> None:
    said = {each.words for each in read_sayings(SOURCE, "made.py", {"Refused"})}
    assert said == {"…: the tree is not clean", "tag …: … has no name"}


def test_a_refusal_that_is_told_nowhere_is_found() -> None:
    said = read_sayings(SOURCE, "made.py", {"Refused"})
    assert [each.words for each in untold(said, ["the tree is not clean"])] == ["tag …: … has no name"]


def test_a_row_that_no_tool_says_is_found() -> None:
    page = make_page("<!-- messages: Refused -->\n| says | why | do |\n|---|---|---|\n| `the moon is full` | a | b |\n")
    assert told_phrases(page) == {"Refused": ["the moon is full"]}
    assert unsaid(read_sayings(SOURCE, "made.py", {"Refused"}), ["the moon is full"]) == ["the moon is full"]
    assert unsaid(read_sayings(SOURCE, "made.py", {"Refused"}), ["clean"]) == ["clean"]
