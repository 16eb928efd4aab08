"""Allow-lists and secrets: https://docs.databricks.com/api/workspace/artifactallowlists and …/secrets."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final

from tests.servers.databricks.refusals import must
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.servers.stand_in import Request

_KINDS: Final = frozenset({"INIT_SCRIPT", "LIBRARY_JAR", "LIBRARY_MAVEN"})
_TIME: Final = 1_767_323_045_000
Matcher = dict[str, str]


class AllowLists:
    """What may run on compute in standard mode: a list for each kind of artifact."""

    def __init__(self) -> None:
        self.lists: dict[str, list[Matcher]] = {}
        self.is_lost = 0
        """How many writes from now on are overwritten at once, as if somebody else had written at the same time."""

    def get(self, request: Request) -> Answer:
        """Give a list; one that was never written has no matchers."""
        kind = self._kind(request)
        matchers = {"artifact_matchers": self.lists[kind]} if self.lists.get(kind) else {}
        return as_json({**matchers, "metastore_id": "11111111-2222-3333-4444-555555555555"})

    def update(self, request: Request) -> Answer:
        """Put a list in the place of the whole list."""
        kind, asked = self._kind(request), json.loads(request.body)
        for each in asked["artifact_matchers"]:
            known = each.get("match_type") == "PREFIX_MATCH" and each.get("artifact")
            must(bool(known), 400, "INVALID_PARAMETER_VALUE", "A matcher needs artifact and match_type.")
        if self.is_lost:
            self.is_lost -= 1
        else:
            self.lists[kind] = asked["artifact_matchers"]
        return as_json({"artifact_matchers": asked["artifact_matchers"], "created_at": _TIME, "created_by": "ada"})

    @staticmethod
    def _kind(request: Request) -> str:
        kind = request.parts[-1]
        must(kind in _KINDS, 400, "INVALID_PARAMETER_VALUE", f"{kind} is no artifact type.")
        return kind


class Secrets:
    """Scopes, and the values that are never listed."""

    def __init__(self) -> None:
        self.scopes: dict[str, dict[str, bytes]] = {}

    def create_scope(self, request: Request) -> Answer:
        """Make a scope."""
        name = json.loads(request.body)["scope"]
        must(name not in self.scopes, 400, "RESOURCE_ALREADY_EXISTS", f"Scope {name} already exists!")
        self.scopes[name] = {}
        return as_json({})

    def list_scopes(self, _: Request) -> Answer:
        """Name the scopes."""
        return as_json({"scopes": [{"name": name, "backend_type": "DATABRICKS"} for name in self.scopes]})

    def put(self, request: Request) -> Answer:
        """Keep a value in place of whatever stood there."""
        asked = json.loads(request.body)
        plain, encoded = asked.get("string_value"), asked.get("bytes_value")
        must((plain is None) != (encoded is None), 400, "INVALID_PARAMETER_VALUE", "Give one value.")
        value = base64.b64decode(encoded) if plain is None else plain.encode()
        self._scope(asked["scope"])[asked["key"]] = value
        return as_json({})

    def list(self, request: Request) -> Answer:
        """Name the keys of a scope, without their values."""
        scope = self._scope(request.query.partition("=")[2])
        return as_json({"secrets": [{"key": key, "last_updated_timestamp": _TIME} for key in sorted(scope)]})

    def delete(self, request: Request) -> Answer:
        """Forget a value."""
        asked = json.loads(request.body)
        scope = self._scope(asked["scope"])
        must(asked["key"] in scope, 404, "RESOURCE_DOES_NOT_EXIST", "Failed to delete secret: it does not exist.")
        del scope[asked["key"]]
        return as_json({})

    def _scope(self, name: str) -> dict[str, bytes]:
        must(name in self.scopes, 404, "RESOURCE_DOES_NOT_EXIST", f"Scope {name} does not exist!")
        return self.scopes[name]
