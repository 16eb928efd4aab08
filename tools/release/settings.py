"""Settings: the only reader of the environment and of `[tool.release]`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import tomli
from pydantic import BaseModel, ValidationError

from release.errors import UsageError
from release.model.policy import RootPolicy
from release.redaction import find_secrets, hide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Table = TypeVar("Table", bound=BaseModel)

ROOT_PROJECT = "HEAD:pyproject.toml"
# What `git rev-parse --local-env-vars` lists, without GIT_CONFIG_COUNT, by which containers name their safe.directory;
# and what changes how names are read.
_GIT_REDIRECTS = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_ATTR_SOURCE",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GLOB_PATHSPECS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_LITERAL_PATHSPECS",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
# Where uv finds packages and how it reaches them; never what it chooses among them. UV_INDEX_STRATEGY and UV_FIND_LINKS
# would let a stranger's package of the same name in, UV_PRERELEASE another version.
_UV_KEPT = re.compile(
    r"UV_(?:CACHE_DIR|DEFAULT_INDEX|EXTRA_INDEX_URL|INDEX|INDEX_URL|INSECURE_HOST|KEYRING_PROVIDER|LINK_MODE|NATIVE_TLS"
    r"|NO_CONFIG|OFFLINE|SYSTEM_CERTS|INDEX_[A-Z0-9_]+_(?:USERNAME|PASSWORD)|CONCURRENT_[A-Z]+|HTTP_[A-Z_]+)"
)
# What runs for a release is code of the packages and of what they need: it is handed no secret. What uv and git need to
# reach an index and a remote stays: uv's passwords above, SSH_AUTH_SOCK and GIT_ASKPASS, which only lead to one.
_SECRET = re.compile(
    r"(?:AWS|DATABRICKS|TWINE)_.*|.*_(?:TOKEN|PASSWORD|PASSPHRASE|WEBHOOK_URL|API_KEY|ACCESS_KEY)|.*_?SECRET.*"
)
_VERSION_OVERRIDE = "_PRETEND_VERSION"


def parse_table(content: bytes, place: str, table: type[Table], *path: str) -> Table:
    """Read one table of a TOML document, or say which key of which file is wrong."""
    return read_table(parse_toml(content, place), place, table, *path)


def read_table(document: Mapping[str, object], place: str, table: type[Table], *path: str) -> Table:
    """Read one table of a document that was parsed before."""
    value: object = document
    for key in path:
        value = value.get(key, {}) if isinstance(value, dict) else value
    try:
        return table.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([*path, *map(str, first["loc"])])
        known = ", ".join(sorted(field.alias or name for name, field in table.model_fields.items()))
        said = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise UsageError(f"{place}: {key}: {said}", hint=f"[{'.'.join(path)}] may hold: {known}") from None


def parse_toml(content: bytes, place: str) -> dict[str, object]:
    """Read a TOML document, or say where it is broken."""
    try:
        return tomli.loads(content.decode())
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{place} is not valid TOML: {error}", hint=f"mend {place} and commit it") from None


@dataclass(frozen=True)
class Settings:
    """What a command was given besides its words."""

    environment: Mapping[str, str]

    @classmethod
    def from_process(cls) -> Settings:
        """Take the environment of this process, and see to it that none of its secrets leaves it in a text."""
        environment = dict(os.environ)
        hide(*find_secrets(environment))
        return cls(environment)

    def policy(self, read: Callable[[Iterable[str]], Mapping[str, bytes]]) -> RootPolicy:
        """Read the root's `[tool.release]` as HEAD has it; everything has a default, so a root without one will do.

        `read` gives the bytes of git's objects by their names. The work tree has no say: what is not committed was seen
        by nobody, and would name the branches that a release may come from.
        """
        content = read([ROOT_PROJECT]).get(ROOT_PROJECT, b"")
        return parse_table(content, "pyproject.toml", RootPolicy, "tool", "release")

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Give the variables that are not set, or empty."""
        return tuple(name for name in names if not self.environment.get(name))

    @cached_property
    def for_tools(self) -> dict[str, str]:
        """The environment for git and uv, without secrets and without what would silently change their answers."""
        return {name: value for name, value in self.environment.items() if _may_be_seen(name)}

    @cached_property
    def version_overrides(self) -> tuple[str, ...]:
        """Variables that would name a version in place of the tag; the build never sees them."""
        return tuple(sorted(name for name in self.environment if _VERSION_OVERRIDE in name))

    @property
    def osv_url(self) -> str:
        """OSV's query endpoint, where another than the public one is named."""
        return self.environment.get("RELEASE_OSV_URL", "")

    @property
    def pypi_json_url(self) -> str:
        """What stands before `/<name>/<version>/json`, where another than the public one is named."""
        return self.environment.get("RELEASE_PYPI_JSON_URL", "")

    @property
    def has_config_folder(self) -> bool:
        """Whether there is a place for what belongs to this user."""
        return any(Path(self.environment.get(name, "")).is_absolute() for name in ("XDG_CONFIG_HOME", "HOME"))

    @property
    def config_folder(self) -> Path:
        """Where what belongs to this user is kept: the signing key."""
        for name, below in (("XDG_CONFIG_HOME", ""), ("HOME", ".config")):
            if (value := Path(self.environment.get(name, ""))).is_absolute():  # as XDG asks: others are ignored
                return value / below / "wheelyard"
        raise UsageError(
            "no folder for the signing key: neither XDG_CONFIG_HOME nor HOME names one",
            hint="set HOME; or sign with AWS KMS: set RELEASE_KMS_KEY_ID",
        )

    @property
    def aws_region(self) -> str:
        """The region that AWS is asked in; boto3's own answer where it is empty."""
        return self.environment.get("AWS_REGION", "")

    @property
    def kms_key_id(self) -> str:
        """The KMS key that signs: its id, ARN or alias; the key of this machine signs where it is empty."""
        return self.environment.get("RELEASE_KMS_KEY_ID", "")

    @property
    def is_on_actions(self) -> bool:
        """Whether this is a job of GitHub Actions."""
        return self.environment.get("GITHUB_ACTIONS") == "true"

    @property
    def actions_tag(self) -> str:
        """The tag that this job of GitHub Actions runs for; empty elsewhere, as all that follows."""
        return self._actions("GITHUB_REF_NAME") if self._actions("GITHUB_REF_TYPE") == "tag" else ""

    @property
    def actions_commit(self) -> str:
        """The commit that this job runs for."""
        return self._actions("GITHUB_SHA")

    @property
    def actions_repository(self) -> str:
        """The address of the repository that this job runs for."""
        server, name = self._actions("GITHUB_SERVER_URL"), self._actions("GITHUB_REPOSITORY")
        return f"{server}/{name}" if server and name else ""

    @property
    def is_hosted(self) -> bool:
        """Whether this job runs on a machine of GitHub's own, which nobody else has had."""
        return self._actions("RUNNER_ENVIRONMENT") == "github-hosted"

    @property
    def actions_run(self) -> str:
        """The address of this very attempt of a run."""
        run, attempt = self._actions("GITHUB_RUN_ID"), self._actions("GITHUB_RUN_ATTEMPT") or "1"
        repository = self.actions_repository
        return f"{repository}/actions/runs/{run}/attempts/{attempt}" if run and repository else ""

    def _actions(self, name: str) -> str:
        return self.environment.get(name, "") if self.is_on_actions else ""

    @property
    def actor(self) -> str:
        """Who set off this job of GitHub Actions."""
        return self._actions("GITHUB_ACTOR")

    @property
    def webhooks(self) -> dict[str, str]:
        """The addresses at which services take notices, by variable, where there are any."""
        names = ("SLACK_WEBHOOK_URL", "TEAMS_WEBHOOK_URL")
        return {name: self.environment[name] for name in names if self.environment.get(name)}

    @property
    def outputs(self) -> tuple[str, str]:
        """The files that GitHub Actions reads outputs and the job's summary from; empty elsewhere."""
        return self.environment.get("GITHUB_OUTPUT", ""), self.environment.get("GITHUB_STEP_SUMMARY", "")


def _may_be_seen(name: str) -> bool:
    if name.startswith("UV_"):
        return _UV_KEPT.fullmatch(name) is not None
    return not (_changes_answers(name) or _SECRET.fullmatch(name))


def _changes_answers(name: str) -> bool:
    return name in _GIT_REDIRECTS or name in {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"} or _VERSION_OVERRIDE in name
