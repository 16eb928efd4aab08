"""What is shown is words, whoever wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from release.adapters.terminal import Terminal

if TYPE_CHECKING:
    import pytest

HOSTILE = "\x1b[2Jgone\r\x9b31m \u202ereversed\x07"
ESCAPED = r"\x1b[2Jgone\r\x9b31m \u202ereversed\x07"


def test_what_would_steer_a_terminal_is_shown_as_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    terminal.say(HOSTILE)
    terminal.warn(HOSTILE)
    terminal.fail(HOSTILE, HOSTILE)
    terminal.end("alpha", "check", 0.1, HOSTILE)
    terminal.table(("name",), [(HOSTILE,)])
    terminal.answer(HOSTILE)
    shown = capsys.readouterr()
    assert (shown.err.count(ESCAPED), shown.out.count(ESCAPED)) == (5, 2)
    assert not {"\x1b", "\x9b", "\r", "\x07", "\u202e"} & {*shown.err, *shown.out}


def test_lines_and_letters_of_every_language_stay(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().say("één\ntwo → δύο [bold]")
    assert capsys.readouterr().err == "één\ntwo → δύο [bold]\n"


def test_a_long_cell_is_whole_and_makes_no_other_line_longer(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().table(("", "why", "next"), [("ok", "short", "wait"), ("failed", "x" * 300, "mend it")])
    assert capsys.readouterr().out.splitlines() == [
        "        why    next",
        "ok      short  wait",
        f"failed  {'x' * 300}  mend it",
    ]


@given(st.text())
def test_no_text_reaches_a_terminal_as_a_command(text: str) -> None:
    terminal = Terminal()
    with terminal._talk.capture() as shown:  # noqa: SLF001  # what it would write
        terminal.say(text)
    assert all(letter.isprintable() or letter in "\n\t" for letter in shown.get())
