"""What `[tool.release]` may say, in the root's pyproject.toml and in a package's own."""

from __future__ import annotations

from datetime import date  # pydantic reads the annotation
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from release.model.trust import UNNAMED

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Service = Literal["osv", "pypi"]


class _Table(BaseModel):
    """A TOML table: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


class Ignore(_Table):
    """A known vulnerability that is accepted, by whom, why and until when."""

    id: Text
    package: Text | None = None
    """Where it is found: it must then be of use wherever that distribution is; without it, in every closure."""
    reason: Text
    owner: Text
    expires: date


class AuditPolicy(_Table):
    """How the audit is made."""

    services: Annotated[tuple[Service, ...], Field(min_length=1)] = ("osv", "pypi")
    canary: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+==[^=]+$")] = "jinja2==2.4.1"
    """A version with known vulnerabilities, which every service must name, else its other answers are worth nothing."""
    ignore: tuple[Ignore, ...] = ()


class KeyPolicy(_Table):
    """A public key that releases are signed with, what its owner may claim, and until when."""

    key: Text
    """ECDSA P-256: a PEM, or the base64 of its DER SubjectPublicKeyInfo."""
    name: str = ""
    builders: Annotated[tuple[Literal["workstation", "separate-signer"], ...], Field(min_length=1)] = ("workstation",)
    expires: date | None = None


def _named(key: object) -> object:
    return {"key": key} if isinstance(key, str) else key


class RootPolicy(_Table):
    """The root's `[tool.release]`."""

    members: Annotated[tuple[Text, ...], Field(min_length=1)] = ("packages/*",)
    branches: Annotated[tuple[Text, ...], Field(min_length=1)] = ("main",)
    repository: Text = UNNAMED
    """Where everybody finds this repository: what provenance names as the source."""
    trusted_keys: tuple[Annotated[KeyPolicy, BeforeValidator(_named)], ...] = ()
    """Whoever's signature proves a release; a key alone is one for a workstation's releases."""
    threshold: Annotated[int, Field(ge=1)] = 1
    """How many unique keys have to have signed."""
    audit: AuditPolicy = AuditPolicy()
    snapshot_days: Annotated[int, Field(ge=0)] = 10
    """How many days old a development version becomes before `snapshot --prune` takes it away."""


class SmokePolicy(_Table):
    """What the wheel's smoke test needs beside the wheel."""

    spark: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+$")] | None = None
    """The minor version of PySpark that is brought, in which a session must run: `4.0`."""
    marker: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")] = "smoke"
    """The pytest marker of the tests that run against the installed wheel."""


class PackagePolicy(_Table):
    """A package's own `[tool.release]`."""

    runtimes: tuple[Text, ...] = ()
    """Databricks runtimes that the package is meant for: `15.4`, `17.3-ml-cpu`."""
    replaces: dict[Text, Text] = {}
    """Why the package may replace what a runtime ships, by name; without a reason, nothing is replaced."""
    smoke: SmokePolicy = SmokePolicy()
