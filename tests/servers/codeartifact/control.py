"""The control plane: one method for each operation that a release asks for, with the service's own refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from packaging.utils import canonicalize_name

from tests.servers.account import ACCOUNT, REGION
from tests.servers.codeartifact.copying import copy_versions
from tests.servers.codeartifact.store import Package, PackageVersion, Repository
from tests.servers.codeartifact.wire import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.servers.codeartifact.callers import Caller, Callers
    from tests.servers.codeartifact.store import Domain
    from tests.servers.codeartifact.wire import Call

_MOVES: Final = {"Published", "Unlisted", "Archived", "Disposed"}
"""Statuses that a version may be given; one that is Disposed is given no other."""
_READ: Final = "ReadFromRepository"


class ControlPlane:
    """CodeArtifact of one domain."""

    def __init__(self, domain: Domain, callers: Callers) -> None:
        self._domain = domain
        self._callers = callers
        self.page = 1000
        """How many a list gives at most at once."""

    def answer(self, call: Call, caller: Caller, address: str) -> dict[str, Any]:
        """Answer a call by the model's names."""
        words = call.words
        if words["domain"] != self._domain.name or words.get("domainOwner", ACCOUNT) != ACCOUNT:
            raise _missing("domain", words["domain"])
        if call.operation == "GetAuthorizationToken":
            return self._token(caller, words)
        if call.operation == "CopyPackageVersions":
            return self._copy(caller, words)
        operations = {
            "DescribePackage": self._describe_package,
            "DescribePackageVersion": self._describe_version,
            "DescribeRepository": self._describe_repository,
            "GetRepositoryEndpoint": lambda repository, _: {"repositoryEndpoint": f"{address}/pypi/{repository.name}/"},
            "ListPackageVersionAssets": self._list_assets,
            "ListPackageVersions": self._list_versions,
            "PutPackageOriginConfiguration": self._put_origin,
            "UpdatePackageVersionsStatus": self._update_status,
        }
        if call.operation not in operations:
            raise Refused("ValidationException", f"{call.operation} is not for here", reason="UNKNOWN_OPERATION")
        self.require(caller, call.operation, words["repository"])
        return operations[call.operation](self._repository(words["repository"]), words)

    def require(self, caller: Caller, action: str, place: str) -> None:
        """Refuse what a caller may not do."""
        if not caller.may(action, place):
            kind = "domain" if place == self._domain.name else f"repository/{self._domain.name}"
            raise Refused(
                "AccessDeniedException",
                f"User: {caller.arn} is not authorized to perform: codeartifact:{action} on resource: "
                f"arn:aws:codeartifact:{REGION}:{ACCOUNT}:{kind}/{place}",
            )

    def _repository(self, name: str) -> Repository:
        found = self._domain.repositories.get(name)
        if found is None:
            raise _missing("repository", name)
        return found

    def _token(self, caller: Caller, words: Mapping[str, Any]) -> dict[str, Any]:
        self.require(caller, "GetAuthorizationToken", self._domain.name)
        self.require(caller, "sts:GetServiceBearerToken", self._domain.name)
        seconds = words.get("durationSeconds", 43200)
        if 0 < seconds < 900 or (seconds == 0 and not caller.is_temporary):
            raise Refused("ValidationException", "durationSeconds", reason="FIELD_VALIDATION_FAILED")
        token, until = self._callers.give_token(caller, seconds)
        return {"authorizationToken": token, "expiration": until}

    def _copy(self, caller: Caller, words: Mapping[str, Any]) -> dict[str, Any]:
        self.require(caller, _READ, words["sourceRepository"])
        self.require(caller, "CopyPackageVersions", words["destinationRepository"])
        source, destination = (self._repository(words[f"{end}Repository"]) for end in ("source", "destination"))
        return copy_versions(self._domain, source, destination, words)

    def _describe_repository(self, repository: Repository, _: Mapping[str, Any]) -> dict[str, Any]:
        connection = {"externalConnectionName": "public:pypi", "packageFormat": "pypi", "status": "Available"}
        said = {
            "name": repository.name,
            "administratorAccount": ACCOUNT,
            "domainName": self._domain.name,
            "domainOwner": ACCOUNT,
            "arn": f"arn:aws:codeartifact:{REGION}:{ACCOUNT}:repository/{self._domain.name}/{repository.name}",
            "upstreams": [{"repositoryName": name} for name in repository.upstreams],
            "externalConnections": [connection] if repository.is_external else [],
        }
        return {"repository": said}

    def _describe_package(self, repository: Repository, words: Mapping[str, Any]) -> dict[str, Any]:
        name, package = _package(repository, words)
        restrictions = {"publish": package.publish, "upstream": package.upstream}
        return {"package": {"format": "pypi", "name": name, "originConfiguration": {"restrictions": restrictions}}}

    def _describe_version(self, repository: Repository, words: Mapping[str, Any]) -> dict[str, Any]:
        name, _, version = _version(repository, words)
        said = _summary(repository, version)
        more = {"format": "pypi", "packageName": name, "displayName": name, "publishedTime": version.published}
        return {"packageVersion": said | more}

    def _list_versions(self, repository: Repository, words: Mapping[str, Any]) -> dict[str, Any]:
        name, package = _package(repository, words)
        listed = [
            _summary(repository, each)
            for each in package.versions.values()
            if words.get("status", each.status) == each.status and words.get("originType", each.origin) == each.origin
        ]
        return {"format": "pypi", "package": name, **self._paged("versions", listed, words)}

    def _list_assets(self, repository: Repository, words: Mapping[str, Any]) -> dict[str, Any]:
        name, _, version = _version(repository, words)
        listed = [
            {"name": each.name, "size": len(each.content), "hashes": {"SHA-256": each.sha256}}
            for each in version.assets.values()
            if version.status != "Disposed"
        ]
        said = {"format": "pypi", "package": name, "version": version.version, "versionRevision": version.revision}
        return {**said, **self._paged("assets", listed, words)}

    def _paged(self, name: str, listed: Sequence[object], words: Mapping[str, Any]) -> dict[str, Any]:
        begin = int(words.get("nextToken", "0"))
        end = begin + min(self.page, words.get("maxResults", self.page))
        more = {"nextToken": str(end)} if end < len(listed) else {}
        return {name: listed[begin:end], **more}

    def _put_origin(self, repository: Repository, words: Mapping[str, Any]) -> dict[str, Any]:
        name = canonicalize_name(words["package"])
        restrictions = words["restrictions"]
        package = repository.packages.get(name, Package())
        self._domain.change(repository, name, replace(package, **restrictions))
        return {"originConfiguration": {"restrictions": restrictions}}

    def _update_status(self, repository: Repository, words: Mapping[str, Any]) -> dict[str, Any]:
        if words["targetStatus"] not in _MOVES:
            raise Refused("ValidationException", "targetStatus", reason="FIELD_VALIDATION_FAILED")
        name, target = canonicalize_name(words["package"]), words["targetStatus"]
        done, failed = {}, {}
        for number in words["versions"]:
            package = repository.packages.get(name, Package())
            version = package.versions.get(number)
            if fault := _objection(version, words):
                failed[number] = {"errorCode": fault, "errorMessage": fault}
            elif version is not None:
                if version.status != target:
                    self._domain.change(repository, name, package.plus(replace(version, status=target)))
                done[number] = {"revision": version.revision, "status": target}
        return {"successfulVersions": done, "failedVersions": failed}


def _objection(version: PackageVersion | None, words: Mapping[str, Any]) -> str:
    if version is None:
        return "NOT_FOUND"
    if words.get("versionRevisions", {}).get(version.version, version.revision) != version.revision:
        return "MISMATCHED_REVISION"
    if words.get("expectedStatus", version.status) != version.status:
        return "MISMATCHED_STATUS"
    return "NOT_ALLOWED" if version.status == "Disposed" else ""


def _package(repository: Repository, words: Mapping[str, Any]) -> tuple[str, Package]:
    name = canonicalize_name(words["package"])
    package = repository.read(name)
    if package is None:
        raise _missing("package", name)
    return name, package


def _version(repository: Repository, words: Mapping[str, Any]) -> tuple[str, Package, PackageVersion]:
    name, package = _package(repository, words)
    version = package.versions.get(words["packageVersion"])
    if version is None:
        raise _missing("package-version", f"{name}/{words['packageVersion']}")
    return name, package, version


def _summary(repository: Repository, version: PackageVersion) -> dict[str, Any]:
    entry = "externalConnectionName" if version.origin == "EXTERNAL" else "repositoryName"
    point = {entry: "public:pypi" if version.origin == "EXTERNAL" else repository.name}
    origin = {"domainEntryPoint": point, "originType": version.origin}
    return {"version": version.version, "revision": version.revision, "status": version.status, "origin": origin}


def _missing(kind: str, name: str) -> Refused:
    return Refused("ResourceNotFoundException", f"{kind} not found: {name}", resourceType=kind, resourceId=name)
