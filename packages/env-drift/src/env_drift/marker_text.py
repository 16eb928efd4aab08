"""The grammar of markers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from env_drift.marker import Condition, Junction, MarkerError, Operand, name_variable

TOKEN = re.compile(
    r"\s*(?:(?P<operator>~=|===?|!=|<=|>=|<|>)|(?P<bracket>[()])"
    r"|(?P<text>'[^']*'|\"[^\"]*\")|(?P<word>[A-Za-z][A-Za-z0-9_.]*))"
)
DEEPEST = 40


def parse_marker(text: str) -> Condition | Junction:
    """Read a marker, or raise MarkerError saying where it stops making sense."""
    reader = _Reader(text, tuple(_split(text)))
    made = reader.read_any(0)
    if reader.peek():
        raise MarkerError(f"marker `{text}`: nothing is expected at `{reader.peek()}`")
    return made


def _split(text: str) -> list[str]:
    words: list[str] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        found = TOKEN.match(text, position)
        if not found:
            raise MarkerError(f"marker `{text}`: cannot be read from `{text[position:]}` on")
        words.append(found.group().strip())
        position = found.end()
    return words


@dataclass
class _Reader:
    text: str
    words: tuple[str, ...]
    position: int = field(default=0)

    def peek(self) -> str:
        return self.words[self.position] if self.position < len(self.words) else ""

    def take(self) -> str:
        word = self.peek()
        if not word:
            raise MarkerError(f"marker `{self.text}`: ends too early")
        self.position += 1
        return word

    def read_any(self, depth: int) -> Condition | Junction:
        return self._read_joined("or", depth)

    def _read_joined(self, word: str, depth: int) -> Condition | Junction:
        parts = [self._read_part(word, depth)]
        while self.peek() == word:
            self.take()
            parts.append(self._read_part(word, depth))
        return parts[0] if len(parts) == 1 else Junction(word, tuple(parts))

    def _read_part(self, word: str, depth: int) -> Condition | Junction:
        return self._read_joined("and", depth) if word == "or" else self._read_atom(depth)

    def _read_atom(self, depth: int) -> Condition | Junction:
        if self.peek() != "(":
            return self._read_condition()
        if depth == DEEPEST:
            raise MarkerError(f"marker `{self.text[:60]}…`: more than {DEEPEST} brackets deep")
        self.take()
        inner = self.read_any(depth + 1)
        if self.take() != ")":
            raise MarkerError(f"marker `{self.text}`: a bracket is not closed")
        return inner

    def _read_condition(self) -> Condition:
        left, operator, right = self._read_operand(), self._read_operator(), self._read_operand()
        if not left.variable and not right.variable:
            raise MarkerError(f"marker `{self.text}`: compares two texts and no variable")
        return Condition(left, operator, right)

    def _read_operator(self) -> str:
        word = self.take()
        if word == "not" and self.take() == "in":
            return "not in"
        if word == "in" or word[0] in "~=!<>":
            return word
        raise MarkerError(f"marker `{self.text}`: `{word}` is no comparison")

    def _read_operand(self) -> Operand:
        word = self.take()
        if word[0] in "'\"":
            return Operand(word[1:-1], variable=False)
        return Operand(name_variable(word, self.text), variable=True)
