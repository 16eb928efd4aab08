"""Renew the workspace's default Python index before the token in it ends.

    python rotate_index_secret.py --region R --domain D --account A --repository NAME

It gets a token of CodeArtifact by the identity of the node that it runs on, sees that the index lets it in, and puts
the index's address with the token in it into the secret `pip-index-url` of the scope `databricks-package-management`,
where `%pip` and libraries look. A scope that is missing is made, and every user of the workspace may read it, which the
workspace asks for: whoever can run code there can read the token, so it must be good for reading from one repository
and nothing else.

As a job it runs every few hours, and the token lasts for several runs: one that fails takes nothing from anybody. The
workspace is the one of DATABRICKS_HOST and DATABRICKS_TOKEN, or else the one that the job runs in. Needed are Python
3.10 and boto3, which every Databricks runtime from 13.3 on ships.

One line goes to standard output, `wheelyard: OK rotate=secret ... until=...` or `wheelyard: FAIL rotate=secret
code=...`; what to do next goes to standard error. Neither the token nor an address that holds it is ever printed. Exit
codes: 0 it was renewed; 2 the words or the settings are wrong; 15 somebody could not be reached or says no, and the
secret is as it was, or it is not known to be renewed; 1 a defect.
"""

# ruff: noqa: INP001, T201  # a script of its own, which answers on standard output

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SCOPE = "databricks-package-management"
KEY = "pip-index-url"
READERS = "users"
"""The group that every user of a workspace is in."""
HOURS = 12.0
"""How long a token lasts, if nothing else is said: the most that CodeArtifact gives."""
LEAST = 0.25
EVERY = 4.0
"""Hours between two runs of the job, if nothing else is said."""
SPARE = 2
"""How many runs a token has to last for."""
PROBE = "wheelyard-probe"
"""A project that is asked for to see whether the index lets anybody in; it need not be there."""
SECONDS = 30
"""Until somebody who was asked counts as unreachable."""
TRIES = 5
BUSY = frozenset({429, 500, 502, 503, 504})

HINTS = {
    "settings": "see --help; the bundle in databricks/databricks.yml gives every word that is needed",
    "token": "the node's instance profile needs codeartifact:GetAuthorizationToken, sts:GetServiceBearerToken, "
    "codeartifact:GetRepositoryEndpoint and codeartifact:ReadFromRepository",
    "short": "let the job run more often, or ask for more hours: --every and --hours",
    "index": "the token is good, and the repository does not let it in: grant codeartifact:ReadFromRepository on it",
    "unreachable": "see whether the cluster may reach CodeArtifact and the workspace, and run the job again",
    "workspace": "whoever the job runs as has to have MANAGE on the scope, or be an admin of the workspace",
    "defect": "report it with this line",
}


class Staying(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: what is asked with a token is asked of nobody else."""

    def redirect_request(self, *_: object) -> None:
        """Take a redirection for an answer."""


OPENER = urllib.request.build_opener(Staying)


class Failed(Exception):
    """Why it was not renewed, in a word and in a sentence."""

    def __init__(self, word: str, message: str) -> None:
        """Keep the word beside the sentence."""
        super().__init__(message)
        self.word = word

    @property
    def code(self) -> int:
        """What the program ends with."""
        return {"settings": 2, "defect": 1}.get(self.word, 15)


@dataclass(frozen=True)
class Index:
    """An index with its token, and when that ends."""

    address: str
    """Of the simple pages, without the token."""
    token: str = field(repr=False)
    until: datetime

    @property
    def secret(self) -> str:
        """The address as pip wants it, with the token in it."""
        scheme, place, path, *_ = urlsplit(self.address)
        return f"{scheme}://aws:{quote(self.token, safe='')}@{place}{path}"


@dataclass(frozen=True)
class Workspace:
    """Where secrets are kept, and who asks."""

    host: str
    token: str = field(repr=False)

    def post(self, path: str, document: dict[str, str]) -> str:
        """Post a document, and give the error code of the answer; nothing where it was done."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.host}{path}", json.dumps(document).encode(), headers)  # noqa: S310  # require_http
        status, body = ask(request)
        return "" if status == HTTPStatus.OK else read_error_code(body) or str(status)


def get_index(given: argparse.Namespace) -> Index:
    """Get a token and the index's address; by boto3, which finds out by itself who this node is."""
    import boto3  # noqa: PLC0415  # the words are judged first
    from botocore import exceptions  # noqa: PLC0415  # likewise
    from botocore.config import Config  # noqa: PLC0415  # likewise

    retries = {"mode": "adaptive", "total_max_attempts": TRIES}
    patient = Config(connect_timeout=SECONDS, read_timeout=SECONDS, retries=retries)
    whose = {"domain": given.domain, "domainOwner": given.account}
    where = {"region_name": given.region, "endpoint_url": given.endpoint_url}
    try:
        client = boto3.session.Session().client("codeartifact", config=patient, **where)
        got = client.get_authorization_token(**whose, durationSeconds=round(given.hours * 3600))
        place = client.get_repository_endpoint(**whose, repository=given.repository, format="pypi")
    except exceptions.ClientError as error:
        raise Failed("token", f"CodeArtifact says {error.response['Error']['Code']}") from None
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise Failed("unreachable", f"CodeArtifact does not answer: {type(error).__name__}") from None
    except exceptions.NoCredentialsError:
        raise Failed("token", "this node is nobody to AWS: it has no instance profile") from None
    except exceptions.BotoCoreError as error:
        raise Failed("settings", f"boto3 does not take this: {type(error).__name__}: {error}") from None
    address = f"{place['repositoryEndpoint'].rstrip('/')}/simple/"
    return Index(address, got["authorizationToken"], got["expiration"].astimezone(timezone.utc))


def require_lasting(index: Index, every: float, now: datetime) -> None:
    """Refuse a token that ends before the runs after this one have had their chance."""
    lasts = index.until - now
    if lasts < timedelta(hours=SPARE * every) - timedelta(minutes=1):
        raise Failed("short", f"the token lasts {lasts.total_seconds() / 3600:.1f} h, and {SPARE} runs take longer")


def require_open(index: Index) -> None:
    """See that the index lets the token in, so that no secret that works makes way for one that does not."""
    shown = b64encode(f"aws:{index.token}".encode()).decode()
    request = urllib.request.Request(f"{index.address}{PROBE}/", headers={"Authorization": f"Basic {shown}"})  # noqa: S310  # AWS's own answer, or what was given
    status, _ = ask(request)
    if status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
        raise Failed("index", f"the index answers {status} to the new token")


def put_secret(workspace: Workspace, value: str) -> bool:
    """Put the secret, into a scope that is made if it is missing; whether it was made."""
    asked = {"scope": SCOPE, "key": KEY, "string_value": value}
    said = workspace.post("/api/2.0/secrets/put", asked)
    is_new = said == "RESOURCE_DOES_NOT_EXIST"
    if is_new:
        made = workspace.post("/api/2.0/secrets/scopes/create", {"scope": SCOPE})
        require_done(made if made != "RESOURCE_ALREADY_EXISTS" else "", f"making the scope {SCOPE}")
        reading = {"scope": SCOPE, "principal": READERS, "permission": "READ"}
        require_done(workspace.post("/api/2.0/secrets/acls/put", reading), f"letting {READERS} read the scope {SCOPE}")
        said = workspace.post("/api/2.0/secrets/put", asked)
    require_done(said, f"putting {KEY} into {SCOPE}")
    return is_new


def require_done(said: str, what: str) -> None:
    """Refuse to go on where the workspace said no."""
    if said:
        raise Failed("workspace", f"{what}: the workspace says {said}")


def ask(request: urllib.request.Request, wait: Callable[[float], None] = time.sleep) -> tuple[int, bytes]:
    """Ask, and ask again where somebody is busy or does not answer; everything here can be done twice."""
    heard = ""
    for attempt in range(TRIES):
        if attempt:
            wait(2.0**attempt / 8)
        try:
            with OPENER.open(request, timeout=SECONDS) as answer:
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code not in BUSY:
                    return error.code, error.read()
            heard = f"answers {error.code}"
        except (OSError, urllib.error.URLError) as error:
            heard = f"does not answer: {type(getattr(error, 'reason', error)).__name__}"
    raise Failed("unreachable", f"{urlsplit(request.full_url).hostname} {heard}, {TRIES} times")


def read_error_code(body: bytes) -> str:
    """Read the code of a workspace's refusal; its message may repeat what was sent."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    code = said.get("error_code") if isinstance(said, dict) else None
    return code if isinstance(code, str) and code.isidentifier() else ""


def find_workspace(environment: dict[str, str]) -> Workspace:
    """Find the workspace: as variables name it, or else as the runtime tells the job that runs in it."""
    host, token = environment.get("DATABRICKS_HOST", ""), environment.get("DATABRICKS_TOKEN", "")
    if not (host and token):
        host, token = ask_runtime()
    if not (host and token):
        raise Failed("settings", "no workspace: set DATABRICKS_HOST and DATABRICKS_TOKEN, or run it as a job in one")
    address = host if "://" in host else f"https://{host}"
    if urlsplit(address).scheme not in {"http", "https"}:
        raise Failed("settings", "DATABRICKS_HOST is no address that begins with https://")
    return Workspace(address.rstrip("/"), token)


def ask_runtime() -> tuple[str, str]:
    """Give host and token of the job that this runs in; nothing outside a cluster."""
    try:
        from dbruntime.databricks_repl_context import (  # type: ignore[import-not-found]  # noqa: PLC0415  # of a runtime
            get_context,
        )
    except ImportError:
        return "", ""
    context: Any = get_context()
    return str(context.apiUrl or ""), str(context.apiToken or "")


def read_words(words: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="rotate_index_secret.py", description=__doc__.partition("\n")[0])
    for name, what in {
        "region": "the AWS region of CodeArtifact",
        "domain": "the domain",
        "account": "the twelve digits of the account that owns the domain",
        "repository": "the repository that everybody may read from",
    }.items():
        parser.add_argument(f"--{name}", required=True, help=what)
    parser.add_argument("--hours", type=float, default=HOURS, help=f"how long a token lasts, at most 12 ({HOURS:g})")
    parser.add_argument("--every", type=float, default=EVERY, help=f"hours between two runs of the job ({EVERY:g})")
    parser.add_argument("--endpoint-url", metavar="URL", help="CodeArtifact's address, where it is not AWS's own")
    return parser.parse_args(words)


def rotate(given: argparse.Namespace) -> str:
    """Renew the secret, and give what there is to say of it."""
    if not LEAST <= given.hours <= HOURS:
        raise Failed("settings", f"--hours has to be from {LEAST} to {HOURS:g}")
    if not 0 < SPARE * given.every <= given.hours:
        raise Failed("settings", f"--hours has to be at least {SPARE} times --every, so that one run may fail")
    workspace, index = find_workspace(dict(os.environ)), get_index(given)
    require_lasting(index, given.every, datetime.now(timezone.utc))
    require_open(index)
    made = " scope-made=yes" if put_secret(workspace, index.secret) else ""
    return f"scope={SCOPE} key={KEY}{made} until={index.until:%Y-%m-%dT%H:%M:%SZ}"


def main(words: Sequence[str] | None = None) -> int:
    """Renew the secret, say so in one line, and give the exit code."""
    given = read_words(words)
    try:
        said = rotate(given)
    except Exception as error:  # noqa: BLE001  # the text of one that nobody expected might hold the token
        failed = error if isinstance(error, Failed) else Failed("defect", f"a defect: {type(error).__name__}")
        print(f"wheelyard: FAIL rotate=secret code={failed.word}", flush=True)
        print(f"{failed}\nhint: {HINTS[failed.word]}", file=sys.stderr)
        return failed.code
    print(f"wheelyard: OK rotate=secret {said}", flush=True)
    return 0


if __name__ == "__main__":
    code = main()
    if code:  # a job's Python may take even `sys.exit(0)` for a failure
        sys.exit(code)
