"""The jobs of a matrix: every combination of its axes, without those that are left out, with those that are added."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from tests.workflows.document import WrongWorkflowError, section

if TYPE_CHECKING:
    from tests.workflows.values import Value

_MOST: Final = 256


def combine(said: Value, place: str) -> list[dict[str, Any]]:
    """Give what each job of a matrix is for; one without any would fail on GitHub, and is an error here."""
    known = section(said, f"{place}: matrix")
    axes = {name: values for name, values in known.items() if name not in {"include", "exclude"}}
    if wrong := [name for name, values in axes.items() if not isinstance(values, list) or not values]:
        raise WrongWorkflowError(f"{place}: matrix: {wrong[0]} is no list, or an empty one")
    made = [dict(zip(axes, each, strict=True)) for each in product(*axes.values())] if axes else []
    left = [each for each in made if not any(each.items() >= out.items() for out in known.get("exclude", []))]
    own: list[dict[str, Any]] = []
    for added in known.get("include", []):
        fitting = [
            each
            for each in left
            if all(each.get(name, value) == value for name, value in added.items() if name in axes)
        ]
        for each in fitting:
            each.update(added)
        if not fitting:
            own.append(dict(added))
    found = [*left, *own]
    if not 0 < len(found) <= _MOST:
        raise WrongWorkflowError(f"{place}: a matrix of {len(found)} jobs; there can be 1 to {_MOST}")
    return found
