"""Release notes: what changed, the files and their digests, how to prove them, how to install them."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.model.changelog import Section
    from release.model.tag import Tag

_LONGEST: Final = 60_000
"""Characters of a changelog's section that are shown: GitHub takes 125,000 in all."""
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of writing."""
_CODE: Final = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_FENCE: Final = re.compile(r"\s*(?:`{3,}|~{3,})[^`]*")
_PUNCTUATION: Final = re.compile(r"[^\w\s.-]|_")
_INSTALLED: Final = (".whl", ".tar.gz")


def render_notes(
    tag: Tag, section: Section | None, digests: Mapping[str, str], repository: str, *, is_signed: bool
) -> str:
    """Write the notes of a release in Markdown, the same for the same release.

    `digests` gives SHA-256 by file name, `repository` the address of the source; the changelog's section is quoted, so
    that nothing in it can pass for the rest.
    """
    parts = (
        f"Version {tag.version} of `{tag.package}`.",
        "## What changed",
        _quote(section.body) if section else "The changelog has no entry for this version.",
        "## Files",
        _table(digests),
        "## Verify",
        _verification(tag, repository, is_signed=is_signed),
        "## Install",
        _installation(tag, digests),
    )
    return "\n\n".join(parts) + "\n"


def _quote(text: str) -> str:
    """Quote a changelog: an open comment, fence or tag ends with the quote, and names call nobody."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = _UNSEEN.sub("", text).strip()
    lines = whole[:_LONGEST].splitlines()
    if len(whole) > _LONGEST:
        lines[-1:] = ["", "The changelog says more."]  # its last line is cut
    has_plain_code = all(_FENCE.fullmatch(line) or "`" not in _CODE.sub("", line) for line in lines)
    return "\n".join(f"> {_tame(line, has_plain_code=has_plain_code)}".rstrip() for line in lines)


def _tame(line: str, *, has_plain_code: bool) -> str:
    """Keep Markdown, and make HTML, pictures and mentions mere text; code stays where it is plain what is code."""
    if not has_plain_code:
        return _harmless(line)
    tamed, at = "", 0
    for match in _CODE.finditer(line):
        code = match[0]
        if "<" in code:  # code in HTML stays harmless, whatever a reader takes for code
            code = f"<code>{_PUNCTUATION.sub(lambda found: f'&#{ord(found[0])};', match[2].strip())}</code>"
        tamed += _harmless(line[at : match.start()]) + code
        at = match.end()
    return tamed + _harmless(line[at:])


def _harmless(text: str) -> str:
    return text.replace("<", "&lt;").replace("![", "!&#91;").replace("@", "@&#8203;")


def _table(digests: Mapping[str, str]) -> str:
    rows = (f"| `{name}` | `{sha256}` |" for name, sha256 in sorted(digests.items()))
    return "\n".join(("| File | SHA-256 |", "|---|---|", *rows))


def _verification(tag: Tag, repository: str, *, is_signed: bool) -> str:
    is_address = "://" in repository  # what has none yet is named by a URN
    where = f"In a clone of {html.escape(repository)}:" if is_address else "In a clone of the source:"
    signed = (
        f"The provenance in `{tag.stem}.intoto.jsonl` is signed: this proves the files against the keys in the source."
        if is_signed
        else "This release is not signed: this finds what was changed since the build, and not who built it."
    )
    return "\n\n".join(
        (
            signed,
            where,
            _code("sh", f"hatch run release verify {tag}"),
            "Beside the downloaded files, without the source:",
            _code("sh", "sha256sum --check SHA256SUMS"),
        )
    )


def _installation(tag: Tag, digests: Mapping[str, str]) -> str:
    hashes = [f"    --hash=sha256:{digests[name]}" for name in sorted(digests) if name.endswith(_INSTALLED)]
    return "\n\n".join(
        (
            "In a requirements file of which each line has its hashes:",
            _code("text", " \\\n".join((f"{tag.package}=={tag.version}", *hashes))),
            _code("sh", "pip install --require-hashes --requirement requirements.txt"),
        )
    )


def _code(kind: str, text: str) -> str:
    return f"```{kind}\n{text}\n```"
