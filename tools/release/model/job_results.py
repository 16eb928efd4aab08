"""How the jobs of a workflow ended, as `toJSON(needs)` says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from release.errors import GateRefused, Incomplete, UsageError
from release.model.strict_json import NotStrict, parse_strictly
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Collection

_HINT = "give it toJSON(needs), through a variable: --needs @NEEDS"


class Result(StrEnum):
    """The end of a job, in GitHub's word."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class _Ended(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=False)  # its outputs are not ours to read

    result: Result


_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,99}$")]
_NEEDS: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[_Name, _Ended])


@dataclass(frozen=True)
class Jobs:
    """The jobs that another one needed, in the workflow's order."""

    results: dict[str, Result]
    may_skip: frozenset[str] = frozenset()

    @property
    def failed(self) -> tuple[str, ...]:
        """Those that failed."""
        return self._that(Result.FAILURE)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Those that were cancelled, and those that were skipped and may not be."""
        skipped = (name for name in self._that(Result.SKIPPED) if name not in self.may_skip)
        return (*self._that(Result.CANCELLED), *skipped)

    @property
    def succeeded(self) -> tuple[str, ...]:
        """Those that succeeded."""
        return self._that(Result.SUCCESS)

    @property
    def exit_code(self) -> int:
        """One failed, or one did not come to its end, or all is well."""
        if self.failed:
            return GateRefused.exit_code
        return Incomplete.exit_code if self.unfinished else 0

    @property
    def story(self) -> str:
        """How they ended, in a line."""
        if self.failed:
            return f"jobs failed: {', '.join(self.failed)}"
        if self.unfinished:
            told = (f"{name} was {self.results[name]}" for name in self.unfinished)
            return f"jobs did not come to an end: {', '.join(told)}"
        skipped = len(self._that(Result.SKIPPED))
        count = len(self.succeeded)
        said = f"{count} job{'s' * (count != 1)} succeeded"
        return f"{said}, {skipped} had nothing to do" if skipped else said

    def _that(self, result: Result) -> tuple[str, ...]:
        return tuple(name for name, each in self.results.items() if each is result)


def read_jobs(text: str, may_skip: Collection[str] = ()) -> Jobs:
    """Read `toJSON(needs)`; UsageError where it is another thing, or names no job."""
    try:
        read = _NEEDS.validate_python(parse_strictly(text.encode(errors="surrogateescape")))
    except NotStrict as error:
        raise UsageError(f"--needs is not what toJSON(needs) gives: {error}", hint=_HINT) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = shown(".".join(map(str, first["loc"])) or "the document")
        raise UsageError(f"--needs is not what toJSON(needs) gives: {where}: {first['msg']}", hint=_HINT) from None
    if not read:
        raise UsageError("--needs names no job: nothing ran is not success", hint="let the job need those it sums up")
    unknown = [name for name in may_skip if name not in read]
    if unknown:
        raise UsageError(
            f"--may-skip names {shown(unknown[0])}, which is not among the jobs", hint=f"jobs: {', '.join(read)}"
        )
    return Jobs({name: each.result for name, each in read.items()}, frozenset(may_skip))
