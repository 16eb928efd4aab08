from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from tests.servers.codeartifact.quotas import READ, SERVICE, TOKEN, Quotas

STEPS = st.lists(st.floats(0, 0.4), min_size=1, max_size=120)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ask(most: int, times: list[float]) -> tuple[Quotas, list[float]]:
    """Ask at these times, and give when it was answered."""
    clock = Clock()
    quotas = Quotas(clock)
    quotas.most = {"Simple": most}
    answered = []
    for clock.now in times:
        if quotas.take("Simple"):
            answered.append(clock.now)
    return quotas, answered


@given(STEPS, st.integers(1, 9))
def test_no_second_whatever_has_more_than_the_quota(steps: list[float], most: int) -> None:
    _, answered = ask(most, list(accumulate(steps)))
    for begin in answered:
        assert sum(begin <= each < begin + 1 for each in answered) <= most


@given(STEPS, st.integers(1, 9))
def test_nobody_is_throttled_below_the_quota(steps: list[float], most: int) -> None:
    times = list(accumulate(steps))
    _, answered = ask(most, times)
    for each in set(times) - set(answered):
        assert sum(each - 1 < other <= each for other in answered) >= most


@given(STEPS, st.integers(1, 9))
def test_every_call_is_counted_in_its_second(steps: list[float], most: int) -> None:
    times = list(accumulate(steps))
    quotas, answered = ask(most, times)
    counts = {what: quotas.per_second("Simple", what) for what in ("answered", "throttled")}
    assert sum(counts["answered"]) == len(answered)
    assert sum(counts["answered"]) + sum(counts["throttled"]) == len(times)
    assert counts["answered"][0] == sum(each - times[0] < 1 for each in answered)


def test_a_token_has_its_own_quota_and_shares_that_of_the_account() -> None:
    quotas = Quotas(Clock())
    quotas.most = {READ: 3, TOKEN: 2}
    assert [quotas.take("Simple", token) for token in ("a", "a", "a", "b", "b")] == [True, True, False, True, False]
    assert (quotas.per_second(TOKEN, "throttled"), quotas.per_second(READ, "throttled")) == ([1], [1])
    assert quotas.take("Upload", "b")


def test_a_token_that_is_asked_for_is_no_read() -> None:
    quotas = Quotas(Clock())
    quotas.most = dict(SERVICE)
    for operation in ("GetAuthorizationToken", "GetRepositoryEndpoint", "Simple"):
        assert quotas.take(operation)
    assert sum(quotas.per_second(READ, "answered")) == 2
    assert sum(quotas.per_second("GetAuthorizationToken", "answered")) == 1
