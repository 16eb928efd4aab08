"""Every Mermaid picture in a document is drawn, by mermaid.js itself."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import mermaidx
import pytest

from tests.repository.page import PAGES

PICTURES = [
    pytest.param(block.text, id=f"{page}-{at}")
    for page in PAGES
    for at, block in enumerate(block for block in page.blocks if block.language == "mermaid")
]
_WORDS = re.compile(r'"([^"]+)"')


def draw(picture: str) -> ET.Element:
    """Draw a picture; RuntimeError where it can't be read as one."""
    return ET.fromstring(mermaidx.render(picture).svg())  # noqa: S314  # our own pictures


@pytest.mark.parametrize("picture", PICTURES)
def test_every_picture_is_drawn_with_all_its_words(picture: str) -> None:
    drawn = draw(picture)
    shown = "".join("".join(drawn.itertext()).split())
    said = ["".join(part.split()) for words in _WORDS.findall(picture) for part in words.split("<br/>")]
    assert said
    assert not [words for words in said if words not in shown]


def test_there_are_pictures() -> None:
    assert len(PICTURES) >= 4


@pytest.mark.parametrize("picture", ['flowchart LR\n  a["one"] --> \n', "flowcart LR\n  a --> b\n"])
def test_a_picture_that_can_t_be_read_is_not_drawn(picture: str) -> None:
    with pytest.raises(RuntimeError, match=r"Parse error|UnknownDiagramError"):
        draw(picture)
