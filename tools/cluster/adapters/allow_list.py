"""The metastore's allow-list of init scripts, by databricks-sdk; whoever writes it replaces all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from databricks.sdk import WorkspaceClient

    from cluster.adapters.databricks_sdk import Questions


class DatabricksAllowList:
    """The door to the allow-list."""

    def __init__(self, client: WorkspaceClient, questions: Questions) -> None:
        self._lists = client.artifact_allowlists
        self._questions = questions

    def read(self) -> tuple[tuple[str, str], ...]:
        """Give the whole list: (artifact, kind of match)."""
        from databricks.sdk.service.catalog import ArtifactType  # noqa: PLC0415  # imported when the client was opened

        said = self._questions.ask("read the allow-list", lambda: self._lists.get(ArtifactType.INIT_SCRIPT))
        return tuple((each.artifact, each.match_type.value) for each in said.artifact_matchers or ())

    def write(self, matchers: Iterable[tuple[str, str]]) -> None:
        """Put another list in the place of the whole one."""
        from databricks.sdk.service.catalog import ArtifactMatcher, ArtifactType, MatchType  # noqa: PLC0415  # likewise

        these = [ArtifactMatcher(artifact, MatchType(kind)) for artifact, kind in matchers]
        self._questions.ask("write the allow-list", lambda: self._lists.update(ArtifactType.INIT_SCRIPT, these))
