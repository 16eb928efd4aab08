"""
What can go wrong.

DriftError
├── LockError   the lock cannot be read, or says nothing about this environment
└── LookError   the environment cannot be looked at
"""


class DriftError(Exception):
    """The question has no answer; never a sign that an environment matches."""


class LockError(DriftError):
    """The lock cannot be read, is empty, contradicts itself or is not for this Python."""


class LookError(DriftError):
    """The environment cannot be looked at: a path is absent, unreadable or damaged."""
