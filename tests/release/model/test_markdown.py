"""Others' words on a page: a real reader of Markdown finds code in them, and nothing else."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from release.model.markdown import code, table

READER = MarkdownIt("commonmark", {"html": True}).enable("table")
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "`",
                "``",
                "|",
                "\\",
                "\\|",
                "@ada",
                "<!-- x -->",
                "<b>",
                "[a](b)",
                "![a](b)",
                "https://evil.example",
                "\n",
                "\r\n\r\n",
                "\u2028",
                "\u202e",
                "\t",
                "#1",
                "| --- |",
                "```\n",
                "&#64;",
                "*",
                "~~",
                "\0",
                " ",
            ]
        ),
        st.text(max_size=6),
    ),
    max_size=14,
).map("".join)


def kinds(text: str) -> list[tuple[str, str]]:
    """Give what each cell of the second row holds: the kind of every piece, and its text."""
    tokens = READER.parse(text)
    cells = [token for token in tokens if token.type == "inline"][3:]
    return [(child.type, child.content) for cell in cells for child in cell.children or () if child.content]


@given(HOSTILE, HOSTILE)
@example("`", "`")
@example("a`", "`b")
@example("\\", "\\|")
def test_every_cell_is_code_or_empty_whatever_is_said(first: str, second: str) -> None:
    said = [code(first), "ours", code(second)]
    lines = table(("one", "two", "three"), [said])
    found = kinds("\n".join(lines))
    assert [kind for kind, text in found if text != "ours"] == ["code_inline"] * sum(map(bool, (said[0], said[2])))
    assert ("text", "ours") in found


@given(HOSTILE)
def test_a_paragraph_of_it_is_code_alone(text: str) -> None:
    said = code(text)
    tokens = READER.parse(f"before {said} behind")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    pieces = [child for child in tokens[1].children or () if child.content]
    assert [each.type for each in pieces] == (["text", "code_inline", "text"] if said else ["text"])


@given(HOSTILE, st.integers(5, 60))
def test_it_is_a_line_of_no_more_letters_than_are_asked_for(text: str, longest: int) -> None:
    said = code(text, longest)
    assert "\n" not in said
    assert len(said.strip("`").strip()) <= longest
    assert all(each.isprintable() or each == "\u2060" for each in said)
    assert "@" not in said.replace("@\u2060", "")


def test_what_is_harmless_is_shown_as_it_is() -> None:
    assert code("hatch run release plan alpha/v0.1.0") == "`hatch run release plan alpha/v0.1.0`"
    assert code(" \n ") == ""


def test_a_table_without_rows_is_none() -> None:
    assert table(("a",), []) == []


def test_rows_that_have_no_room_are_counted() -> None:
    assert table(("a",), [("b",)] * 51)[-1] == "and 1 more, in the documents of the run"
    assert table(("a",), [("b" * 30_000,)] * 3)[-1] == "and 2 more, in the documents of the run"
    assert len(table(("a",), [("b",)] * 50)) == 52
