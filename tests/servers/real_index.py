"""Package indexes that people run, as processes of their own: pypiserver and devpi-server."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from collections.abc import Iterator

USERNAME = "ada"
PASSWORD = "the-engine-weaves-algebra"  # noqa: S105  # of a server that lives as long as a test
_START = 180
"""Seconds that a server may take to listen, on a machine with much else to do."""


@dataclass(frozen=True)
class RealIndex:
    """An index that holds nothing yet: where files are brought to, and where its pages stand."""

    upload_url: str
    simple_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a release finds it."""
        return {
            "TWINE_REPOSITORY_URL": self.upload_url,
            "TWINE_USERNAME": USERNAME,
            "TWINE_PASSWORD": PASSWORD,
            "RELEASE_INDEX_URL": self.simple_url,
        }

    @property
    def url_for_pip(self) -> str:
        """What pip and uv are given: with the credentials that reading takes."""
        scheme, rest = self.simple_url.split("://")
        return f"{scheme}://{USERNAME}:{PASSWORD}@{rest}"


class IndexServer(Protocol):
    """A server that runs, and can begin anew."""

    def empty(self) -> RealIndex:
        """Give an index without any file."""


class PyPIServer:
    """pypiserver: one folder, nothing of it overwritten, nothing read or brought without a password."""

    def __init__(self, address: str, packages: Path) -> None:
        self._index = RealIndex(f"{address}/", f"{address}/simple/")
        self._packages = packages

    def empty(self) -> RealIndex:
        """Take away every file."""
        for path in self._packages.iterdir():
            path.unlink()
        return self._index


class DevpiServer:
    """devpi-server: each index is one of its own, and takes no file twice."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._made = 0
        self._ask("PUT", USERNAME, {"password": PASSWORD})
        token = self._ask("POST", "+login", {"user": USERNAME, "password": PASSWORD})["password"]
        self._headers = {"X-Devpi-Auth": base64.b64encode(f"{USERNAME}:{token}".encode()).decode()}

    def empty(self, *, volatile: bool = False) -> RealIndex:
        """Make a new index, which only its owner may bring files to; a volatile one replaces files."""
        self._made += 1
        path = f"{USERNAME}/{self._made}"
        self._ask("PUT", path, {"bases": [], "type": "stage", "volatile": volatile}, self._headers)
        return RealIndex(f"{self._address}/{path}/", f"{self._address}/{path}/+simple/")

    def _ask(self, method: str, path: str, document: object, headers: dict[str, str] | None = None) -> dict[str, str]:
        kind = {"Content-Type": "application/json", "Accept": "application/json"}
        content = json.dumps(document).encode()
        request = Request(f"{self._address}/{path}", content, {**kind, **(headers or {})}, method=method)  # noqa: S310  # loopback
        with urlopen(request, timeout=_START) as answer:  # noqa: S310  # likewise
            result: dict[str, str] = json.load(answer).get("result", {})
        return result


@contextmanager
def run_pypiserver(folder: Path) -> Iterator[PyPIServer]:
    """Run pypiserver on a folder."""
    packages, users = folder / "packages", folder / "users"
    packages.mkdir(parents=True)
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()  # noqa: S324  # as htpasswd has it
    users.write_text(f"{USERNAME}:{{SHA}}{digest}\n")
    address = closed_address()
    words = ["pypi-server", "run", "--interface", "127.0.0.1", "--port", _port(address), "--disable-fallback"]
    words += ["--passwords", str(users), "--authenticate", "update,download,list", "--backend", "simple-dir"]
    with _running(folder, address, *words, str(packages)):
        yield PyPIServer(address, packages)


@contextmanager
def run_devpi(folder: Path) -> Iterator[DevpiServer]:
    """Run devpi-server with its data in a folder."""
    folder.mkdir(parents=True)
    data = str(folder / "data")
    with (folder / "init.log").open("wb") as log:
        words = [_program("devpi-init"), "--serverdir", data, "--no-root-pypi", "--root-passwd", "of-nobody"]
        subprocess.run(words, check=True, stdout=log, stderr=log, env=_environment())
    address = closed_address()
    words = ["devpi-server", "--serverdir", data, "--host", "127.0.0.1", "--port", _port(address), "--offline-mode"]
    words += [
        "--argon2-memory-cost",
        "8",
        "--argon2-parallelism",
        "1",
        "--argon2-time-cost",
        "1",
    ]  # of its throw-away key
    with _running(folder, address, *words):
        yield DevpiServer(address)


@contextmanager
def _running(folder: Path, address: str, program: str, *words: str) -> Iterator[None]:
    log = folder / "server.log"
    with log.open("wb") as said:
        server = subprocess.Popen([_program(program), *words], stdout=said, stderr=said, env=_environment())
    try:
        _await(server, address, log)
        yield
    finally:
        server.terminate()
        server.wait(_START)


def _await(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until a server listens; there is nothing else to wait for than its port."""
    until = time.monotonic() + _START
    while time.monotonic() < until:
        assert server.poll() is None, f"the server ended:\n{log.read_text()}"
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", int(_port(address)))) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"the server does not listen:\n{log.read_text()}")


def _port(address: str) -> str:
    return str(urlsplit(address).port)


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
