"""Every way a release can end badly.

ReleaseError            1  a defect of the tool
├── UsageError          2  the words or the settings are wrong
├── Refused            10  before the build: tag, version, tree, branch, channel, sibling
├── BuildFailed        11  the build failed, or an artifact is not what the tagged tree says
│   └── IllFormed              a wheel or an sdist is not built as its format says
├── GateRefused        12  a gate said no
│   ├── Unresolvable       no set of versions fits what a wheel needs
│   └── InstallFailed      what was resolved could not be installed
├── GateUnavailable    13  a gate could not be asked
├── Conflict           14  a target holds other bytes under that name
├── Incomplete         15  a target could not be asked or reached; run the same command again
│   └── Unauthorized           it did not accept the credentials, or does not permit this with them
└── VerificationFailed 16  what was released does not prove itself
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from release.redaction import redact

if TYPE_CHECKING:
    from enum import StrEnum


class ReleaseError(Exception):
    """A message that says which and where, and a hint that says what next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(redact(message))
        self.message = redact(message)
        self.hint = redact(hint)


def as_defect(error: Exception, doing: str = "") -> ReleaseError:
    """Say of an exception that nobody expected what it is, where it came from and what was being done."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return ReleaseError(
        f"{doing}a defect of the tool: {type(error).__name__}{where}: {error}", hint="report it with this message"
    )


class UsageError(ReleaseError):
    """The words or the settings are wrong."""

    exit_code = 2


class Refused(ReleaseError):
    """Refused before the build: tag, version, tree, branch, channel, sibling."""

    exit_code = 10


class BuildFailed(ReleaseError):
    """The build failed, or an artifact is not what the tagged tree says."""

    exit_code = 11


class IllFormed(BuildFailed):
    """A wheel or an sdist is not built as its format says, or holds what none of ours may hold."""

    def __init__(self, message: str, *, reason: StrEnum, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class GateRefused(ReleaseError):
    """A gate judged the artifacts and said no."""

    exit_code = 12


class Unresolvable(GateRefused):
    """No set of versions fits what a wheel needs."""


class InstallFailed(GateRefused):
    """What was resolved could not be installed."""


class GateUnavailable(ReleaseError):
    """A gate could not be asked."""

    exit_code = 13


class Conflict(ReleaseError):
    """A target holds other bytes under that name."""

    exit_code = 14


class Incomplete(ReleaseError):
    """A target could not be asked or reached."""

    exit_code = 15


class Unauthorized(Incomplete):
    """A target did not accept the credentials, or does not permit this with them."""


class VerificationFailed(ReleaseError):
    """What was released does not prove itself."""

    exit_code = 16
