"""Help texts in documents are the program's."""

from __future__ import annotations

import subprocess
import sys

from tests.repository.helps import all_commands, renew, say_help, shown_helps
from tests.repository.page import PAGES, make_page
from tests.repository.tree import ROOT

WITH_HELP = [page for page in PAGES if shown_helps(page)]


def test_help_texts_in_documents_are_the_program_s() -> None:
    """They are asked for in a process of its own, as whoever calls a program has one."""
    words = [sys.executable, "-m", "tests.repository.helps", "--names"]
    wrong = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert wrong == "", "python -m tests.repository.helps writes them anew"


def test_every_command_has_its_help_in_a_document() -> None:
    assert {words for page in WITH_HELP for words in shown_helps(page)} == all_commands()


def test_a_help_text_that_is_not_the_program_s_is_found_and_mended() -> None:
    text = "<!-- help: release tag -->\n```text\nUsage: release tag, somehow\n```\n"
    assert shown_helps(make_page(text))["release tag"] != say_help("release tag")
    assert shown_helps(make_page(renew(text)))["release tag"] == say_help("release tag")
