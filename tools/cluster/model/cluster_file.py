"""What `databricks/clusters/<name>.toml` may say: which packages a cluster gets, and from where."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from release.model.tag import Channel

SERVERLESS: Final = "serverless-"
NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\[[A-Za-z0-9._, -]+\])?")
_SEGMENT = r"[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*"
_VOLUME = re.compile(rf"/Volumes/{_SEGMENT}/{_SEGMENT}/{_SEGMENT}(?:/{_SEGMENT})*")

Source = Literal["codeartifact", "volume"]


def _require_volume(path: str) -> str:
    if not _VOLUME.fullmatch(path):
        raise ValueError("a volume's path is /Volumes/<catalog>/<schema>/<volume>, with folders behind it if you like")
    return path


def _require_ranges(packages: dict[str, str]) -> dict[str, str]:
    """Refuse what is no requirement, and two spellings of one name."""
    found = [canonicalize_name(_read(name, versions).name) for name, versions in packages.items()]
    if twice := sorted({each for each in found if found.count(each) > 1}):
        raise ValueError(f"{twice[0]} is named twice")
    return packages


def _read(name: str, versions: str) -> Requirement:
    """Read one row; a name may have extras behind it, as in `"fastapi[standard]"`."""
    if not _KEY.fullmatch(name):
        raise ValueError(f"{name!a} is no name of a package")
    try:
        requirement = Requirement(f"{name} {versions}")
    except InvalidRequirement as error:
        raise ValueError(f"{name}: {error}") from None
    if requirement.url or requirement.marker:
        raise ValueError(f"{name}: a range of versions is wanted, and no address or marker")
    requirement.name = canonicalize_name(requirement.name)
    return requirement


class ClusterFile(BaseModel):
    """A cluster file: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: name.replace("_", "-"),
        use_attribute_docstrings=True,  # what an editor shows that knows the schema
    )

    runtime: Annotated[str, StringConstraints(min_length=1)]
    """A table of `databricks/runtimes`: `15.4`, `17.3-ml-cpu`, `serverless-v4`."""
    channel: Channel = Channel.STABLE
    """What of our own packages may be taken."""
    source: Source = "codeartifact"
    """Where nodes get wheels from."""
    fallback: Literal["volume"] | None = None
    """Where else, if CodeArtifact can't be reached or lets nobody in."""
    volume: Annotated[
        str, AfterValidator(_require_volume), Field(json_schema_extra={"pattern": f"^{_VOLUME.pattern}$"})
    ]
    """Where lock, evidence and script stand, and the wheels for those who get them from there."""
    architecture: Literal["x86_64", "aarch64"] = "x86_64"
    """What the nodes' processors are; Graviton is aarch64."""
    refresher: StrictBool = False
    """Whether every node serves an index on loopback, so that `%pip` works for as long as the cluster is up."""
    packages: Annotated[dict[str, str], Field(min_length=1), AfterValidator(_require_ranges)]
    """Version ranges (PEP 440) by name: `env-drift = ">=0.1,<0.2"`; an empty one takes any version."""

    @model_validator(mode="after")
    def _require_sense(self) -> ClusterFile:
        if self.fallback and self.source != "codeartifact":
            raise ValueError('fallback is for source = "codeartifact"')
        if self.is_serverless and (self.source, self.refresher) != ("volume", False):
            raise ValueError('serverless compute takes no init script: source has to be "volume", and refresher false')
        return self

    @property
    def is_serverless(self) -> bool:
        """Whether there are no nodes of one's own, and so no init script."""
        return self.runtime.startswith(SERVERLESS)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What is asked for, by normalised names, in their order."""
        return tuple(sorted((_read(name, versions) for name, versions in self.packages.items()), key=str))
