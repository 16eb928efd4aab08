"""One way in which an environment is not what its lock says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(str, Enum):
    """
    What sort of difference it is.

    `missing` is locked and not installed, `version` installed in another one, `origin` installed from elsewhere,
    `modified` a file that is not as RECORD says, `unlisted` a file no RECORD lists, `unverifiable` a file RECORD
    gives no sound digest of, `outside` a RECORD entry beyond the environment, `duplicate` a name found twice in one
    place, `damaged` metadata that cannot be read, `extra` installed and not locked.
    """

    MISSING = "missing"
    VERSION = "version"
    ORIGIN = "origin"
    MODIFIED = "modified"
    UNLISTED = "unlisted"
    UNVERIFIABLE = "unverifiable"
    OUTSIDE = "outside"
    DUPLICATE = "duplicate"
    DAMAGED = "damaged"
    EXTRA = "extra"

    def __str__(self) -> str:
        """Give the word itself, on every Python."""
        return self.value


SENTENCES = {
    Kind.MISSING: "{name}: {expected} is locked, and it is not installed",
    Kind.VERSION: "{name}: {expected} is locked, {found} is installed",
    Kind.ORIGIN: "{name}: {expected} is locked, it was installed from {found}",
    Kind.MODIFIED: "{name}: {file} should be {expected}, it is {found}",
    Kind.UNLISTED: "{file}: no RECORD lists this {found}",
    Kind.UNVERIFIABLE: "{name}: {file} cannot be verified, {found}",
    Kind.OUTSIDE: "{name}: RECORD lists {file}, which is outside the environment",
    Kind.DUPLICATE: "{name}: installed twice in one place, as {found}",
    Kind.DAMAGED: "{name}: {file} is damaged, {found}",
    Kind.EXTRA: "{name}: {found} is installed, and it is not locked",
}


@dataclass(frozen=True)
class Difference:
    """
    One difference; its text is a sentence for people.

    `name` is normalised as PEP 503 says, and empty for a file that belongs to no distribution. `expected` and `found`
    are versions, digests or a few words; `file` is absolute, or as RECORD spells it. None says that there is nothing.
    """

    kind: Kind
    name: str
    expected: str | None = None
    found: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        """One sentence: which, what was wanted, what was found."""
        words = {"name": self.name, "expected": self.expected, "found": self.found, "file": self.file}
        return SENTENCES[self.kind].format(
            **{
                key: "any version" if value is None else escape(value.replace("\n", "\\n"))
                for key, value in words.items()
            }
        )

    def as_json(self) -> dict[str, str | None]:
        """Give the fields, ready for `json.dumps`."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "expected": self.expected,
            "found": self.found,
            "file": self.file,
        }


def escape(text: str) -> str:
    """Spell out what a terminal would obey, as a hostile file name may hold it; line ends stay."""
    return "".join(letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in text)
