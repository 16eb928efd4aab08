"""Clusters, what happened to them, their libraries and policies: https://docs.databricks.com/api/workspace/clusters."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from tests.servers.databricks.refusals import must
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.stand_in import Request

STARTED: Final = 1_767_323_045_000
"""2 January 2026, 03:04:05 UTC, in milliseconds, as all times here."""


@dataclass
class Cluster:
    """A cluster, what its settings say, and what became of it."""

    id: str
    name: str
    state: str = "RUNNING"
    start_time: int = STARTED
    """When it was first started."""
    last_restarted_time: int = STARTED
    terminated_time: int = 0
    init_scripts: list[str] = field(default_factory=list)
    """Paths in volumes."""
    logs: str = ""
    """The folder of a volume that logs are delivered to."""
    termination: Mapping[str, Any] = field(default_factory=dict)
    events: list[Mapping[str, Any]] = field(default_factory=list)
    """Oldest first."""
    libraries: list[Mapping[str, Any]] = field(default_factory=list)

    def happens(self, kind: str, time: int, **details: object) -> None:
        """Add to what has happened."""
        self.events.append({"cluster_id": self.id, "timestamp": time, "type": kind, "details": details})

    def runs_script(self, path: str, status: str, time: int, **more: object) -> None:
        """Tell of an init script, as one node reports it."""
        script = {"volumes": {"destination": path}, "status": status, "execution_duration_seconds": 7, **more}
        self.happens("INIT_SCRIPTS_STARTED", time)
        told = {"cluster": [script], "global": [], "reported_for_node": "10.0.0.1"}
        self.happens("INIT_SCRIPTS_FINISHED", time + 7000, init_scripts=told)

    def installs(self, status: str, *messages: str, **library: object) -> None:
        """Add a library: `whl="/Volumes/…"`, or `pypi={"package": "six"}`."""
        said = {"messages": list(messages)} if messages else {}
        self.libraries.append({"library": library, "status": status, "is_library_for_all_clusters": False, **said})

    def as_json(self) -> dict[str, Any]:
        """Write it as the service does."""
        found: dict[str, Any] = {
            "cluster_id": self.id,
            "cluster_name": self.name,
            "state": self.state,
            "start_time": self.start_time,
            "last_restarted_time": self.last_restarted_time,
            "spark_version": "15.4.x-scala2.12",
            "init_scripts": [{"volumes": {"destination": path}} for path in self.init_scripts],
        }
        found |= {"terminated_time": self.terminated_time} if self.terminated_time else {}
        found |= {"termination_reason": dict(self.termination)} if self.termination else {}
        return found | ({"cluster_log_conf": {"volumes": {"destination": self.logs}}} if self.logs else {})


def log_name(cluster: str, node: str, time: str = "20260102_030405", script: str = "init.sh") -> str:
    """Name the file below a log destination that holds what an init script said on a node."""
    return f"{cluster}/init_scripts/{cluster}_{node.replace('.', '_')}/{time}_00_{script}.stdout.log"


class Compute:
    """What a workspace has of clusters and policies."""

    def __init__(self) -> None:
        self.clusters: dict[str, Cluster] = {}
        self.policies: dict[str, Mapping[str, Any]] = {}
        self.page_size = 20

    def add(self, cluster: Cluster) -> Cluster:
        """Have a cluster."""
        self.clusters[cluster.id] = cluster
        return cluster

    def get_cluster(self, request: Request) -> Answer:
        """Describe one."""
        return as_json(self._named(_asked(request)["cluster_id"]).as_json())

    def list_clusters(self, request: Request) -> Answer:
        """Describe all, a page at a time."""
        asked, known = _asked(request), list(self.clusters.values())
        begin = int(asked.get("page_token", 0))
        end = begin + min(int(asked.get("page_size", self.page_size)), self.page_size)
        more = {"next_page_token": str(end)} if end < len(known) else {}
        return as_json({"clusters": [each.as_json() for each in known[begin:end]], **more})

    def list_events(self, request: Request) -> Answer:
        """Tell what happened, newest first if not asked otherwise; what to ask for the next page is part of a page."""
        asked = json.loads(request.body)
        cluster = self._named(asked["cluster_id"])
        kinds, since = asked.get("event_types"), asked.get("start_time", 0)
        told = [each for each in cluster.events if each["timestamp"] >= since and (not kinds or each["type"] in kinds)]
        told.sort(key=lambda each: int(each["timestamp"]), reverse=asked.get("order", "DESC") == "DESC")
        begin, size = asked.get("offset", 0), min(asked.get("limit", 50), 500)
        more = {"next_page": {**asked, "offset": begin + size, "limit": size}} if begin + size < len(told) else {}
        return as_json({"events": told[begin : begin + size], "total_count": len(told), **more})

    def list_libraries(self, request: Request) -> Answer:
        """Tell the state of each library."""
        cluster = self._named(_asked(request)["cluster_id"])
        return as_json({"cluster_id": cluster.id, "library_statuses": cluster.libraries})

    def list_policies(self, _: Request) -> Answer:
        """Describe all policies."""
        return as_json({"policies": list(self.policies.values()), "total_count": len(self.policies)})

    def create_policy(self, request: Request) -> Answer:
        """Take a policy over."""
        asked = json.loads(request.body)
        made = f"{len(self.policies) + 1:016X}"
        self.policies[made] = {**asked, "policy_id": made, "is_default": False}
        return as_json({"policy_id": made})

    def get_policy(self, request: Request) -> Answer:
        """Describe a policy."""
        name = _asked(request)["policy_id"]
        must(name in self.policies, 404, "RESOURCE_DOES_NOT_EXIST", f"Can't find a cluster policy with id: {name}.")
        return as_json(dict(self.policies[name]))

    def _named(self, name: str) -> Cluster:
        must(name in self.clusters, 400, "INVALID_PARAMETER_VALUE", f"Cluster {name} does not exist")
        return self.clusters[name]


def _asked(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(request.query).items()}
