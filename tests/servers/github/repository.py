"""A repository's releases, as GitHub keeps and changes them: which endpoint does what, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from tests.servers.github.administered import Administered
from tests.servers.github.calls import API, REPOSITORY, STORAGE, UPLOADS, Route
from tests.servers.github.guards import must, name_of_asset, refuse
from tests.servers.github.records import Asset, Release
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.servers.github.records import Token
    from tests.servers.stand_in import Request

Endpoint = Callable[["Request", Route, "Token"], Answer]
_PER_PAGE: Final = 30
_FORBIDDEN: Final = "Resource not accessible by personal access token"


class Repository:
    """One repository; what is tagged, and which settings it has, is for a test to say."""

    def __init__(self) -> None:
        self.address = ""
        self.releases: list[Release] = []
        self.refs: dict[str, tuple[str, str]] = {}
        """What a tag names: the kind of object, `commit` or `tag`, and its id."""
        self.tag_objects: dict[str, tuple[str, str]] = {}
        self.is_immutable: bool | None = None
        """The setting: None where it was never switched on."""
        self.is_archived = False
        self.latest = 0
        """The id of the release that is shown as the latest; 0 where there is none."""
        self.renamed: dict[str, str] = {}
        """Names of assets that are kept as another, beside those with characters that are not kept."""
        self.administered = Administered(self)
        self._ids = 0

    def tag(self, name: str, commit: str, *annotations: str) -> None:
        """Push a tag; each annotation is the id of a tag object, the outermost first."""
        chain = [*(("tag", each) for each in annotations), ("commit", commit)]
        self.refs[name] = chain[0]
        self.tag_objects.update({outer[1]: inner for outer, inner in pairwise(chain)})

    def add(self, tag: str, files: dict[str, bytes] | None = None, **known: Any) -> Release:  # noqa: ANN401  # what a release has
        """Put a release there, as if somebody had made it."""
        assets = [Asset(self._next(), name, content) for name, content in (files or {}).items()]
        self.releases.append(Release(self._next(), tag, assets=assets, **known))
        return self.releases[-1]

    def named(self, tag: str) -> list[Release]:
        """Give every release of a tag, oldest first."""
        return [each for each in self.releases if each.tag_name == tag]

    def name_of(self, route: Route) -> str:
        """Name the release or the asset that a path names by its id; the id, where there is none."""
        for release in self.releases if route.release or route.file else ():
            if release.id == route.release:
                return release.tag_name
            for asset in release.assets:
                if asset.id == route.file:
                    return f"{release.tag_name}/{asset.name}"
        return str(route.release or route.file or "")

    def answer(self, request: Request, route: Route, token: Token) -> Answer:
        """Answer at an endpoint."""
        endpoints: dict[str, Endpoint] = {
            "GetRepository": self._describe,
            "GetImmutableReleases": self._setting,
            "GetRef": self._ref,
            "GetTag": self._tag,
            "ListReleases": self._list,
            "GetLatestRelease": self._latest,
            "GetReleaseByTag": self._by_tag,
            "CreateRelease": self._create,
            "UploadAsset": self._upload,
            "DownloadAsset": self._download,
            "DeleteAsset": self._delete,
            "GetRelease": self._read,
            "DeleteRelease": self._delete_release,
            "UpdateRelease": self._update,
        }
        if route.endpoint not in endpoints:
            return self.administered.answer(request, token)
        return endpoints[route.endpoint](request, route, token)

    def asset(self, number: int) -> tuple[Release, Asset]:
        """Find an asset by its id, and the release that it is of."""
        for release in self.releases:
            for asset in release.assets:
                if asset.id == number:
                    return release, asset
        return refuse(404, "Not Found")

    def _describe(self, _: Request, __: Route, token: Token) -> Answer:
        said = {"full_name": REPOSITORY, "archived": self.is_archived, "permissions": token.permissions}
        return as_json({**said, **self.administered.describe(token)})

    def _setting(self, _: Request, __: Route, token: Token) -> Answer:
        must(token.may_look, 403, _FORBIDDEN)
        must(self.is_immutable is not None, 404, "Not Found")
        return as_json({"enabled": self.is_immutable, "enforced_by_owner": False})

    def _ref(self, _: Request, route: Route, __: Token) -> Answer:
        return _object({"ref": f"refs/tags/{route.text}"}, self.refs.get(route.text))

    def _tag(self, _: Request, route: Route, __: Token) -> Answer:
        return _object({"sha": route.text}, self.tag_objects.get(route.text))

    def _latest(self, _: Request, __: Route, ___: Token) -> Answer:
        return self._shown(next((each for each in self.releases if each.id == self.latest), None))

    def _by_tag(self, _: Request, route: Route, __: Token) -> Answer:
        return self._shown(next((each for each in self.named(route.text) if not each.draft), None))

    def _list(self, request: Request, _: Route, token: Token) -> Answer:
        asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
        size, page = min(int(asked.get("per_page", _PER_PAGE)), 100), int(asked.get("page", 1))
        seen = [each for each in reversed(self.releases) if token.push or not each.draft]
        last = max(1, -(-len(seen) // size))
        where = f"{self.address}{API}/repositories/1/releases?per_page={size}&page="
        ways = {"next": page + 1, "last": last} if page < last else {}
        link = ", ".join(f'<{where}{number}>; rel="{name}"' for name, number in ways.items())
        documents = [self._document(each) for each in seen[(page - 1) * size : page * size]]
        return replace(as_json(documents), headers={"Link": link} if link else {})

    def _create(self, request: Request, _: Route, token: Token) -> Answer:
        must(token.push, 403, _FORBIDDEN)
        asked = json.loads(request.body)
        must(bool(asked.get("tag_name")), 422, "Validation Failed", field="tag_name", code="missing_field")
        release = Release(self._next(), asked["tag_name"], draft=True)
        self._edit(release, {"draft": False, **asked})
        self.releases.append(release)
        return replace(self._shown(release), status=201)

    def _read(self, _: Request, route: Route, token: Token) -> Answer:
        return self._shown(self._seen(route.release, token))

    def _update(self, request: Request, route: Route, token: Token) -> Answer:
        release = self._seen(route.release, token)
        must(token.push, 403, _FORBIDDEN)
        self._edit(release, json.loads(request.body))
        return self._shown(release)

    def _edit(self, release: Release, asked: dict[str, Any]) -> None:
        is_published = release.draft and asked.get("draft") is False
        others = [each for each in self.named(release.tag_name) if each is not release and not each.draft]
        must(not (is_published and others), 422, "Validation Failed", field="tag_name", code="already_exists")
        if release.immutable:
            is_kept = all(asked.get(name, vars(release)[name]) == vars(release)[name] for name in ("tag_name", "draft"))
            must(is_kept, 422, "Validation Failed", field="tag_name", code="custom")
        latest = asked.get("make_latest", "true" if is_published and not asked.get("prerelease") else "")
        is_final = not asked.get("draft", release.draft) and not asked.get("prerelease", release.prerelease)
        must(latest != "true" or is_final, 422, "Validation Failed", field="make_latest", code="invalid")
        release.change(asked)
        if is_published:  # GitHub makes a tag where there is none
            self.refs.setdefault(release.tag_name, ("commit", release.target_commitish))
            release.immutable = bool(self.is_immutable)
        if latest == "true":
            self.latest = release.id
        elif latest == "false" and self.latest == release.id:
            self.latest = 0

    def _download(self, request: Request, route: Route, token: Token) -> Answer:
        release, asset = self.asset(route.file)
        must(token.push or not release.draft, 404, "Not Found")
        if request.headers.get("accept") != "application/octet-stream":
            return as_json(asset.as_json(self._place(API)))
        must(asset.state == "uploaded", 404, "Not Found")
        elsewhere = self.address.replace("127.0.0.1", "localhost")
        return Answer(status=302, headers={"Location": f"{elsewhere}{STORAGE}/{route.file}?signature=1"})

    def _delete(self, _: Request, route: Route, token: Token) -> Answer:
        release, asset = self.asset(route.file)
        must(token.push, 403, _FORBIDDEN)
        must(not release.immutable, 422, "Cannot delete asset from an immutable release.", code="custom")
        release.assets.remove(asset)
        return Answer(status=204)

    def _delete_release(self, _: Request, route: Route, token: Token) -> Answer:
        release = self._seen(route.release, token)
        must(token.push, 403, _FORBIDDEN)
        self.releases.remove(release)
        return Answer(status=204)

    def _upload(self, request: Request, route: Route, token: Token) -> Answer:
        must(token.push, 404, "Not Found")
        release = self._seen(route.release, token)
        must(not release.immutable, 422, "Cannot upload assets to an immutable release.")
        must("content-type" in request.headers, 400, "Bad Content-Type: ")
        must(bool(request.body), 422, "Validation Failed", resource="ReleaseAsset", field="size", code="custom")
        asked = parse_qs(request.query)["name"][0]
        name = self.renamed.get(asked, name_of_asset(asked))
        is_new = release.asset(name) is None
        must(is_new, 422, "Validation Failed", resource="ReleaseAsset", field="name", code="already_exists")
        release.assets.append(Asset(self._next(), name, request.body))
        return replace(as_json(release.assets[-1].as_json(self._place(API))), status=201)

    def _seen(self, number: int, token: Token) -> Release:
        found = next((each for each in self.releases if each.id == number and (token.push or not each.draft)), None)
        return found or refuse(404, "Not Found")

    def _shown(self, release: Release | None) -> Answer:
        return as_json(self._document(release)) if release else refuse(404, "Not Found")

    def _document(self, release: Release) -> dict[str, object]:
        return release.as_json(self._place(API), self._place(UPLOADS))

    def _place(self, prefix: str) -> str:
        return f"{self.address}{prefix}/repos/{REPOSITORY}"

    def _next(self) -> int:
        self._ids += 1
        return self._ids


def _object(said: dict[str, object], found: tuple[str, str] | None) -> Answer:
    if found is None:
        return refuse(404, "Not Found")
    return as_json({**said, "object": {"type": found[0], "sha": found[1]}})
