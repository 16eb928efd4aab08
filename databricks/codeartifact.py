"""Read one CodeArtifact repository from a node, with the `boto3` of its runtime.

A token is fetched when it is needed, and again before it ends or when the index takes it no more. It stays in memory:
no file, no argument and no environment holds it. It is sent to the index alone, and not along with a redirect.
"""

# ruff: noqa: INP001  # it runs on a node, beside the others of its folder

from __future__ import annotations

import base64
import random
import re
import ssl
import time
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from http.client import HTTPException
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as Unconnected
from botocore.httpsession import get_cert_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse

SOON = timedelta(minutes=5)
CONNECT = 5
LOST = 3
LONGEST_PAUSE = 20.0
LARGEST_PAGE = 64 * 1024 * 1024
BLOCK = 1 << 16
REFUSED = 401
BUSY = {429, 500, 502, 503, 504}
UNKNOWN = {"ResourceNotFoundException", "ValidationException"}


class Unread(Exception):
    """It could not be read; the code is `token`, `unreachable`, `missing` or `settings`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class CodeArtifact:
    """The pypi endpoint of one repository; threads may share it."""

    def __init__(self, index: dict[str, Any], answer: float, attempts: int) -> None:
        self._name = {"domain": index["domain"], "domainOwner": index["account"]}
        self._repository, self._seconds = index["repository"], index["seconds"]
        self._answer, self._attempts = answer, attempts
        self._region, self._endpoint = index["region"], index["endpoint"]
        self._lock = Lock()
        self._client: Any = None
        self._token, self._ends = "", datetime.now(timezone.utc)
        self._root = ""
        context = ssl.create_default_context()
        context.load_verify_locations(get_cert_path(verify=True))  # what boto3 trusts, where the machine has nothing
        self._opener = build_opener(HTTPSHandler(context=context), _Redirect())

    @property
    def root(self) -> str:
        """The address of the endpoint, with a slash at its end; asked for once."""
        if not self._root:
            words = {**self._name, "repository": self._repository, "format": "pypi"}
            said = self._call("get_repository_endpoint", words)
            self._root = said["repositoryEndpoint"].rstrip("/") + "/"
        return self._root

    @property
    def ends(self) -> datetime:
        """When the token ends that it has."""
        return self._ends

    def token(self, refused: str = "") -> str:
        """Give a token that holds for some minutes yet, and is not the one that was refused."""
        with self._lock:
            if self._token == refused or self._ends - datetime.now(timezone.utc) < SOON:
                said = self._call("get_authorization_token", {**self._name, "durationSeconds": self._seconds})
                self._token, self._ends = said["authorizationToken"], said["expiration"]
            return self._token

    def _call(self, operation: str, words: dict[str, Any]) -> dict[str, Any]:
        """Ask the control plane, as often as it is throttled; in adaptive mode the client slows itself down."""
        try:
            if self._client is None:
                config = Config(
                    connect_timeout=CONNECT,
                    read_timeout=self._answer,
                    retries={"mode": "adaptive", "max_attempts": self._attempts},
                )
                session = boto3.Session(region_name=self._region)
                self._client = session.client("codeartifact", endpoint_url=self._endpoint, config=config)
            said: dict[str, Any] = getattr(self._client, operation)(**words)
        except ClientError as error:
            code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            kind = "settings" if code in UNKNOWN else "unreachable" if status in BUSY - {429} else "token"
            raise Unread(kind, f"{operation}: {error}") from None
        except (HTTPClientError, Unconnected) as error:
            raise Unread("unreachable", f"{operation}: {error}") from None
        except BotoCoreError as error:
            raise Unread("token", f"{operation}: {error}") from None
        return said

    def find(self, project: str) -> dict[str, str]:
        """Give the address of each file of a project, by its name; links that lead elsewhere are none."""
        page = urljoin(self.root, f"simple/{project}/")
        links = _Links()
        links.feed(b"".join(self.read(page, LARGEST_PAGE)).decode(errors="replace"))
        found = [urljoin(page, each) for each in links.found]
        return {name_of(each): each for each in found if self.is_inside(each)}

    def is_inside(self, address: str) -> bool:
        """Whether an address is below the endpoint, and so may see the token."""
        return address.startswith(self.root) and not re.search(r"/\.{1,2}(?:/|$)", unquote(urlsplit(address).path))

    def read(self, address: str, most: int | None = None, until: float | None = None) -> Iterator[bytes]:
        """Read what stands at an address block by block: all of it, or Unread."""
        with self.open(address) as response:
            yield from self.drain(response, most, until)

    def drain(self, response: HTTPResponse, most: int | None = None, until: float | None = None) -> Iterator[bytes]:
        """Read an answer block by block, no more than `most` bytes and not beyond a time: all of it, or Unread."""
        promised, read, place = int(response.headers.get("Content-Length") or -1), 0, plain(response.url)
        while block := _read(response, place):
            read += len(block)
            if (most and read > most) or (until and time.monotonic() > until):
                raise Unread("unreachable", f"{place} is too large, or comes too slowly")
            yield block
        if promised not in {-1, read}:
            raise Unread("unreachable", f"{place} ended after {read} of {promised} bytes")

    def open(self, address: str) -> HTTPResponse:
        """Open an address, in spite of what passes: a token that ended, a throttled call, a lost connection."""
        lost, refused, token = 0, False, self.token()
        for attempt in range(self._attempts + 1):
            try:
                return self._send(address, token)
            except HTTPError as error:
                error.close()
                if error.code == REFUSED and not refused:
                    refused, token = True, self.token(token)
                    continue
                if error.code not in BUSY or attempt == self._attempts:
                    raise Unread(*_judge(error.code, plain(address))) from None
                pause(attempt, error.headers.get("Retry-After", ""))
            except (OSError, HTTPException) as error:
                lost += 1
                if lost == LOST or attempt == self._attempts:
                    raise Unread("unreachable", f"{plain(address)}: {getattr(error, 'reason', error)!r}") from None
                pause(attempt)
        raise Unread("token", f"{plain(address)}: 401 Unauthorized")

    def _send(self, address: str, token: str) -> HTTPResponse:
        if not self.is_inside(address):
            raise Unread("settings", f"{plain(address)} is not below {self.root}")
        request = Request(address)  # noqa: S310  # it begins as the endpoint does
        name = base64.b64encode(f"aws:{token}".encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {name}")
        response: HTTPResponse = self._opener.open(request, timeout=self._answer)
        return response


class _Redirect(HTTPRedirectHandler):
    """Follow redirects, which may lead to signed addresses of S3: the token goes along to the index itself alone."""

    def redirect_request(self, request: Any, *more: Any) -> Request | None:  # noqa: ANN401  # the library's signature
        """Make the next request; one that leaves TLS is refused."""
        new = super().redirect_request(request, *more)
        if new is not None and request.type == "https" and new.type != "https":
            raise OSError(f"a redirect to {plain(new.full_url)} leaves TLS")
        if new is not None and (new.type, new.host) == (request.type, request.host):
            new.unredirected_hdrs.update(request.unredirected_hdrs)
        return new


class _Links(HTMLParser):
    """The addresses of a simple page (PEP 503)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where a link leads."""
        self.found += [value for name, value in attrs if (tag, name) == ("a", "href") and value]


def name_of(address: str) -> str:
    """Give the name of the file at an address."""
    return unquote(urlsplit(address).path.rpartition("/")[2])


def plain(address: str) -> str:
    """Give an address without its query, where signed ones keep what lets anybody in."""
    return urlsplit(address)._replace(query="", fragment="").geturl()


def pause(attempt: int, wanted: str = "") -> None:
    """Wait as long as was asked for and then some, longer from attempt to attempt, and not as long as the others do."""
    asked = min(LONGEST_PAUSE, float(wanted)) if wanted.isdecimal() else 0
    time.sleep(asked + random.uniform(0, min(LONGEST_PAUSE, 2.0**attempt / 2)))  # noqa: S311  # jitter


def _read(response: HTTPResponse, place: str) -> bytes:
    try:
        return response.read1(BLOCK)
    except (HTTPException, OSError) as error:
        raise Unread("unreachable", f"{place} broke off: {error!r}") from None


def _judge(status: int, address: str) -> tuple[str, str]:
    if status in {401, 403}:
        return "token", f"{address}: {status}: the index lets this node not in"
    if status in {404, 410}:
        return "missing", f"{address}: {status}"
    return "unreachable", f"{address}: {status}"
