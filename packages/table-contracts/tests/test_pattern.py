from __future__ import annotations

import pytest

from table_contracts import ContractError
from table_contracts.pattern import check_form, whole


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "a|b",
        r"\p{L}+",
        "[]a]",
        "[^]a]",
        "[a[b&&c]]",
        r"\(",
        r"\Q(\E",
        "(?<year>[0-9]{4})",
        "(?i)x",
        "[(]",
        r"a++\\",
    ],
)
def test_a_pattern_of_java_is_taken(pattern: str) -> None:
    check_form(pattern)
    assert whole(pattern) == rf"\A(?:{pattern})\z"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("a)|(?:b", "the ) at 1 closes nothing"),
        ("(a", "a ( is not closed"),
        ("[a", "a [ is not closed"),
        ("[[a]", "a [ is not closed"),
        ("a\\", "the backslash at the end escapes nothing"),
        (r"\Qa", r"a \Q needs its \E"),
        ("(?P<y>a)", r"name a group (?<name>…) and refer to it as \k<name>"),
        ("(a)?(?(1)b)", "Java has no conditional groups"),
        ("(?#why)a", "Java has no such comments"),
        ("(?ix) a # b", "the flag x would make the end of the pattern a comment"),
    ],
)
def test_what_is_no_whole_pattern_is_refused_with_the_reason(pattern: str, why: str) -> None:
    with pytest.raises(ContractError) as refusal:
        check_form(pattern)
    assert why in str(refusal.value)
