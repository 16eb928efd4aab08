"""The ways in which a node can get its wheels: the init script's, from index or volume, and a plain script's."""

from __future__ import annotations

import base64
import hashlib
import importlib
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from cluster.model.node_settings import NodeIndex
    from databricks import node, wheels
else:
    sys.path.append(str(Path(__file__).parents[2] / "databricks"))
    node, wheels = importlib.import_module("node"), importlib.import_module("wheels")


class Ended(Exception):
    """A node has not got everything; the code says why, in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Locked:
    """A wheel that every node is to get."""

    name: str
    version: str
    wheel: str
    sha256: str


@dataclass(frozen=True)
class Place:
    """Where one node works: a folder of its own with `settings.json` in it, and the wheels that it wants."""

    folder: Path
    wanted: tuple[Locked, ...]


class Way(Protocol):
    """How a node gets every wheel of its lock."""

    def get_all(self, place: Place) -> None:
        """Get them all, or raise Ended."""


@dataclass(frozen=True)
class InitScript:
    """What the init script does: its own code, with the waiting that is rendered into it, up to what pip is given."""

    def get_all(self, place: Place) -> None:
        """Fetch, hash and open every wheel."""
        here = node.Node(place.folder / "settings.json")
        entries = tuple(node.Entry(each.name, each.version, each.sha256, each.wheel) for each in place.wanted)
        try:
            wheels.fetch(here, node.Lock(1, "", entries))
        except node.Failed as error:
            raise Ended(error.code) from None
        finally:
            shutil.rmtree(place.folder)


@dataclass(frozen=True)
class PlainScript:
    """What people's init scripts do today: `aws codeartifact login --tool pip`, then `pip install`.

    The AWS command line asks for a token at once and again after three short pauses, one more than its default; nothing
    spreads the nodes. pip asks for a page and a file for each wheel, on one connection, and ends where it is throttled:
    it says `No matching distribution found`, unless the answer has a Retry-After.
    """

    index: NodeIndex

    def get_all(self, place: Place) -> None:
        """Get a token, and then page by page what pip would get."""
        with closing(_Pip(self._log_in(), str(self.index.endpoint))) as session:
            for each in place.wanted:
                page = f"/pypi/{self.index.repository}/simple/{each.name}/"
                links = _Links()
                links.feed(session.get(page).decode())
                (address,) = (link for link in links.found if f"/{each.wheel}" in link)
                content = session.get(urljoin(page, address).partition("#")[0])
                if hashlib.sha256(content).hexdigest() != each.sha256:
                    raise Ended("wrong-hash")

    def _log_in(self) -> str:
        retries = Config(retries={"mode": "standard", "max_attempts": 3})
        session = boto3.Session(region_name=self.index.region)
        client = session.client("codeartifact", endpoint_url=self.index.endpoint, config=retries)
        try:
            said = client.get_authorization_token(domain=self.index.domain, domainOwner=self.index.account)
        except (BotoCoreError, ClientError):
            raise Ended("no token") from None
        return str(said["authorizationToken"])


class _Pip:
    """One connection, which is used again and again."""

    def __init__(self, token: str, endpoint: str) -> None:
        self._connection = HTTPConnection(urlsplit(endpoint).netloc, timeout=60)
        self._headers = {"Authorization": f"Basic {base64.b64encode(f'aws:{token}'.encode()).decode()}"}

    def get(self, path: str) -> bytes:
        """Get what stands at a path, or end."""
        try:
            self._connection.request("GET", path, headers=self._headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, HTTPException):
            raise Ended("no connection") from None
        if response.status != 200:
            raise Ended("no matching distribution found")
        return content

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where a link leads."""
        self.found += [value for name, value in attrs if (tag, name) == ("a", "href") and value]
