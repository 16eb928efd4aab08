"""A workspace as it is asked: who may ask, how often, and which part of it answers.

Paths, queries and documents are those of databricks-sdk, which is used against it as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING, Final

from tests.servers.databricks.compute import Compute
from tests.servers.databricks.files import DIRECTORIES, FILES, Volumes
from tests.servers.databricks.governance import AllowLists, Secrets
from tests.servers.databricks.jobs import Jobs
from tests.servers.databricks.limits import Limits
from tests.servers.databricks.refusals import Refused, must, refusal, refuse
from tests.servers.stand_in import Answer, StandIn, as_json

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.faults import Faults
    from tests.servers.stand_in import Drop, Hang, Request

TOKEN: Final = "dapi-token-of-ada"  # noqa: S105  # of a stand-in
WORKSPACE: Final = "1234567890123456"
_VERBS: Final[dict[tuple[tuple[str, ...], str], str]] = {
    (FILES, "GET"): "Download",
    (FILES, "HEAD"): "GetMetadata",
    (FILES, "PUT"): "Upload",
    (FILES, "DELETE"): "Delete",
    (DIRECTORIES, "GET"): "ListDirectory",
    (DIRECTORIES, "HEAD"): "GetDirectory",
    (DIRECTORIES, "PUT"): "CreateDirectory",
    (DIRECTORIES, "DELETE"): "DeleteDirectory",
}
Endpoint = Callable[["Request"], Answer]


@dataclass(frozen=True)
class Principal:
    """Whoever has a token, and what it may not do: names of calls as `Databricks.call` begins them."""

    denied: frozenset[str] = field(default_factory=frozenset)


class Databricks(StandIn):
    """One workspace, whose volumes are folders below a folder."""

    def __init__(self, folder: Path, port: int = 0, *, faults: Faults | None = None, delay: float = 0) -> None:
        super().__init__(port, faults=faults, delay=delay)
        folder.mkdir(parents=True, exist_ok=True)
        self.volumes = Volumes(folder)
        self.compute = Compute()
        self.allow_lists = AllowLists()
        self.secrets = Secrets()
        self.jobs = Jobs()
        self.limits = Limits()
        self.tokens = {TOKEN: Principal()}
        self.wrong: dict[str, list[Answer | Drop | Hang]] = defaultdict(list)
        """Answers in place of the right ones, by call, first to last; what was asked is not done."""
        self.before: dict[str, Callable[[], object]] = {}
        """What happens just before a call is answered, once: somebody else is quicker."""
        self._guard = RLock()

    def __exit__(self, *said: object) -> None:
        super().__exit__(*said)
        self.volumes.close()

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which it is found."""
        return {"DATABRICKS_HOST": self.address, "DATABRICKS_TOKEN": TOKEN}

    @property
    def calls(self) -> list[str]:
        """What was asked for, in order."""
        return [self.call(each) for each in self.requests]

    def call(self, request: Request) -> str:
        """Name what is asked for: `Upload /Volumes/main/…`, `GetCluster`."""
        verb = _VERBS.get((request.parts[: len(FILES)], request.method))
        if verb:
            return f"{verb} /{'/'.join(request.parts[len(FILES) :])}"
        endpoint = self._endpoint(request)
        return "".join(map(str.title, endpoint.__name__.split("_"))) + _kind(endpoint) if endpoint else request.path

    def throttled(self, request: Request) -> Answer:  # noqa: ARG002  # all are told the same
        """Say that it was asked too often."""
        said = refusal(429, "RESOURCE_EXHAUSTED", "Too many requests. Please wait a moment and try again.")
        return replace(said, headers={"Retry-After": "0"})

    def expired(self, request: Request) -> Answer:  # noqa: ARG002  # likewise
        """Say that the token is none, or none any more."""
        return refusal(403, "PERMISSION_DENIED", "Invalid access token.")

    def respond(self, request: Request) -> Answer | Drop | Hang:
        """Answer within the limits; a call counts from when it comes until it is answered."""
        if request.parts[: len(FILES)] not in {FILES, DIRECTORIES}:
            return super().respond(request)
        with self.limits.admitted() as is_let_in:
            return super().respond(request) if is_let_in else self.throttled(request)

    def answer(self, request: Request) -> Answer | Drop | Hang:
        """Answer as a workspace does, or as a test wants it."""
        call = self.call(request)
        with self._guard:
            if self.wrong[call]:
                return self.wrong[call].pop(0)
            happens = self.before.pop(call, None)
        if happens:
            happens()
        try:
            return self._well(request, call)
        except Refused as refused:
            return refused.answer

    def _well(self, request: Request, call: str) -> Answer:
        if request.path == "/.well-known/databricks-config":  # which the SDK asks for before it shows a token
            return as_json({"oidc_endpoint": f"{self.address}/oidc", "workspace_id": WORKSPACE})
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        must(bool(secret), 401, "UNAUTHENTICATED", "Request did not have credentials.")
        must(scheme == "Bearer" and secret in self.tokens, 403, "PERMISSION_DENIED", "Invalid access token.")
        denied = call.partition(" ")[0] in self.tokens[secret].denied
        must(not denied, 403, "PERMISSION_DENIED", f"User does not have the privilege for {call.partition(' ')[0]}.")
        if request.parts[: len(FILES)] in {FILES, DIRECTORIES}:
            return self.volumes.answer(request)
        with self._guard:
            endpoint = self._endpoint(request)
            return endpoint(request) if endpoint else refuse(404, "ENDPOINT_NOT_FOUND", f"No API found for {call}")

    def _endpoint(self, request: Request) -> Endpoint | None:
        """Find what answers a call that is none of files."""
        path, _, last = request.path.rpartition("/")
        endpoints: dict[tuple[str, str], Endpoint] = {
            ("GET", "/api/2.1/clusters/get"): self.compute.get_cluster,
            ("GET", "/api/2.1/clusters/list"): self.compute.list_clusters,
            ("POST", "/api/2.1/clusters/events"): self.compute.list_events,
            ("GET", "/api/2.0/libraries/cluster-status"): self.compute.list_libraries,
            ("GET", "/api/2.0/policies/clusters/list"): self.compute.list_policies,
            ("GET", "/api/2.0/policies/clusters/get"): self.compute.get_policy,
            ("POST", "/api/2.0/policies/clusters/create"): self.compute.create_policy,
            ("GET", "/api/2.1/unity-catalog/artifact-allowlists/*"): self.allow_lists.get,
            ("PUT", "/api/2.1/unity-catalog/artifact-allowlists/*"): self.allow_lists.update,
            ("POST", "/api/2.0/secrets/scopes/create"): self.secrets.create_scope,
            ("GET", "/api/2.0/secrets/scopes/list"): self.secrets.list_scopes,
            ("POST", "/api/2.0/secrets/put"): self.secrets.put,
            ("GET", "/api/2.0/secrets/list"): self.secrets.list,
            ("POST", "/api/2.0/secrets/delete"): self.secrets.delete,
            ("POST", "/api/2.2/jobs/create"): self.jobs.create,
            ("GET", "/api/2.2/jobs/list"): self.jobs.list,
            ("POST", "/api/2.2/jobs/run-now"): self.jobs.run_now,
            ("GET", "/api/2.2/jobs/runs/get"): self.jobs.get_run,
        }
        named = last if path != "/api/2.1/unity-catalog/artifact-allowlists" else "*"
        return endpoints.get((request.method, f"{path}/{named}"))


def _kind(endpoint: Endpoint) -> str:
    """Give what a call is about, where its own name does not say so: `GetAllowLists`."""
    owner = type(getattr(endpoint, "__self__", None)).__name__
    return "" if owner == "Compute" else owner
