"""Whether a Python environment matches its lock."""

from env_drift.comparison import compare
from env_drift.difference import Difference, Kind
from env_drift.environment import marker_environment
from env_drift.errors import DriftError, LockError, LookError
from env_drift.examination import check
from env_drift.installation import Installed, installed
from env_drift.lock import Lock, Pin
from env_drift.lock_file import read_lock
from env_drift.report import Report

__all__ = [
    "Difference",
    "DriftError",
    "Installed",
    "Kind",
    "Lock",
    "LockError",
    "LookError",
    "Pin",
    "Report",
    "check",
    "compare",
    "installed",
    "marker_environment",
    "read_lock",
]
