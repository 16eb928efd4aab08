"""Libraries that are slow to import are imported by whoever needs them, and by nobody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.release.command import Ended, ReleaseCommand
    from tests.release.scene import Scene

SERVICES = frozenset({"boto3", "botocore", "moto", "pypi_simple", "slack_sdk"})
"""What only those need who release to services, or tell people."""
SLOW = SERVICES | {"cyclonedx", "pip_audit", "requests", "tenacity", "twine", "urllib3"}
TIMED = {"PYTHONPROFILEIMPORTTIME": "1"}
_IMPORTED = re.compile(r"^import time:[^|]*\|[^|]*\| *(\w+)", re.MULTILINE)


def imported(ended: Ended) -> frozenset[str]:
    """Give what a call imported, as Python itself says."""
    found = frozenset(_IMPORTED.findall(ended.err))
    assert "click" in found
    return found


def test_help_imports_nothing_that_is_slow(release: ReleaseCommand) -> None:
    assert not SLOW & imported(release.apart("--help", **TIMED).expect(0))


def test_a_release_to_this_machine_imports_nothing_for_services(scene: Scene) -> None:
    scene.add("solo").tagged("solo/v0.1.0")
    found = imported(scene.release.apart("run", "solo/v0.1.0", **TIMED).expect(0))
    assert not SERVICES & found
    assert "pip_audit" in found, "an audit needs it, so that this test sees what is imported late"
