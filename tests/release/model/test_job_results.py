"""`toJSON(needs)`: read strictly, and summed up without taking what did not run for success."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.errors import UsageError
from release.model.job_results import Result, read_jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,20}", fullmatch=True)
NEEDS = st.dictionaries(NAMES, st.sampled_from(Result), min_size=1, max_size=6)
OUTPUTS = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)


def written(results: Mapping[str, object]) -> str:
    """Write it as GitHub does."""
    return json.dumps({name: {"result": result, "outputs": {}} for name, result in results.items()}, indent=2)


@given(NEEDS, st.data())
def test_all_is_well_only_where_every_job_succeeded_or_may_be_skipped(
    results: dict[str, Result], data: st.DataObject
) -> None:
    may_skip = data.draw(st.sets(st.sampled_from(sorted(results))))
    jobs = read_jobs(written(results), may_skip)
    assert jobs.results == results
    fine = {name for name, each in results.items() if each is Result.SUCCESS}
    fine |= {name for name in may_skip if results[name] is Result.SKIPPED}
    failed = Result.FAILURE in results.values()
    assert jobs.exit_code == (12 if failed else 0 if fine == set(results) else 15)
    assert all(name in jobs.story for name in (jobs.failed or jobs.unfinished))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)))  # fmt: skip
def test_any_other_document_is_refused(document: object) -> None:
    with pytest.raises(UsageError, match="--needs"):
        read_jobs(json.dumps(document))


@given(NEEDS, OUTPUTS)
def test_what_jobs_put_out_is_not_looked_at(results: dict[str, Result], outputs: dict[str, str]) -> None:
    text = json.dumps({name: {"result": each, "outputs": outputs} for name, each in results.items()})
    assert read_jobs(text).results == results


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "--needs is not what toJSON(needs) gives"),
        ("{", "--needs is not what toJSON(needs) gives"),
        ("\udcff", "--needs is not what toJSON(needs) gives"),
        ("{}", "--needs names no job: nothing ran is not success"),
        ('{"a": {"result": "success"}, "a": {"result": "failure"}}', "an object has a key twice"),
        ('{"a": {"result": "neutral"}}', "a.result: Input should be"),
        ('{"a": {}}', "a.result: Field required"),
        ('{"a b": {"result": "success"}}', "should match pattern"),
        ('{"\\u202e": {"result": "success"}}', "\\u202e"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_jobs(text)
    assert says in refused.value.message
    assert refused.value.hint


def test_a_job_that_may_be_skipped_must_be_there() -> None:
    with pytest.raises(UsageError, match="--may-skip names gone") as refused:
        read_jobs(written({"gate": "success"}), ["gone"])
    assert refused.value.hint == "jobs: gate"
