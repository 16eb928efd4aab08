"""What tests of the doctor have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aws.account import Account
from tests.aws.examined import Examined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def examined(tmp_path: Path) -> Iterator[Examined]:
    """Give an account as the template makes it, and the doctor before it."""
    with Account() as account:
        yield Examined(account, tmp_path)
