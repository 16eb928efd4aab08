"""Secrets leave every text at the door."""

from __future__ import annotations

import base64
import json
import re
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus, unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHORTEST = 8
"""Letters of the shortest secret that is looked for: a shorter one is a part of words that say something."""
_MARK = "***"
_VARIABLE = re.compile(
    r"(?:.*_)?(?:TOKEN|PASSWORD|PASSPHRASE|WEBHOOK_URL|API_KEY|ACCESS_KEY|PRIVATE_KEY)"
    r"|.*SECRET.*(?<!_FILE)(?<!_DIR)(?<!_PATH)",
    re.IGNORECASE,
)
"""Names of variables whose values are secrets."""
_PASSWORD = re.compile(r"://[^/\s:@]*:([^/\s]+)@")
_CREDENTIALS = re.compile(r'(?<=://)[^/\s@"]+(?=@)')  # a quote ends a text in JSON; no address holds one


class Hidden:
    """What nobody may read; many threads may add to it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._secrets: set[str] = set()
        self._forms: tuple[str, ...] = ()

    def add(self, *secrets: str) -> None:
        """Take these up, in all the forms in which they travel."""
        with self._lock:
            new = {each for each in map(str.strip, secrets) if len(each) >= SHORTEST} - self._secrets
            if new:
                self._secrets |= new
                forms = {*self._forms, *(form for each in new for form in _disguises(each))}
                self._forms = tuple(sorted(forms, key=len, reverse=True))

    def leave(self, text: str) -> str:
        """Give a text without them."""
        for form in self._forms:  # a search for each is quicker than one pattern of them all
            if form in text:
                text = text.replace(form, _MARK)
        return text


_HIDDEN = Hidden()
"""Of the whole process: whatever fails anywhere may repeat a secret."""


def hide(*secrets: str) -> None:
    """Take these out of every text that leaves from now on."""
    _HIDDEN.add(*secrets)


def redact(text: str) -> str:
    """Take credentials out of the addresses in a text, and every hidden secret out of all of it."""
    return _CREDENTIALS.sub(_MARK, _HIDDEN.leave(text))


def find_secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """Give the secrets among an environment's values, and the passwords in its addresses."""
    for name, value in environment.items():
        for password in _PASSWORD.findall(value):
            yield from (password, unquote(password))
        if _VARIABLE.fullmatch(name):
            yield value
            yield from value.splitlines()  # a key of many lines is repeated a line at a time
        if name.endswith("_WEBHOOK_URL"):
            yield from _parts_of_address(value)


def _parts_of_address(address: str) -> Iterator[str]:
    """Give what a failed request says of its address: the path, what follows it, and what signs it."""
    path, _, query = address.partition("://")[2].partition("/")[2].partition("?")
    yield from (f"/{path}", path, path.rpartition("/")[2], f"/{path}?{query}", query)
    yield from (value for name, value in parse_qsl(query) if name in {"sig", "code", "key", "token"})


def _disguises(secret: str) -> Iterator[str]:
    """Give the forms of a secret: as it is, in an address, in JSON, in Python's quotes, and within Basic's base64."""
    content = secret.encode(errors="surrogateescape")
    yield secret
    for quoted in (quote(content), quote(content, safe=""), quote_plus(content)):
        yield from (quoted, re.sub("%..", lambda found: found[0].lower(), quoted))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1])
    for before in range(3):  # `aws:<token>`: what stands before shifts the letters
        begin, end = -(-before * 8 // 6), (before + len(content)) * 8 // 6
        core = base64.b64encode(b"\0" * before + content)[begin:end].decode()
        yield from (core, core.translate(str.maketrans("+/", "-_")))
