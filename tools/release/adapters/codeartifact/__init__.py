"""The target `codeartifact`: a repository for each channel, filled by copies of what was reviewed in staging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.codeartifact.repositories import read_repositories
from release.adapters.codeartifact.service import Promoter, Service
from release.adapters.codeartifact.target import CodeArtifactTarget

if TYPE_CHECKING:
    from release.settings import Settings


def open_target(settings: Settings, seconds: float, *, patience: float = 30) -> CodeArtifactTarget:
    """Open the repositories that the CODEARTIFACT_ variables name; UsageError where those can't be right.

    `patience` is how many seconds a write of ours may take until it is seen. AWS_PROMOTER_ROLE_ARN names the role that
    copies into channels and changes how versions are listed there, where that is not who uploads.
    """
    repositories = read_repositories(settings.environment)
    role = settings.environment.get("AWS_PROMOTER_ROLE_ARN", "")
    promoter = Promoter(role, repositories.staging) if role else None
    service = Service(repositories.domain, repositories.owner, settings.aws_region, seconds, promoter)
    return CodeArtifactTarget(repositories, service, seconds, patience)
