"""The way to CodeArtifact: one client for all threads, and its refusals in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from release.adapters.aws import Login
from release.adapters.aws_refusals import Refusal, told
from release.adapters.once import made_once
from release.adapters.process import go_on_or_stop
from release.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

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


class Connection:
    """Who asks, and through what; `seconds` is the time for one answer, `role` whoever is asked as besides."""

    def __init__(self, region: str, seconds: float, role: str = "") -> None:
        self._region = region
        self._seconds = seconds
        self._role = role

    def told(self, doing: str) -> AbstractContextManager[None]:
        """Turn what CodeArtifact says into an error of ours."""
        return told(f"codeartifact: could not {doing}", *_REFUSALS)

    @made_once
    def login(self) -> Login:
        """Who asks."""
        return Login(self._region, self._seconds, self._role)

    @property
    def client(self) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
        """The one client that all questions share."""
        go_on_or_stop()
        return self._opened

    @made_once
    def _opened(self) -> Any:  # noqa: ANN401  # likewise
        return self.login.client("codeartifact")

    def find(self, operation: str, doing: str, asked: Mapping[str, Any]) -> Any:  # noqa: ANN401  # likewise
        """Ask; None where the package or the version is not there, which is another answer than no such repository."""
        with self.told(doing):
            try:
                return getattr(self.client, operation)(**asked)
            except self.client.exceptions.ResourceNotFoundException as error:
                if error.response.get("resourceType") in _ABSENT:
                    return None
                raise

    def pages(self, operation: str, doing: str, asked: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """Ask until the last page; None where there is nothing to list."""
        pages: list[dict[str, Any]] = []
        following: dict[str, str] = {}
        while not pages or following:
            answer = self.find(operation, doing, {**asked, **following})
            if answer is None:
                return None
            pages.append(answer)
            following = {"nextToken": answer["nextToken"]} if answer.get("nextToken") else {}
        return pages
