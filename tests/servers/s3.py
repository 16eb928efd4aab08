"""A stand-in for S3: one bucket, as moto has it, with what moto 5.2 leaves out put right.

Left out are: that a digest that is sent is compared with what is stored; that a digest is known without the SDK's name
of its algorithm, and whether it is of parts; that nobody is answered without a signature of this region or without
permission. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from tests.servers.account import ACCESS_KEY, ENVIRONMENT, REGION, SCOPE
from tests.servers.moto_answer import ask_moto
from tests.servers.stand_in import Answer, Drop, Hang, Request, StandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from tests.servers.faults import Faults

BUCKET = "wheelyard-wheels"
WEBSITE = "website"
"""What an address begins with that is served as a website, and not as the API."""
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_DIGEST = "x-amz-checksum-sha256"
_SETTINGS = {
    "versioning": "GetBucketVersioning",
    "policyStatus": "GetBucketPolicyStatus",
    "lifecycle": "GetLifecycleConfiguration",
}
_PERMISSIONS = {"HeadObject": "GetObject", "HeadBucket": "ListBucket", "ListObjectsV2": "ListBucket"}


class S3(StandIn):
    """S3 with one bucket in the region; there can be one at a time, as moto keeps what it holds in the process."""

    def __init__(self, port: int = 0, *, faults: Faults | None = None, delay: float = 0) -> None:
        super().__init__(port, faults=faults, delay=delay)
        self.denied: set[str] = set()
        """Permissions that the caller lacks: `PutObject`, `ListBucket`."""
        self.callers = {ACCESS_KEY}
        """Access keys that are known; those that STS gave begin with ASIA and are."""
        self.conflicts = 0
        """How many of the next writes find that somebody else is writing."""
        self.between: dict[str, Callable[[], object]] = {}
        """What happens, once, in the moment before a call is answered: somebody else's doing."""
        self.heeds_conditions = True
        """Whether a write looks at its conditions and digests; some stores that speak S3's language don't."""

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which boto3, and a release, find it and its bucket."""
        return {
            **ENVIRONMENT,
            "AWS_ENDPOINT_URL_S3": self.address,
            "S3_WHEELS_BUCKET": BUCKET,
        }

    @property
    def website(self) -> str:
        """The address at which the bucket's objects are served to installers."""
        return f"{self.address}/{WEBSITE}"

    def empty(self) -> None:
        """Begin anew, with a new bucket."""
        _forget_everything()
        place = f'<CreateBucketConfiguration xmlns="{_NAMESPACE}"><LocationConstraint>{REGION}</LocationConstraint>'
        self.do("PUT", "", f"{place}</CreateBucketConfiguration>".encode())
        self.forget()

    def __enter__(self) -> Self:
        self.empty()
        return super().__enter__()

    def __exit__(self, *left: object) -> None:
        super().__exit__(*left)
        _forget_everything()

    def do(self, method: str, key: str, content: bytes = b"", query: str = "", **headers: str) -> Answer:
        """Do something in the bucket by hand, past every guard and without a trace in the log."""
        signed = {"authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/{REGION}/s3/aws4_request, x"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/{BUCKET}/{key}".rstrip("/")
        return ask_moto("s3", Request(method, path, {}, content, query), {**signed, **named})

    def upload_in_parts(self, key: str, *parts: bytes) -> None:
        """Put an object by hand, each part with a digest of its own, as large files come."""
        begun = self.do("POST", key, query="uploads", x_amz_checksum_algorithm="SHA256").content.decode()
        upload = re.findall(r"<UploadId>([^<]+)", begun)[0]
        listed = ""
        for number, part in enumerate(parts, 1):
            etag = self.do("PUT", key, part, f"partNumber={number}&uploadId={upload}").headers["etag"]
            listed += f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(etag)}</ETag></Part>"
        done = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        self.do("POST", key, done, f"uploadId={upload}")

    def stored(self, prefix: str = "") -> list[str]:
        """Give what stands in the bucket."""
        listed = self.do("GET", "", query=f"list-type=2&prefix={prefix}")
        return re.findall(r"<Key>([^<]+)</Key>", listed.content.decode())

    def call(self, request: Request) -> str:
        """Name what is asked for: `PutObject stable/alpha/0.1.0/alpha-0.1.0.tar.gz`."""
        if request.parts[0] == WEBSITE:
            return f"website {'/'.join(request.parts[1:])}"
        key = "/".join(request.parts[1:])
        asked = parse_qs(request.query, keep_blank_values=True)
        if key:
            return f"{request.method.capitalize()}Object {key}"
        if "list-type" in asked:
            return f"ListObjectsV2 {asked.get('prefix', [''])[0]}".strip()
        return next((name for word, name in _SETTINGS.items() if word in asked), f"{request.method.capitalize()}Bucket")

    def calls(self) -> list[str]:
        """Give what was asked for, in order."""
        return [self.call(request) for request in self.requests]

    def throttled(self, request: Request) -> Answer:  # noqa: ARG002
        """Say that it was asked too often."""
        return _refuse(503, "SlowDown", "Please reduce your request rate.")

    def expired(self, request: Request) -> Answer:  # noqa: ARG002
        """Say that the credentials have ended."""
        return _refuse(400, "ExpiredToken", "The provided token has expired.")

    def answer(self, request: Request) -> Answer | Hang | Drop:
        """Answer as S3 does, or as a website would."""
        if request.parts[0] == WEBSITE:
            return self._serve(request)
        with self._lock:
            doing = self.between.pop(self.call(request), None)
        if doing:
            doing()
        if request.method != "PUT":
            return self._deny(request) or _ask(request)
        if not self.heeds_conditions:
            return self._deny(request) or _ask(replace(request, headers=_without_conditions(request.headers)))
        return self._deny(request) or self._refuse_write(request) or _ask(request)

    def _serve(self, request: Request) -> Answer:
        """Serve an object; a folder's page for an address that ends with a slash, as website hosting does.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/IndexDocumentSupport.html
        """
        key = request.path.removeprefix(f"/{WEBSITE}/")
        found = self.do("GET", f"{key}index.html" if key.endswith("/") else key)
        return replace(found, headers={}) if found.status == 200 else Answer(b"Not Found", 404, "text/html")

    def _deny(self, request: Request) -> Answer | None:
        match = SCOPE.fullmatch(request.headers.get("authorization", ""))
        if match is None:
            return _refuse(403, "AccessDenied", "Access Denied")
        caller, region, service = match.groups()
        if caller not in self.callers and not caller.startswith("ASIA"):
            return _refuse(403, "InvalidAccessKeyId", f"The AWS Access Key Id you provided does not exist: {caller}")
        if (region, service) != (REGION, "s3"):
            said = f"The authorization header is malformed; the region '{region}' is wrong; expecting '{REGION}'"
            refused = _refuse(400, "AuthorizationHeaderMalformed", said, Region=REGION)
            return replace(refused, headers={"x-amz-bucket-region": REGION})
        action = self.call(request).split(" ", 1)[0]
        if _PERMISSIONS.get(action, action) in self.denied:
            said = f"User is not authorized to perform: s3:{_PERMISSIONS.get(action, action)}"
            return _refuse(403, "AccessDenied", said)
        return None

    def _refuse_write(self, request: Request) -> Answer | None:
        """Refuse what moto would take.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: 409 where two writes of a key
        meet. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html: BadDigest.
        """
        with self._lock:
            conflicts, self.conflicts = self.conflicts, max(0, self.conflicts - 1)
        if conflicts:
            return _refuse(409, "ConditionalRequestConflict", "A conflicting operation occurred during processing.")
        if request.headers.get(_DIGEST, _digest(request.body)) != _digest(request.body):
            return _refuse(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.")
        return None


def _ask(request: Request) -> Answer:
    headers = dict(request.headers)
    if _DIGEST in headers:  # S3 goes by the digest alone
        headers["x-amz-sdk-checksum-algorithm"] = "SHA256"
    # moto's GET says whether a digest is of parts, which its HEAD leaves out.
    return ask_moto("s3", replace(request, method="GET" if _is_head_of_object(request) else request.method), headers)


def _without_conditions(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in {"if-match", "if-none-match", _DIGEST}}


def _is_head_of_object(request: Request) -> bool:
    return request.method == "HEAD" and len(request.parts) > 1


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _refuse(status: int, code: str, message: str, **more: str) -> Answer:
    said = "".join(
        f"<{name}>{escape(value)}</{name}>" for name, value in {"Code": code, "Message": message, **more}.items()
    )
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{said}</Error>'.encode(), status, "application/xml")


def _forget_everything() -> None:
    from moto.s3.models import s3_backends  # noqa: PLC0415  # a second that only these tests pay

    for account in s3_backends.values():
        for backend in account.values():
            backend.reset()
