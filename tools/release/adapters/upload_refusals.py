"""What an index's answer to an upload means, where it is not that the file was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from release.adapters.address import without_secrets
from release.adapters.http_refusals import require_welcome
from release.errors import Conflict, Incomplete, UsageError

if TYPE_CHECKING:
    from requests import Response

_CREDENTIALS: Final = (
    "are the user and the password of the index right, and may they upload? then run the same command again"
)
_NOWHERE: Final = (404, 405, 410)
_EXISTS: Final = (
    (400, "already exist"),  # the Python Package Index, Google's, pypiserver
    (400, "already been used"),  # the Python Package Index, of a file that was deleted
    (400, "already been taken"),  # GitLab
    (400, "updating asset"),  # Nexus
    (403, "overwrite artifact"),  # Artifactory
    (409, ""),  # devpi, CodeArtifact and pypiserver
)
"""How indexes say that they have a file of that name: a status, and words of the answer."""


def require_taken(response: Response, failed: str, address: str, name: str = "") -> None:
    """Refuse an answer to what was sent to `address`; Conflict where it says that there is a file of this name."""
    status = response.status_code
    if 200 <= status < 300:  # noqa: PLR2004  # as HTTP has it
        return
    if response.is_redirect:
        right = without_secrets(urljoin(address, response.headers["Location"]))
        raise UsageError(
            f"{failed}: uploads are never redirected, and it sends to {right}",
            hint=f"name {right} as the address for uploads, if you know it to be right",
        )
    if name and _says_it_exists(response):
        raise Conflict(f"{failed}: there is a file of that name", hint="compare what is there with what was built")
    require_welcome(response, failed, _CREDENTIALS)
    if status in _NOWHERE:
        raise UsageError(f"{failed}: no index takes files there (HTTP {status})", hint="mend the address for uploads")
    raise Incomplete(
        f"{failed}: it answered HTTP {status}",
        hint="run the same command again; if it says so again, `twine upload --verbose` shows its reason",
    )


def _says_it_exists(response: Response) -> bool:
    said = f"{response.reason} {response.text}".lower()
    return any(response.status_code == status and words in said for status, words in _EXISTS)
