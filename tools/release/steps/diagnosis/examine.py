"""Look at everything side by side, and report in the order in which it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.errors import Incomplete, ReleaseError
from release.model.diagnosis import Diagnosis, State, failed, failed_by
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Look = Callable[[], Iterable[Diagnosis]]


def examine(looks: Mapping[str, Look]) -> tuple[Diagnosis, ...]:
    """Take every look; one that can't be taken is a failed check of its own."""
    taken = side_by_side(lambda look: _take(*look), looks.items(), len(looks))
    return tuple(diagnosis for each in taken for diagnosis in each)


def code_of(diagnoses: Sequence[Diagnosis]) -> int:
    """Give the code of the first failure; where there is none, of what had to be seen and could not; 0 otherwise."""
    worst = sorted(diagnoses, key=lambda each: each.state is not State.FAILED)
    return next((each.exit_code for each in worst if each.exit_code), 0)


def _take(check: str, look: Look) -> tuple[Diagnosis, ...]:
    try:
        return tuple(look())
    except ReleaseError as error:
        return (failed_by(check, error),)
    except OSError as error:
        return (failed(check, str(error), "mend that (space, permissions), and ask again", Incomplete),)
