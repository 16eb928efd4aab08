"""Clusters of a workspace, what happened to them and what they have, by databricks-sdk."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from cluster.model.observed import Cluster, Event, Library, ScriptRun
from release.errors import UsageError
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.compute import ClusterDetails, ClusterEvent, LibraryFullStatus

    from cluster.adapters.databricks_sdk import Questions

_EVENTS_A_PAGE = 100
_SCRIPT = re.compile(r'/Volumes/[^"\\]+\.sh')
"""In JSON, and in JSON that is a text of JSON, as a policy's definition is."""


class DatabricksWorkspace:
    """The door to clusters."""

    def __init__(self, client: WorkspaceClient, questions: Questions) -> None:
        self._client = client
        self._questions = questions

    def clusters(self) -> tuple[Cluster, ...]:
        """Give every cluster that may be seen, those that ended in the last 30 days among them."""
        listed = self._questions.ask("list clusters", lambda: tuple(self._client.clusters.list(page_size=100)))
        return tuple(map(_cluster, listed))

    def cluster(self, name: str) -> Cluster:
        """Give one by its id; UsageError where there is none."""
        from databricks.sdk.errors import BadRequest, NotFound  # noqa: PLC0415  # imported when the client was opened

        def get() -> ClusterDetails | None:
            try:
                return self._client.clusters.get(name)
            except (BadRequest, NotFound):
                return None

        found = self._questions.ask(f"get cluster {shown(name)}", get)
        if found is None:
            raise UsageError(
                f"the workspace has no cluster with the id {shown(name)}",
                hint="an id is 0123-456789-abcdefgh, and stands in the cluster's address",
            )
        return _cluster(found)

    def named_scripts(self) -> frozenset[str]:
        """Give the paths of all init scripts in volumes that clusters, policies and jobs name, as far as is seen."""
        policies = self._questions.ask("list policies", lambda: list(self._client.cluster_policies.list()))
        jobs = self._questions.ask("list jobs", lambda: list(self._client.jobs.list(expand_tasks=True)))
        texts = [json.dumps(each) for each in ([one.as_dict() for one in policies], [one.as_dict() for one in jobs])]
        found = (path for text in texts for path in _SCRIPT.findall(text))
        return frozenset(found).union(*(each.init_scripts for each in self.clusters()))

    def events(self, cluster: str, kinds: Sequence[str], since: datetime) -> tuple[Event, ...]:
        """Give what happened to a cluster from a time on, newest first."""
        from databricks.sdk.service.compute import EventType  # noqa: PLC0415  # imported when the client was opened

        begin, types = int(since.timestamp() * 1000), [EventType(kind) for kind in kinds]

        def listed() -> tuple[ClusterEvent, ...]:
            asked = self._client.clusters.events(cluster, event_types=types, start_time=begin, limit=_EVENTS_A_PAGE)
            return tuple(asked)

        return tuple(map(_event, self._questions.ask(f"list events of {cluster}", listed)))

    def libraries(self, cluster: str) -> tuple[Library, ...]:
        """Give the libraries of a cluster, and how far each is."""
        listed = self._questions.ask(
            f"list libraries of {cluster}", lambda: tuple(self._client.libraries.cluster_status(cluster))
        )
        return tuple(map(_library, listed))


def _cluster(said: ClusterDetails) -> Cluster:
    reason, logs = said.termination_reason, said.cluster_log_conf and said.cluster_log_conf.volumes
    started = said.last_restarted_time or said.start_time
    return Cluster(
        id=said.cluster_id or "",
        name=said.cluster_name or "",
        state=said.state.value if said.state else "UNKNOWN",
        started=_time(started) if started else None,
        init_scripts=tuple(each.volumes.destination for each in said.init_scripts or () if each.volumes),
        logs=logs.destination.rstrip("/") if logs else "",
        ended=reason.code.value if reason and reason.code else "",
        ended_how=dict(reason.parameters or {}) if reason else None,
    )


def _event(said: ClusterEvent) -> Event:
    details = said.details
    scripts = details.init_scripts if details else None
    reason = details.reason.code if details and details.reason else None
    runs = [
        ScriptRun(
            each.volumes.destination if each.volumes else "",
            each.status.value if each.status else "UNKNOWN",
            each.error_message or each.stderr or "",
        )
        for each in (scripts.cluster if scripts else None) or ()
    ]
    return Event(
        kind=said.type.value if said.type else "",
        time=_time(said.timestamp or 0),
        reason=reason.value if reason else "",
        node=(scripts.reported_for_node if scripts else None) or "",
        scripts=tuple(runs),
    )


def _library(said: LibraryFullStatus) -> Library:
    """Name a library by what its one field says; of a coordinate, its main part."""
    described = said.library.as_dict() if said.library else {}
    kind, value = next(iter(described.items()), ("unknown", ""))
    name = next(iter(value.values()), "") if isinstance(value, dict) else value
    status = said.status.value if said.status else "UNKNOWN"
    return Library(kind, str(name), status, tuple(said.messages or ()))


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
