"""Who needs what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from cluster.model.need import ASKED_FOR, Described, explain, trace
from cluster.model.platform import Platform

MARKERS = Platform("3.11", "x86_64").markers


def known(**requires: list[str]) -> dict[str, Described]:
    return {name: Described(name, "1", tuple(lines)) for name, lines in requires.items()}


def reasons(*wanted: str, **requires: list[str]) -> dict[str, str]:
    found = trace(map(Requirement, wanted), known(**requires), MARKERS)
    return {name: explain(by) for name, by in sorted(found.items())}


def test_each_is_there_because_it_was_asked_for_or_because_others_need_it() -> None:
    assert reasons("a", "c>1", a=["b"], b=["c", "d"], c=["d"], d=[]) == {
        "a": "asked for",
        "b": "needed by a",
        "c": "asked for",
        "d": "needed by b, c",
    }


def test_markers_are_those_of_the_runtime() -> None:
    lines = ['b; python_version < "3.11"', 'c; sys_platform == "linux"', 'd; platform_machine == "aarch64"']
    assert reasons("a", a=lines).keys() == {"a", "c"}


def test_what_an_extra_brings_is_there_for_whoever_asks_for_the_extra() -> None:
    lines = ['b; extra == "more"', 'c; extra == "less"', "d"]
    assert reasons("a", a=lines).keys() == {"a", "d"}
    assert reasons("a[more]", a=lines).keys() == {"a", "b", "d"}
    assert reasons("a", "e", a=lines, e=["A[Less]"]).keys() == {"a", "c", "d", "e"}


def test_an_extra_that_asks_for_another_of_its_own_is_no_reason_for_itself() -> None:
    lines = ['a[dev]; extra == "all"', 'b; extra == "dev"']
    assert reasons("a[all]", a=lines) == {"a": "asked for", "b": "needed by a"}


def test_names_are_normalised_and_lines_of_old_that_are_none_are_passed_over() -> None:
    assert reasons("A.b", **{"a-b": ["C_d (>=1)", "broken (>=1", "e>=1.*dev"], "c-d": []}).keys() == {"a-b", "c-d"}


GRAPHS = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=4), max_size=6)


@given(GRAPHS, st.lists(st.sampled_from("abcdef"), max_size=3))
def test_what_is_reached_is_what_can_be_walked_to_and_each_reason_is_an_edge(
    graph: dict[str, list[str]], wanted: list[str]
) -> None:
    found = trace(map(Requirement, wanted), known(**graph), MARKERS)
    reached, waiting = set(wanted), list(wanted)
    while waiting:
        for each in graph.get(waiting.pop(), ()):
            if each not in reached:
                reached.add(each)
                waiting.append(each)
    assert found.keys() == reached
    for name, by in found.items():
        assert all(name in wanted if each == ASKED_FOR else name in graph[each] for each in by)
        assert by or name in graph[name]
