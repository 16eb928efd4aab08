"""The terminal: talk goes to standard error, what was asked for goes to standard output."""

from __future__ import annotations

import logging
import sys
from io import TextIOWrapper
from threading import Lock
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_COLOURS = {
    "passed": "green",
    "released": "green",
    "identical": "green",
    "ok": "green",
    "refused": "red",
    "failed": "red",
    "unavailable": "yellow",
    "held back": "yellow",
    "warning": "yellow",
}
_WIDE = 240  # where no terminal has a width, no line is cut
_WIDEST = 80  # letters of a cell that make its column wider


class Terminal:
    """Whoever watches a run; colours and a moving line on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a letter that the encoding lacks is no reason to fail
        if logging.lastResort:
            logging.lastResort.addFilter(_redact_record)  # libraries tell of addresses that they try again
        self._talk = Console(stderr=True, highlight=False, soft_wrap=True)
        self._out = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
        self._status = self._talk.status("") if self._talk.is_terminal else None
        self._running: dict[tuple[str, str], None] = {}
        self._lock = Lock()

    def begin(self, subject: str, title: str) -> None:
        """Show that something is being done."""
        with self._lock:
            self._running[subject, title] = None
            self._show()

    def end(self, subject: str, title: str, seconds: float, said: str) -> None:
        """Say what was done, and how long it took."""
        with self._lock:
            self._running.pop((subject, title), None)
            self._show()
            line = _coloured(_clean(said).partition("\n")[0])
            self._talk.print(f"[bold]{escape(_clean(subject))}[/] {title:<8} [dim]{seconds:5.1f} s[/]  {line}")

    def say(self, text: str) -> None:
        """Say something by the way."""
        self._talk.print(escape(_clean(text)))

    def warn(self, text: str) -> None:
        """Say something that somebody should look at."""
        self._talk.print(f"[yellow]warning:[/] {escape(_clean(text))}")

    def fail(self, message: str, hint: str) -> None:
        """Say what went wrong, and what to do next."""
        self.rest()
        self._talk.print(f"[red]error:[/] {escape(_clean(message))}")
        if hint:
            self._talk.print(f"[cyan]hint:[/] {escape(_clean(hint))}")

    def answer(self, text: str) -> None:
        """Give what was asked for, as it is."""
        self.rest()
        self._out.print(escape(_clean(text)), soft_wrap=True)

    def document(self, text: str) -> None:
        """Give a document, byte for byte but for what nobody may read."""
        self.rest()
        self._out.file.write(f"{redact(text)}\n")

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Give what was asked for as a table; the first column's word has the colour of what it says."""
        self.rest()
        clean = [tuple(map(_clean, row)) for row in rows]
        drawn = self._draw(headings, clean) if self._out.is_terminal else _aligned(headings, clean)
        self._out.file.write("".join(f"{line.rstrip()}\n" for line in drawn))

    def _draw(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
        table = Table(*headings, box=None, pad_edge=False, header_style="bold")
        for first, *others in rows:
            table.add_row(_coloured(first), *map(escape, others))
        with self._out.capture() as drawn:
            self._out.print(table)
        return drawn.get().splitlines()

    def rest(self) -> None:
        """Take the moving line away."""
        if self._status:
            self._status.stop()

    def _show(self) -> None:
        if self._status is None:
            return
        running = ", ".join(f"{subject} {title}" for subject, title in list(self._running)[:3])
        self._status.update(escape(_clean(running)))
        if self._running:
            self._status.start()
        else:
            self._status.stop()


def _aligned(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lay plain lines out: nothing is cut, a thousand take no time, and a long cell pushes its own line alone."""
    lines = [headings, *rows]
    widths = [max(len(cell) for cell in column if len(cell) <= _WIDEST) for column in zip(*lines, strict=True)]
    return ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def _clean(text: str) -> str:
    """Take secrets out, and write what would steer a terminal as the escape that it is: much of it is others' words."""
    said = redact(text)
    return said if said.isprintable() else "".join(map(_printable, said))


def _printable(letter: str) -> str:
    return letter if letter.isprintable() or letter in "\n\t" else ascii(letter)[1:-1]


def _redact_record(record: logging.LogRecord) -> bool:
    """Take the secrets out of a line that a library writes to standard error."""
    record.msg, record.args = redact(record.getMessage()), ()
    if record.exc_info:
        record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
    return True


def _coloured(text: str) -> str:
    word = next((word for word in _COLOURS if text.startswith(word)), None)
    return f"[{_COLOURS[word]}]{escape(text)}[/]" if word else escape(text)
