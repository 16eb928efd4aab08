"""CodeArtifact's control plane, one method for each question.

https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from release.adapters.aws import Login, Refusal, told
from release.adapters.codeartifact.answers import Assets, Restrictions, Standing, part, read_standing
from release.adapters.process import go_on_or_stop
from release.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

_THERE: Final = (
    "do CODEARTIFACT_DOMAIN, CODEARTIFACT_ACCOUNT_ID and the CODEARTIFACT_…REPOSITORY variables name what is there, in "
    "the region AWS_REGION?"
)
_REFUSALS: Final = (
    Refusal(frozenset({"ResourceNotFoundException", "ValidationException"}), UsageError, _THERE),
    Refusal(
        frozenset({"ServiceQuotaExceededException"}),
        Incomplete,
        "have the quota raised (AWS Service Quotas, CodeArtifact), and run the same command again",
    ),
)
_ABSENT: Final = frozenset({"package", "package-version"})
_PASSING: Final = frozenset({"ConflictException", "ThrottlingException"})


class Service:
    """CodeArtifact of one domain, asked by one client for all threads; `seconds` is the time for one answer."""

    def __init__(self, domain: str, owner: str, region: str, seconds: float) -> None:
        self._domain = {"domain": domain, "domainOwner": owner}
        self._name = domain
        self._region = region
        self._seconds = seconds
        self._opening = RLock()

    def standing(self, repository: str, package: str, number: str) -> Standing | None:
        """Give a version's status; None where there is no such version."""
        answer = self._find(
            "describe_package_version",
            f"look at {package} {number} in {self._place(repository)}",
            {**self._of(repository, package), "packageVersion": number},
        )
        return None if answer is None else read_standing(part(answer, "packageVersion"))

    def assets(self, repository: str, package: str, number: str) -> Assets | None:
        """Give a version's files; None where there is no such version."""
        asked = {**self._of(repository, package), "packageVersion": number, "maxResults": 1000}
        pages = self._pages("list_package_version_assets", f"list {package} {number} in {repository}", asked)
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
        pages = self._pages("list_package_versions", f"list the versions of {package} in {repository}", asked)
        return tuple(read_standing(each) for page in pages or () for each in part(page, "versions"))

    def restrictions(self, repository: str, package: str) -> Restrictions | None:
        """Give from where a package's versions may come; None where the repository knows no such package."""
        said = f"look at {package} in {self._place(repository)}"
        answer = self._find("describe_package", said, self._of(repository, package))
        if answer is None:
            return None
        found = part(answer, "package", "originConfiguration", "restrictions")
        return Restrictions(part(found, "publish"), part(found, "upstream"))

    def restrict(self, repository: str, package: str, wanted: Restrictions) -> None:
        """Set from where a package's versions may come; it need not be there yet."""
        with self.told(f"set the origin configuration of {package} in {self._place(repository)}"):
            self.client.put_package_origin_configuration(
                **self._of(repository, package),
                restrictions={"publish": wanted.publish, "upstream": wanted.upstream},
            )

    def copy(self, package: str, number: str, revision: str, ends: tuple[str, str]) -> str:
        """Copy one revision of a version from one repository to another; give why not, or nothing where it is there."""
        source, destination = ends
        asked = {"package": package, "format": "pypi", "versionRevisions": {number: revision}, **self._domain}
        with self.told(f"copy {package} {number} from {self._place(source)} to {self._place(destination)}"):
            try:
                answer = self.client.copy_package_versions(
                    sourceRepository=source, destinationRepository=destination, **asked
                )
            except self.client.exceptions.ClientError as error:
                return _passing(error)
        return _fault(answer, number)

    def restate(self, repository: str, package: str, standing: Standing, status: str) -> str:
        """Give a version another status, if it still stands as it did; give why not, or nothing where it is done."""
        with self.told(f"make {package} {standing.number} {status} in {self._place(repository)}"):
            try:
                answer = self.client.update_package_versions_status(
                    **self._of(repository, package),
                    versions=[standing.number],
                    versionRevisions={standing.number: standing.revision},
                    expectedStatus=standing.status,
                    targetStatus=status,
                )
            except self.client.exceptions.ConflictException:
                return "ConflictException"
        return _fault(answer, standing.number)

    def endpoint(self, repository: str) -> str:
        """Give the address at which package managers find a repository."""
        with self.told(f"find {self._place(repository)}"):
            answer = self.client.get_repository_endpoint(**self._domain, repository=repository, format="pypi")
        return str(part(answer, "repositoryEndpoint"))

    def repository(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give a repository's upstreams, and the public indexes that it is connected to."""
        with self.told(f"find {self._place(name)}"):
            answer = self.client.describe_repository(**self._domain, repository=name)
        found = part(answer, "repository")
        upstreams = tuple(part(each, "repositoryName") for each in found.get("upstreams", ()))
        return upstreams, tuple(part(each, "externalConnectionName") for each in found.get("externalConnections", ()))

    def token(self) -> tuple[str, datetime]:
        """Give a token for package managers and when it ends: with the session, or as soon as it can."""
        with self.told(f"get a token for the domain {self._name}"):
            seconds = 0 if self.login.is_temporary else 900
            answer = self.client.get_authorization_token(**self._domain, durationSeconds=seconds)
        return part(answer, "authorizationToken"), part(answer, "expiration")

    def told(self, doing: str) -> AbstractContextManager[None]:
        """Turn what CodeArtifact says into an error of ours."""
        return told(f"codeartifact: could not {doing}", *_REFUSALS)

    @property
    def login(self) -> Login:
        """Who asks."""
        with self._opening:
            return self._login

    @property
    def client(self) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
        """The one client that all questions share."""
        go_on_or_stop()
        with self._opening:
            return self._client

    @cached_property
    def _login(self) -> Login:
        return Login(self._region, self._seconds)

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401  # likewise
        return self._login.client("codeartifact")

    def _find(self, operation: str, doing: str, asked: Mapping[str, Any]) -> Any:  # noqa: ANN401  # likewise
        """Ask; None where the package or the version is not there, which is another answer than no such repository."""
        with self.told(doing):
            try:
                return getattr(self.client, operation)(**asked)
            except self.client.exceptions.ResourceNotFoundException as error:
                if error.response.get("resourceType") in _ABSENT:
                    return None
                raise

    def _pages(self, operation: str, doing: str, asked: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        pages: list[dict[str, Any]] = []
        following: dict[str, str] = {}
        while not pages or following:
            answer = self._find(operation, doing, {**asked, **following})
            if answer is None:
                return None
            pages.append(answer)
            following = {"nextToken": answer["nextToken"]} if answer.get("nextToken") else {}
        return pages

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
