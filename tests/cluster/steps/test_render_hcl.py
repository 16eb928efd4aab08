"""Terraform's language: whatever a text holds, it means itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hcl2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.steps.render.hcl import Block, Expression, quote

if TYPE_CHECKING:
    from cluster.steps.render.hcl import Body

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=20)


@given(PRINTABLE)
def test_a_text_is_read_back_as_it_was_written(text: str) -> None:
    written = "\n".join(Block("locals", [("text", text)]).lines()) + "\n"
    (found,) = hcl2.loads(written)["locals"]
    assert found["text"] == quote(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [("a", '"a"'), ("${var.x}", '"$${var.x}"'), ("%{if}", '"%%{if}"'), ('say "so"\\', '"say \\"so\\"\\\\"')],
)
def test_nothing_in_a_text_is_worked_out(text: str, written: str) -> None:
    assert quote(text) == written


def test_names_that_take_a_line_each_share_a_column() -> None:
    body: Body = [("a", 1), ("long_name", Expression("var.x")), Block("inner", [("b", "c")])]
    assert list(Block("outer", body).lines()) == [
        "outer {",
        "  a         = 1",
        "  long_name = var.x",
        "  inner {",
        '    b = "c"',
        "  }",
        "}",
    ]


def test_a_map_of_plain_values_takes_one_line_and_another_one_a_line_each() -> None:
    deep = {"one": {"a": "b"}, "two": {}}
    assert "\n".join(Block("outer", [("deep", deep)]).lines()).splitlines() == [
        "outer {",
        "  deep = {",
        '    "one" = { "a" = "b" }',
        '    "two" = {}',
        "  }",
        "}",
    ]
