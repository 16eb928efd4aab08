"""A stand-in for CodeArtifact: control plane, upload API and simple pages of one domain, with the service's own guards.

https://docs.aws.amazon.com/codeartifact/latest/APIReference/ and
https://docs.aws.amazon.com/codeartifact/latest/ug/python.html
"""

from __future__ import annotations

from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from packaging.utils import canonicalize_name

from tests.servers.account import ACCESS_KEY, ACCOUNT, ENVIRONMENT
from tests.servers.codeartifact.callers import Caller, Callers
from tests.servers.codeartifact.control import ControlPlane
from tests.servers.codeartifact.pypi import PypiEndpoint, read_form
from tests.servers.codeartifact.quotas import Quotas
from tests.servers.codeartifact.store import PUBLISHED, Asset, Domain, Package, PackageVersion, Repository
from tests.servers.codeartifact.wire import Refused, read_call, write_answer
from tests.servers.stand_in import Answer, StandIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.stand_in import Request

DOMAIN: Final = "wheelyard"
CHANNELS: Final = ("stable", "preview", "dev")
STAGING: Final = "staging"
_VARIABLES: Final = ("CODEARTIFACT_REPOSITORY", "CODEARTIFACT_PREVIEW_REPOSITORY", "CODEARTIFACT_DEV_REPOSITORY")


class CodeArtifact(StandIn):
    """CodeArtifact of one account: a repository for each channel, one for staging, and a connection to the world."""

    def __init__(self, port: int = 0, *, has_staging: bool = True, **more: Any) -> None:  # noqa: ANN401  # as every stand-in
        super().__init__(port, **more)
        self.has_staging = has_staging
        names = (*CHANNELS, STAGING)
        public = Repository("public", is_external=True)
        self.domain = Domain(DOMAIN, [public, *(Repository(name, [public.name]) for name in names)])
        self.callers = Callers()
        self.control = ControlPlane(self.domain, self.callers)
        self.pypi = PypiEndpoint(self.domain, self.callers)
        self.used = Quotas()
        """How often it was asked, second by second."""
        self.retry_after: str | None = "0"
        """What it says to whom it throttles; nobody says whether the service says anything."""
        self._throttled: dict[str, int] = {}
        self._changing = RLock()

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which boto3, and a release, find it."""
        repositories = dict(zip(_VARIABLES, CHANNELS, strict=True))
        staging = {"CODEARTIFACT_STAGING_REPOSITORY": STAGING} if self.has_staging else {}
        return {
            **ENVIRONMENT,
            "AWS_ENDPOINT_URL_CODEARTIFACT": self.address,
            "CODEARTIFACT_DOMAIN": DOMAIN,
            "CODEARTIFACT_ACCOUNT_ID": ACCOUNT,
            **repositories,
            **staging,
        }

    @property
    def quotas(self) -> dict[str, int]:
        """How often in a second an operation may be asked for; the rest is throttled."""
        return self.used.most

    @quotas.setter
    def quotas(self, most: Mapping[str, int]) -> None:
        self.used.most = dict(most)

    def answer(self, request: Request) -> Answer:
        """Answer as the service does; one request at a time sees and changes what there is."""
        with self._changing:
            if request.parts[0] == "pypi":
                token = request.headers.get("authorization", "")
                if self._is_throttled("Upload" if request.method == "POST" else "Simple", token):
                    return self.throttled(request)
                return self.pypi.answer(request)
            return self._control(request)

    def _control(self, request: Request) -> Answer:
        try:
            caller = self.callers.identify(request.headers)
            call = read_call(request)
            if self._is_throttled(call.operation):
                return self.throttled(request)
            return write_answer(call.operation, self.control.answer(call, caller, self.address))
        except Refused as refused:
            return refused.answer

    def call(self, request: Request) -> str:
        """Name a call: `CopyPackageVersions alpha 0.1.0 staging→stable`."""
        if request.parts[0] == "pypi":
            kind = "Upload" if request.method == "POST" else "Simple"
            file = read_form(request).asset.name if kind == "Upload" else "/".join(request.parts[3:])
            return f"{kind} {request.parts[1]} {file}"
        try:
            call = read_call(request)
        except Refused:
            return super().call(request)
        words = call.words
        numbers = [words.get("packageVersion", ""), *words.get("versions", ()), *words.get("versionRevisions", {})]
        place = words.get("repository", "")
        if call.operation == "CopyPackageVersions":
            place = f"{words['sourceRepository']}→{words['destinationRepository']}"
        named = dict.fromkeys([call.operation, words.get("package", ""), *numbers, place])
        return " ".join(each for each in named if each)

    def throttled(self, request: Request) -> Answer:
        """Say that it was asked too often, as the API asked for says it."""
        headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        if request.parts[0] == "pypi":
            return Answer(b"Too Many Requests", 429, "text/plain", headers)
        said = Refused("ThrottlingException", "Rate exceeded").answer
        kept = {name: value for name, value in said.headers.items() if name != "Retry-After"}
        return replace(said, headers={**kept, **headers})

    def expired(self, request: Request) -> Answer:
        """Say that the credentials have ended."""
        if request.parts[0] == "pypi":
            return Answer(b"Unauthorized", 401, "text/plain")
        return Refused("ExpiredTokenException", "The security token included in the request is expired").answer

    def throttle(self, operation: str, times: int) -> None:
        """Throttle the next calls of an operation; `Upload` and `Simple` are the package managers' ones."""
        self._throttled[operation] = times

    def _is_throttled(self, operation: str, token: str = "") -> bool:
        if self._throttled.get(operation, 0) > 0:
            self._throttled[operation] -= 1
            return True
        return not self.used.take(operation, token)

    def expire_tokens(self) -> None:
        """End every token that was given."""
        self.callers.expire_tokens()

    def restrict(self, *allowed: str, key: str = ACCESS_KEY) -> None:
        """Allow an access key these actions alone: `Action`, or `Action/repository`."""
        self.callers.keys[key] = Caller(allowed=frozenset(allowed))

    def append(self, repository: str, package: str, version: str, asset: Asset) -> None:
        """Add a file to a version, as anyone with the permission to publish can."""
        with self._changing:
            held = self.package(repository, package)
            there = held.versions.get(version, PackageVersion(version, {}))
            self.domain.change(self.domain.repositories[repository], package, held.plus(there.plus(asset)))

    def publish_elsewhere(self, package: str, version: str, asset: Asset) -> None:
        """Have the world publish something under a name."""
        held = self.domain.public.get(package, Package())
        self.domain.public[package] = held.plus(PackageVersion(version, {asset.name: asset}))

    def package(self, repository: str, package: str) -> Package:
        """Give a package as it is, late reads or not."""
        return self.domain.repositories[repository].packages.get(canonicalize_name(package), PUBLISHED)

    def digests(self, repository: str, package: str, version: str) -> dict[str, str]:
        """Give what a version holds; nothing where there is none."""
        found = self.package(repository, package).versions.get(version)
        return found.digests if found else {}
