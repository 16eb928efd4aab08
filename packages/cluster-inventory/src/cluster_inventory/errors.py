"""
What can go wrong.

ClusterInventoryError
├── CouldNotAsk      a node was not heard, or nobody can tell whether all were
└── PySparkMissing   there is no PySpark here to ask with
"""

from __future__ import annotations


class ClusterInventoryError(Exception):
    """The question has no answer; never a sign that a cluster is consistent."""


class CouldNotAsk(ClusterInventoryError):  # says what happened
    """
    Fewer nodes answered than there are, or how many there are is not known.

    `expected` is the number of executors that should have answered, None where nobody can tell. `answered` names
    the executors that did.
    """

    def __init__(self, message: str, *, expected: int | None = None, answered: tuple[str, ...] = ()) -> None:
        """Keep the numbers beside the sentence."""
        super().__init__(message)
        self.expected = expected
        self.answered = answered


class PySparkMissing(ClusterInventoryError, ImportError):  # likewise
    """PySpark cannot be imported here; the cluster brings it, this library does not."""
