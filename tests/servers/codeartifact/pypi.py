"""What package managers see: the legacy upload API, one page for each project, and files; by Basic auth alone."""

from __future__ import annotations

import email.policy
import hashlib
from dataclasses import dataclass
from email.parser import BytesParser
from html import escape
from typing import TYPE_CHECKING

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from tests.servers.codeartifact.store import PUBLISHED, Asset, PackageVersion
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from tests.servers.codeartifact.callers import Caller, Callers
    from tests.servers.codeartifact.store import Domain, Package, Repository
    from tests.servers.stand_in import Request

_SHOWN = {"Published", "Unlisted"}
_MOST_FILES = 150


class PypiEndpoint:
    """The endpoint of format pypi, of every repository: `/pypi/<repository>/`."""

    def __init__(self, domain: Domain, callers: Callers) -> None:
        self._domain = domain
        self._callers = callers
        self.has_hashes = True
        """Whether pages say what the bytes of a file are."""

    def answer(self, request: Request) -> Answer:
        """Answer a package manager."""
        caller = self._callers.holder(request.headers.get("authorization", ""))
        if caller is None:
            return _say(401, "Unauthorized", **{"WWW-Authenticate": 'Basic realm="codeartifact"'})
        name, *rest = request.parts[1:] or [""]
        repository = self._domain.repositories.get(name)
        if repository is None:
            return _say(404, "Not Found")
        if request.method == "POST" and not rest:
            return self._upload(repository, caller, request)
        if request.method not in {"GET", "HEAD"} or rest[:1] != ["simple"]:
            return _say(404, "Not Found")
        if not caller.may("ReadFromRepository", name):
            return _say(403, "Forbidden")
        return self._read(repository, rest[1:])

    def _read(self, repository: Repository, rest: list[str]) -> Answer:
        if len(rest) == 1:
            return self._page(repository, canonicalize_name(rest[0]))
        if len(rest) == 3:  # project, version, file
            return self._file(repository, *rest)
        return _say(404, "Not Found")  # there is no list of all projects

    def _page(self, repository: Repository, project: str) -> Answer:
        versions = self._domain.visible(repository, project)
        links = [
            self._link(each, asset)
            for each in versions.values()
            if each.status in _SHOWN
            for asset in each.assets.values()
        ]
        if not links:
            return _say(404, "Not Found")
        title = f"<title>Links for {project}</title>"
        page = f"<!DOCTYPE html><html><head>{title}</head><body>{''.join(links)}</body></html>"
        return Answer(page.encode(), kind="text/html")

    def _link(self, version: PackageVersion, asset: Asset) -> str:
        digest = f"#sha256={asset.sha256}" if self.has_hashes else ""
        more = f' data-requires-python="{escape(asset.requires_python)}"' if asset.requires_python else ""
        more += ' data-yanked=""' if version.status == "Unlisted" else ""
        return f'<a href="{version.version}/{asset.name}{digest}"{more}>{asset.name}</a><br/>\n'

    def _file(self, repository: Repository, project: str, number: str, name: str) -> Answer:
        project = canonicalize_name(project)
        version = self._domain.visible(repository, project).get(number)
        if version is None or version.status not in _SHOWN or name not in version.assets:
            return _say(404, "Not Found")
        self._domain.ingest(repository, project, number)
        return Answer(version.assets[name].content, kind="application/octet-stream")

    def _upload(self, repository: Repository, caller: Caller, request: Request) -> Answer:
        if not caller.may("PublishPackageVersion", repository.name):
            return _say(403, "Forbidden: not authorized to perform codeartifact:PublishPackageVersion")
        form = read_form(request)
        if fault := form.fault:
            return _say(400, fault)
        project = canonicalize_name(form.fields["name"])
        package = repository.packages.get(project, PUBLISHED)
        if package.publish == "BLOCK":
            return _say(403, "package origin configuration blocks publishing")
        return self._take(repository, project, package, form)

    def _take(self, repository: Repository, project: str, package: Package, form: Form) -> Answer:
        """Add a file: a new one at any time, the same one again for nothing, and none with other bytes."""
        asset, version = form.asset, package.versions.get(form.version, PackageVersion(form.version, {}))
        if version.status == "Disposed" or version.digests.get(asset.name, asset.sha256) != asset.sha256:
            return _say(409, f"{asset.name} already exists with other content")
        if asset.name not in version.assets:
            if len(version.assets) >= _MOST_FILES:
                return _say(402, "the quota of assets per package version is reached")
            self._domain.change(repository, project, package.plus(version.plus(asset)))
        return _say(200, "")


@dataclass(frozen=True)
class Form:
    """What twine sends with a file."""

    fields: dict[str, str]
    asset: Asset

    @property
    def version(self) -> str:
        """The version, in its canonical form."""
        return str(Version(self.fields["version"]))

    @property
    def fault(self) -> str:
        """Say what is wrong with it; nothing, if nothing is."""
        if (self.fields.get(":action"), self.fields.get("protocol_version")) != ("file_upload", "1"):
            return "it is no upload of a file"
        if self.fields.get("sha256_digest", "") != hashlib.sha256(self.asset.content).hexdigest():
            return "the content is not what its digest says"
        parse = parse_wheel_filename if self.asset.name.endswith(".whl") else parse_sdist_filename
        try:
            name, version = parse(self.asset.name)[:2]
            is_named = (name, version) == (canonicalize_name(self.fields["name"]), Version(self.fields["version"]))
        except (InvalidSdistFilename, InvalidVersion, InvalidWheelFilename, KeyError) as error:
            return f"the file's name: {type(error).__name__}"
        return "" if is_named else "the file's name is not that of its metadata"


def read_form(request: Request) -> Form:
    """Read what twine sends."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    fields: dict[str, str] = {}
    name, content = "", b""
    for part in message.iter_parts():
        raw = part.get_payload(decode=True)
        value = raw if isinstance(raw, bytes) else b""
        field = part.get_param("name", header="content-disposition")
        if filename := part.get_filename():
            name, content = filename, value
        else:
            fields[str(field)] = value.decode()
    return Form(fields, Asset(name, content, fields.get("requires_python", "")))


def _say(status: int, text: str, **headers: str) -> Answer:
    return Answer(text.encode(), status, "text/plain", headers)
