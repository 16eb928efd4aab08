"""What a test has counted, shown at the end of a run, whichever process it ran in: `record_property(SUMMARY, text)`."""

from __future__ import annotations

from typing import Final

SUMMARY: Final = "summary"
