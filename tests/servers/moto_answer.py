"""What moto answers to a request, in this process: its own semantics behind our log, delays and faults."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from tests.servers.account import ACCOUNT, REGION
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.stand_in import Request

_OURS = frozenset({"connection", "content-length", "date", "host", "server"})
"""Headers that belong to the connection, which is not moto's."""
_one_at_a_time = Lock()


def ask_moto(service: str, request: Request, headers: Mapping[str, str]) -> Answer:
    """Have moto answer for a service of the account, as the SDK's own stubs do; one request at a time.

    moto looks and acts in two steps, and S3's conditions are decided in one.
    """
    from botocore.awsrequest import AWSPreparedRequest  # noqa: PLC0415  # a second that only these tests pay
    from moto.core.botocore_stubber import BotocoreStubber  # noqa: PLC0415

    host = f"{service}.{REGION}.amazonaws.com"
    url = f"https://{host}{request.path}{'?' if request.query else ''}{request.query}"
    sent = {**headers, "host": host, "x-moto-account-id": ACCOUNT}
    with _one_at_a_time:
        answered = BotocoreStubber().process_request(AWSPreparedRequest(request.method, url, sent, request.body, None))
    assert answered is not None, f"moto has no answer to {request.method} {url}"
    status, said, content = answered
    kept = {name.lower(): str(value) for name, value in said.items() if name.lower() not in _OURS}
    kind = kept.pop("content-type", "application/xml")
    return Answer(content.encode() if isinstance(content, str) else content, status, kind, kept)
