"""CodeArtifact's control plane, one method for each question.

https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from release.adapters.codeartifact.answers import UNSET, Assets, Restrictions, Standing, part, read_standing
from release.adapters.codeartifact.connection import Connection
from release.errors import Incomplete

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_PASSING: Final = frozenset({"ConflictException", "ThrottlingException"})


@dataclass(frozen=True)
class Promoter:
    """The role that changes everything but one repository: staging, which the one that uploads changes."""

    role: str
    staging: str


class Service:
    """CodeArtifact of one domain, asked by one client for all threads; `seconds` is the time for one answer.

    Where a promoter is named, that role alone changes channels, which is everything but staging: the role that uploads,
    and the token that it holds, can't.
    """

    def __init__(self, domain: str, owner: str, region: str, seconds: float, promoter: Promoter | None = None) -> None:
        self._domain = {"domain": domain, "domainOwner": owner}
        self._name = domain
        self.connection = Connection(region, seconds)
        self._promotion = Connection(region, seconds, promoter.role) if promoter else self.connection
        self._staging = promoter.staging if promoter else ""

    def standing(self, repository: str, package: str, number: str) -> Standing | None:
        """Give a version's status; None where there is no such version."""
        answer = self.connection.find(
            "describe_package_version",
            f"look at {package} {number} in {self._place(repository)}",
            {**self._of(repository, package), "packageVersion": number},
        )
        return None if answer is None else read_standing(part(answer, "packageVersion"))

    def assets(self, repository: str, package: str, number: str) -> Assets | None:
        """Give a version's files; None where there is no such version."""
        asked = {**self._of(repository, package), "packageVersion": number, "maxResults": 1000}
        pages = self.connection.pages("list_package_version_assets", f"list {package} {number} in {repository}", asked)
        if pages is None:
            return None
        revisions = {part(page, "versionRevision") for page in pages}
        if len(revisions) > 1:
            raise Incomplete(
                f"codeartifact: {package} {number} in {self._place(repository)} changed while it was read",
                hint="run the same command again",
            )
        listed = [each for page in pages for each in part(page, "assets")]
        digests = {part(each, "name"): str((each.get("hashes") or {}).get("SHA-256", "")).lower() for each in listed}
        return Assets(revisions.pop(), digests)

    def versions(self, repository: str, package: str, **only: str) -> tuple[Standing, ...]:
        """Give the status of every version that a repository holds, a thousand a question."""
        asked = {**self._of(repository, package), "maxResults": 1000, **only}
        pages = self.connection.pages("list_package_versions", f"list the versions of {package} in {repository}", asked)
        return tuple(read_standing(each) for page in pages or () for each in part(page, "versions"))

    def restrictions(self, repository: str, package: str) -> Restrictions | None:
        """Give from where a package's versions may come; None where there is no such package, and so no version."""
        said = f"look at {package} in {self._place(repository)}"
        answer = self.connection.find("describe_package", said, self._of(repository, package))
        if answer is None:
            return None
        found = (part(answer, "package").get("originConfiguration") or {}).get("restrictions")
        return Restrictions(part(found, "publish"), part(found, "upstream")) if found else UNSET

    def restrict(self, repository: str, package: str, wanted: Restrictions) -> None:
        """Set from where a package's versions may come; it need not be there yet."""
        connection = self.connection if repository == self._staging else self._promotion
        with connection.told(f"set the origin configuration of {package} in {self._place(repository)}"):
            answer = connection.client.put_package_origin_configuration(
                **self._of(repository, package),
                restrictions={"publish": wanted.publish, "upstream": wanted.upstream},
            )
        kept = part(answer, "originConfiguration", "restrictions")
        if Restrictions(part(kept, "publish"), part(kept, "upstream")) != wanted:
            raise Incomplete(
                f"codeartifact: {self._place(repository)} takes versions of {package} as it was not told to: {kept}",
                hint="look at the package's origin configuration there; run the same command again",
            )

    def copy(self, package: str, number: str, revision: str, ends: tuple[str, str]) -> str:
        """Copy one revision of a version from one repository to another; give why not, or nothing where it is there."""
        source, destination = ends
        asked = {"package": package, "format": "pypi", "versionRevisions": {number: revision}, **self._domain}
        with self._promotion.told(f"copy {package} {number} from {self._place(source)} to {self._place(destination)}"):
            try:
                answer = self._promotion.client.copy_package_versions(
                    sourceRepository=source, destinationRepository=destination, **asked
                )
            except self._promotion.client.exceptions.ClientError as error:
                return _passing(error)
        return _fault(answer, number)

    def restate(self, repository: str, package: str, standing: Standing, status: str) -> str:
        """Give a version another status, if it still stands as it did; give why not, or nothing where it is done."""
        with self._promotion.told(f"make {package} {standing.number} {status} in {self._place(repository)}"):
            try:
                answer = self._promotion.client.update_package_versions_status(
                    **self._of(repository, package),
                    versions=[standing.number],
                    versionRevisions={standing.number: standing.revision},
                    expectedStatus=standing.status,
                    targetStatus=status,
                )
            except self._promotion.client.exceptions.ConflictException:
                return "ConflictException"
        return _fault(answer, standing.number)

    def endpoint(self, repository: str) -> str:
        """Give the address at which package managers find a repository."""
        with self.connection.told(f"find {self._place(repository)}"):
            answer = self.connection.client.get_repository_endpoint(
                **self._domain, repository=repository, format="pypi"
            )
        return str(part(answer, "repositoryEndpoint"))

    def repository(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give a repository's upstreams, and the public indexes that it is connected to."""
        with self.connection.told(f"find {self._place(name)}"):
            answer = self.connection.client.describe_repository(**self._domain, repository=name)
        found = part(answer, "repository")
        upstreams = tuple(part(each, "repositoryName") for each in found.get("upstreams", ()))
        return upstreams, tuple(part(each, "externalConnectionName") for each in found.get("externalConnections", ()))

    def token(self) -> tuple[str, datetime]:
        """Give a token for package managers and when it ends: with the session, or as soon as it can."""
        with self.connection.told(f"get a token for the domain {self._name}"):
            seconds = 0 if self.connection.login.is_temporary else 900
            answer = self.connection.client.get_authorization_token(**self._domain, durationSeconds=seconds)
        return part(answer, "authorizationToken"), part(answer, "expiration")

    def _of(self, repository: str, package: str) -> dict[str, Any]:
        return {**self._domain, "repository": repository, "format": "pypi", "package": package}

    def _place(self, repository: str) -> str:
        return f"{self._name}/{repository}"


def _fault(answer: Mapping[str, Any], number: str) -> str:
    """Give why a version was not changed; one that is in neither list was as wanted already."""
    part(answer, "ResponseMetadata")
    failed = answer.get("failedVersions") or {}
    return str(failed[number].get("errorCode", "?")) if number in failed else ""


def _passing(error: Any) -> str:  # noqa: ANN401  # botocore's ClientError, which is imported when it is needed
    """Give the code of an answer that another try may change; all others go on their way."""
    code = str(error.response.get("Error", {}).get("Code"))
    if code not in _PASSING:
        raise error
    return code
