"""The line that a node prints reads back, whatever stands around it."""

from __future__ import annotations

import runpy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.model.node_line import NodeLine, read_lines
from tests.repository.tree import ROOT

PLACE = "/Volumes/a/b/c/logs/init.sh.stdout.log"
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


LINE_OF = runpy.run_path(str(ROOT / "databricks" / "verify.py"))["line_of"]
"""What nodes write their lines with."""


def test_a_good_line_reads_back() -> None:
    said = "cluster=etl node=10.0.0.1 role=driver runtime=15.4 lock=7 sequence=9"
    (line,) = read_lines(
        f"before\nwheelyard: OK {said} pointer=driver source=volume after=token added=3\nafter\n", PLACE
    )
    assert line == NodeLine(
        cluster="etl",
        is_ok=True,
        node="10.0.0.1",
        role="driver",
        runtime="15.4",
        lock=7,
        sequence=9,
        source="volume",
        pointer="driver",
        after="token",
        place=PLACE,
    )


def test_a_line_of_the_log_on_the_node_has_a_time_before_it() -> None:
    (line,) = read_lines("2026-01-02T03:04:05+00:00 wheelyard: FAIL code=disk node=a role=driver\n", PLACE)
    assert (line.is_ok, line.said) == (False, "driver a: disk")


@given(what=WORDS)
def test_whatever_a_node_says_of_its_failure_reads_back(what: str) -> None:
    written = LINE_OF("FAIL", {"code": "install", "node": "a", "role": "executor", "what": what})
    (line,) = read_lines(f"wheelyard: {written}\n", PLACE)
    assert (line.code, line.node, line.role, line.what) == ("install", "a", "executor", what)


@pytest.mark.parametrize(
    "text",
    ["", "wheelyard: FINE", "the wheelyard: OK", "wheelyard: OKAY cluster=a", "# wheelyard: FAILED"],
)
def test_other_words_are_no_line(text: str) -> None:
    assert read_lines(text, PLACE) == ()


def test_numbers_that_are_none_and_text_that_is_half_are_taken_for_what_they_are() -> None:
    (line,) = read_lines('wheelyard: FAIL code=install what="half \\q" lock=seven sequence=99999999999\n', PLACE)
    assert (line.what, line.lock, line.sequence) == ('"half \\q"', 0, 0)
    assert line.said == 'node ?: install: "half \\q"'
