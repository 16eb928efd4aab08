"""One line of a requirements file that pins something."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from env_drift.errors import LockError
from env_drift.lock import Entry, Pin
from env_drift.marker import MarkerError
from env_drift.marker_text import parse_marker
from env_drift.name import normalize_name
from env_drift.version import parse_version

if TYPE_CHECKING:
    from env_drift.marker import Condition, Junction

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
EXTRAS = rf"\[\s*(?:{NAME}(?:\s*,\s*{NAME})*)?\s*\]"
PIN = re.compile(
    rf"(?P<name>{NAME})\s*(?:{EXTRAS})?\s*(?P<equal>===?)\s*"
    r"(?P<version>(?:[0-9]+!)?[^\s;,=<>!~()]+)\s*(?:;(?P<marker>.*))?"
)
DIRECT = re.compile(rf"(?:(?P<name>{NAME})\s*(?:{EXTRAS})?\s*@\s*)?(?P<url>\S+)(?:\s+;(?P<marker>.*))?")
WHEEL = re.compile(r"(?P<name>[A-Za-z0-9][\w.]*)-(?P<version>[^-]+)(?:-\d[^-]*)?(?:-[^-]+){3}\.whl")
SDIST = re.compile(rf"(?P<name>{NAME})-(?P<version>[^-]+)\.(?:tar\.gz|zip)")
LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
WITHOUT_MEANING = ("--config-settings", "--config-setting", "-C", "--global-option")


def read_requirement(line: str, where: str) -> Entry:
    """Read one logical line, `name[extra]==1.0 ; marker --hash=sha256:…` or a wheel's URL."""
    words = line.split(" ")
    options = next((index for index, word in enumerate(words) if word.startswith("-")), len(words))
    hashes = _read_hashes(" ".join(words[options:]), where)
    text = " ".join(words[:options]).strip()
    found = PIN.fullmatch(text)
    if found:
        name, version = found["name"], found["version"]
        if found["equal"] == "==" and parse_version(version) is None:
            raise LockError(f"{where}: `{text}` does not name one version")
    else:
        found = DIRECT.fullmatch(text)
        if not found or not re.search(r"[@:/]|\.whl", text):
            raise LockError(f"{where}: `{text}` is not pinned\nhint: write name==version, as pip-compile does")
        name, version = _read_archive(found["url"], found["name"], where)
    return Entry(Pin(name, version, hashes), where, _read_marker(found["marker"], where))


def _read_archive(url: str, wanted: str | None, where: str) -> tuple[str, str]:
    file = unquote(urlsplit(url).path).rpartition("/")[2]
    found = WHEEL.fullmatch(file) or SDIST.fullmatch(file)
    if "+" in url.partition(":")[0] or not found or parse_version(found["version"]) is None:
        raise LockError(
            f"{where}: {url} does not say which version it installs\n"
            "hint: a wheel or an sdist does; a source tree or a repository does not, lock it in pylock.toml"
        )
    if wanted is not None and normalize_name(wanted) != normalize_name(found["name"]):
        raise LockError(f"{where}: {wanted} is locked to an archive of {found['name']}")
    return wanted or found["name"], found["version"]


def _read_marker(text: str | None, where: str) -> Condition | Junction | None:
    if text is None:
        return None
    try:
        return parse_marker(text.strip())
    except MarkerError as error:
        raise LockError(f"{where}: {error}") from error


def _read_hashes(text: str, where: str) -> tuple[str, ...]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise LockError(f"{where}: `{text}` cannot be read: {error}") from error
    hashes: list[str] = []
    while words:
        word = words.pop(0)
        option, separator, value = word.partition("=")
        if not separator and words:
            value = words.pop(0)
        if option == "--hash":
            hashes.append(check_hash(value, where))
        elif option not in WITHOUT_MEANING:
            raise LockError(f"{where}: the option {option} is not known here")
    return tuple(hashes)


def check_hash(text: str, where: str) -> str:
    """Give `sha256:…` back in lower case; another form or a weak algorithm is refused."""
    algorithm, _, digest = text.lower().partition(":")
    if algorithm not in LENGTHS:
        raise LockError(f"{where}: `{text}` is no hash of {', '.join(LENGTHS)}")
    if not re.fullmatch(rf"[0-9a-f]{{{LENGTHS[algorithm]}}}", digest):
        raise LockError(f"{where}: `{text}` is not {LENGTHS[algorithm]} hexadecimal digits long")
    return f"{algorithm}:{digest}"
