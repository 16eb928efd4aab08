"""What tests of the doctor have, and the bucket as the target's own tests have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aws.account import Account
from tests.aws.examined import Examined
from tests.release.adapters.s3.conftest import s3, target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["examined", "s3", "target"]


@pytest.fixture
def examined(tmp_path: Path) -> Iterator[Examined]:
    """Give an account as the template makes it, and the doctor before it."""
    with Account() as account:
        yield Examined(account, tmp_path)
