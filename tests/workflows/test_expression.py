"""Expressions come to what GitHub's documentation says of them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.evaluation import Scope
from tests.workflows.expression import WrongExpressionError, parse, parse_template
from tests.workflows.values import Value, is_equal, text_of

if TYPE_CHECKING:
    from pathlib import Path

NEEDS: Final = {"build": {"result": "success", "outputs": {"digests": "{}", "package-list": '["alpha"]'}}}
CONTEXTS: Final = {"needs": NEEDS, "github": {"event": {}, "ref_name": "alpha/v1.0.0"}, "list": ["Alpha", 1, None]}
PLAIN: Final = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("ab'}{$ ", max_size=6)


def value(text: str, **status: bool) -> Value:
    """Give what an expression comes to."""
    return Scope(CONTEXTS, status).value(parse(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null", None),
        ("711", 711),
        ("-9.2", -9.2),
        ("0xff", 255),
        ("-2.99e-2", -0.0299),
        ("'It''s open source!'", "It's open source!"),
        ("needs.build.result", "success"),
        ("NEEDS.Build.RESULT", None),
        ("needs.Build.RESULT", "success"),
        ("needs['build'].outputs['package-list']", '["alpha"]'),
        ("needs.build.outputs.package-list", '["alpha"]'),
        ("list[0]", "Alpha"),
        ("list[7]", None),
        ("github.event.pull_request.base.sha", None),
        ("github.event.a || github.event.b || 'c'", "c"),
        ("'a' && 'b'", "b"),
        ("'' && 'b'", ""),
        ("!'' == true", True),
        ("!(1 == 1)", False),
        ("1 < 2 && 2 <= 2 || false", True),
        ("1 == 1 == true", True),
        ("false || true && false", False),
    ],
)
def test_an_expression_comes_to_its_value(text: str, expected: Value) -> None:
    if text.startswith("NEEDS"):
        with pytest.raises(WrongExpressionError, match="no context 'NEEDS'"):
            value(text)
    else:
        assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'ALPHA' == 'alpha'", True),
        ("null == 0", True),
        ("null == ''", True),
        ("false == 0", True),
        ("true == 1", True),
        ("true == 'true'", False),
        ("'' == 0", True),
        ("' 123.5 ' == 123.5", True),
        ("' 0xff ' == 255", True),
        ("' 0o10 ' == 8", True),
        ("'abc' == 0", False),
        ("'NaN' == NaN", False),
        ("NaN != NaN", True),
        ("' Infinity ' == Infinity", True),
        ("'1' < 2", True),
        ("'a' < 'B'", True),
        ("'abc' < 1", False),
        ("'abc' >= 1", False),
        ("needs == needs", True),
        ("needs == 'Object'", False),
        ("list == list[0]", False),
        ("true > false", True),
    ],
)
def test_values_of_different_kinds_are_compared_as_numbers(text: str, expected: bool) -> None:  # noqa: FBT001
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contains('Hello world', 'LLO')", True),
        ("contains(list, 'alpha')", True),
        ("contains(list, 'alp')", False),
        ("contains(fromJSON('[\"push\", \"pull_request\"]'), 'push')", True),
        ("startsWith('Hello world', 'he')", True),
        ("endsWith('Hello world', 'LD')", True),
        ("format('Hello {0} {1} {0}', 'Mona', 1)", "Hello Mona 1 Mona"),
        ("format('{{Hello {0}!}}', 'Mona')", "{Hello Mona!}"),
        ("join(list, ', ')", "Alpha, 1, "),
        ("join('alpha')", "alpha"),
        ("fromJSON('{\"include\": []}').include[0]", None),
        ("fromJson(needs.build.outputs.package-list)[0]", "alpha"),
        ("toJSON(needs.build.result)", '"success"'),
        ("hashFiles('nothing')", ""),
    ],
)
def test_functions_do_as_documented(text: str, expected: Value, tmp_path: Path) -> None:
    assert Scope(CONTEXTS, folder=tmp_path).value(parse(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        '"double"',
        "'open",
        "needs.",
        "needs[",
        "(1",
        "1 +",
        "format(",
        "needs.*.result",
        "contains('a')",
        "format('{1}', 'a')",
        "format('{', 'a')",
        "fromJSON('{')",
        "nothing()",
        "success('x')",
        "secrets.A",
        "hashFiles('a')",
    ],
)
def test_what_github_does_not_know_is_an_error(text: str) -> None:
    with pytest.raises(WrongExpressionError):
        value(text, success=True)


@pytest.mark.parametrize(
    ("condition", "well", "expected"),
    [
        ("", True, True),
        ("", False, False),
        ("needs.build.result == 'success'", False, False),
        ("always()", False, True),
        ("failure()", False, True),
        ("failure()", True, False),
        ("!cancelled() && needs.build.result == 'success'", False, True),
        ("${{ always() && false }}", True, False),
        ("needs.build.outputs.nothing", True, False),
    ],
)
def test_a_condition_asks_for_success_unless_it_asks_for_a_status(
    condition: str,
    well: bool,  # noqa: FBT001
    expected: bool,  # noqa: FBT001
) -> None:
    status = {"success": well, "failure": not well, "always": True, "cancelled": False}
    assert Scope(CONTEXTS, status).holds(condition) is expected


def test_a_condition_that_is_a_text_is_refused_as_it_would_always_hold() -> None:
    with pytest.raises(WrongExpressionError, match="always true"):
        Scope(CONTEXTS).holds("${{ needs.build.result }} == 'failure'")


def test_a_text_with_an_expression_that_does_not_end_is_refused() -> None:
    with pytest.raises(WrongExpressionError, match="does not end"):
        parse_template("a ${{ github.ref")


def test_a_text_is_filled_in_and_one_expression_keeps_its_kind() -> None:
    scope = Scope(CONTEXTS)
    assert scope.text("ci-${{ github.ref_name }}-${{ list[1] }}${{ list[2] }}") == "ci-alpha/v1.0.0-1"
    assert scope.whole("${{ fromJSON('[1]') }}") == [1]
    assert scope.whole("x${{ fromJSON('[1]') }}") == "xArray"


@given(PLAIN)
def test_a_value_that_is_handed_on_as_json_comes_back(plain: Value) -> None:
    scope = Scope({"a": {"value": plain}})
    assert scope.value(parse("fromJSON(toJSON(a)).value")) == plain


@given(PLAIN, PLAIN)
def test_equality_goes_both_ways_and_never_holds_with_its_opposite(first: Value, second: Value) -> None:
    scope = Scope({"a": first, "b": second})
    assert scope.value(parse("a == b")) is scope.value(parse("b == a")) is is_equal(first, second)
    assert scope.value(parse("a == b")) is not scope.value(parse("a != b"))


@given(st.text("ab'}{$ \n", max_size=9))
def test_any_text_can_be_written_as_a_literal(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    assert value(quoted) == text
    assert Scope({}).text(f"<${{{{ {quoted} }}}}>") == f"<{text}>"


@given(st.floats(-1e300, 1e300) | st.integers(-(10**14), 10**14))
def test_a_number_that_is_written_out_is_the_same_number(number: float) -> None:
    again = value(f"fromJSON('{json.dumps(number)}')")
    assert isinstance(again, (int, float))
    assert math.isclose(float(text_of(again)), number, rel_tol=1e-14)
