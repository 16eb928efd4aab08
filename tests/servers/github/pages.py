"""Lists that GitHub gives page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.servers.stand_in import Request

_PER_PAGE = 30


def page_of(request: Request, listed: Sequence[object], address: str, *, key: str = "", most: int = 100) -> Answer:
    """Give the page that was asked for, and where the next one is; the list stands under a key where one is named."""
    asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
    size, page = min(int(asked.get("per_page", _PER_PAGE)), most), int(asked.get("page", 1))
    shown = list(listed[(page - 1) * size : page * size])
    answer = as_json({"total_count": len(listed), key: shown} if key else shown)
    if page * size >= len(listed):
        return answer
    return replace(answer, headers={"Link": f'<{address}{request.path}?per_page={size}&page={page + 1}>; rel="next"'})
