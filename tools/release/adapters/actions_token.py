"""GitHub's word for a job: the token by which a cloud knows which job asks.

https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from release.adapters.http import open_session
from release.adapters.http_refusals import reached
from release.errors import Incomplete
from release.redaction import hide

_AUDIENCE: Final = "sts.amazonaws.com"
_FAILED: Final = "could not get the job's token for AWS"
_HINT: Final = "does the job have `permissions: id-token: write`? run it again"


@dataclass(frozen=True)
class ActionsToken:
    """Where the job asks for its token, and by which word; `seconds` is the time for one answer."""

    url: str
    word: str
    seconds: float

    def __call__(self) -> str:
        """Give a new token, which AWS takes for some minutes; Incomplete where GitHub gives none."""
        headers = {"Authorization": f"bearer {self.word}", "Accept": "application/json"}
        with open_session(self.seconds) as session, reached(_FAILED, _HINT):
            answer = session.get(self.url, params={"audience": _AUDIENCE}, headers=headers)
            said = answer.json() if answer.ok else {}
        token = said.get("value") if isinstance(said, dict) else None
        if not token:
            raise Incomplete(f"{_FAILED}: GitHub answered {answer.status_code}", hint=_HINT)
        hide(str(token))
        return str(token)
