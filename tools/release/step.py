"""What a step is, and what is put around every one of them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

from release.errors import Incomplete, ReleaseError, as_defect
from release.model.gate import Timed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.context import Context

Given_contra = TypeVar("Given_contra", contravariant=True)
Made_co = TypeVar("Made_co", covariant=True)
Given = TypeVar("Given")
Made = TypeVar("Made")


class Step(Protocol[Given_contra, Made_co]):
    """Something that is done with a release."""

    @property
    def title(self) -> str: ...

    def run(self, given: Given_contra, context: Context, /) -> Made_co: ...


def perform(step: Step[Given, Made], given: Given, context: Context, subject: object) -> Timed[Made]:
    """Run a step under its heading, time it, and say what it needs of the machine where that is missing."""
    context.reporter.begin(str(subject), step.title)
    started = time.perf_counter()
    try:
        with named(subject, step.title):
            made = step.run(given, context)
    except ReleaseError as error:
        if not error.message.startswith(str(subject)):
            error.message = f"{subject}: {error.message}"
        raise
    seconds = time.perf_counter() - started
    context.reporter.end(str(subject), step.title, seconds, str(getattr(made, "summary", "")))
    return Timed(made, seconds)


@contextmanager
def named(subject: object, doing: str) -> Iterator[None]:
    """Say of which release and at what the machine failed, or the tool: one release's failure ends no other."""
    try:
        yield
    except ReleaseError:
        raise
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise Incomplete(
            f"{subject}: {doing}: {error.strerror or error}{where}",
            hint="mend that (space, permissions), and run the same command again",
        ) from error
    except Exception as error:
        raise as_defect(error, f"{subject}: {doing}: ") from error
