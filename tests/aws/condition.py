"""Conditions of a policy, and what they make of a value that is not there.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Context = Mapping[str, str | Sequence[str]]
    Test = Callable[[str, str], bool]

_ARN_PARTS: Final = 6


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every operator holds for every key it names; names of keys are compared without regard to case."""
    known = {name.lower(): value for name, value in context.items()}
    return all(
        _judge(operator, _list(wanted), known.get(key.lower()))
        for operator, tests in condition.items()
        for key, wanted in tests.items()
    )


def is_like(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern with `*` and `?` says."""
    form = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)
    return re.fullmatch(form, text, re.DOTALL) is not None


def _judge(operator: str, wanted: list[str], found: str | Sequence[str] | None) -> bool:
    quantifier, _, name = operator.rpartition(":")
    is_optional, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    if name == "Null":
        return (found is None) == (wanted == ["true"])
    is_negated, test = _TESTS[name] if name in _TESTS else _refuse(operator)
    if found is None:
        return is_optional or is_negated or quantifier == "ForAllValues"
    values = _list(found)
    if quantifier == "" and len(values) != 1:
        raise ValueError(f"{operator} of {len(values)} values, and no quantifier")
    met = [any(test(pattern, value) for pattern in wanted) != is_negated for value in values]
    return any(met) if quantifier == "ForAnyValue" else all(met)


def _refuse(operator: str) -> tuple[bool, Test]:
    raise NotImplementedError(operator)


def _list(value: Any) -> list[str]:  # noqa: ANN401  # a value or a list of them
    values = [str(each) for each in value] if isinstance(value, (list, tuple)) else [str(value)]
    if any("${" in each for each in values):
        raise NotImplementedError(f"a variable in {values}")
    return values


def _is_like_arn(pattern: str, text: str) -> bool:
    """Compare part by part: a `*` does not reach beyond a colon, but in the last part."""
    first, second = pattern.split(":", _ARN_PARTS - 1), text.split(":", _ARN_PARTS - 1)
    return len(first) == len(second) == _ARN_PARTS and all(map(is_like, first, second))


def _is_equal(wanted: str, value: str) -> bool:
    return wanted == value


def _is_same_truth(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


def _is_less(wanted: str, value: str) -> bool:
    return float(value) < float(wanted)


_TESTS: Final[Mapping[str, tuple[bool, Test]]] = {
    "StringEquals": (False, _is_equal),
    "StringNotEquals": (True, _is_equal),
    "StringLike": (False, is_like),
    "StringNotLike": (True, is_like),
    "ArnEquals": (False, _is_like_arn),
    "ArnLike": (False, _is_like_arn),
    "ArnNotEquals": (True, _is_like_arn),
    "ArnNotLike": (True, _is_like_arn),
    "Bool": (False, _is_same_truth),
    "NumericLessThan": (False, _is_less),
}
"""Whether an operator is a negated one, and the test that it makes of a pattern and a value."""
