"""Links in documents lead to a file that there is, and to a heading that it has."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.repository.page import PAGES, Page, make_page, read_page, slug_of
from tests.repository.tree import ROOT, tracked_files

if TYPE_CHECKING:
    from pathlib import Path


@cache
def read_once(path: Path) -> Page:
    return read_page(path)


@cache
def places() -> frozenset[Path]:
    """Give every file and folder that a clone has."""
    files = tracked_files()
    return frozenset(files) | {folder for file in files for folder in file.parents}


def lost_links(page: Page) -> list[str]:
    """Give the links of a document that lead nowhere."""
    return [link for link in page.links if not leads_somewhere(page, link)]


def leads_somewhere(page: Page, link: str) -> bool:
    if link.startswith(("https://", "mailto:")):
        return bool(urlsplit(link).netloc or urlsplit(link).path)
    place, _, anchor = link.partition("#")
    path = (page.path.parent / place).resolve() if place else page.path
    if place and path not in places():
        return False
    return not anchor or anchor in (read_once(path) if place else page).anchors


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Page) -> None:
    assert not lost_links(page)


def test_there_are_links_and_anchors_to_look_at() -> None:
    links = [link for page in PAGES for link in page.links]
    assert len(links) > 60
    assert len([link for link in links if "#" in link]) > 20


@pytest.mark.parametrize(
    "link", ["gone.md", "README.md#no-such-heading", "#nowhere", "http://example.com", f"../{ROOT.name}-not"]
)
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    assert lost_links(make_page(f"# One heading\n\n[This]({link}) and [that](#one-heading).\n")) == [link]


def test_a_link_within_a_code_block_is_none() -> None:
    assert not make_page("```text\n[This](gone.md)\n```\n\n`[that](gone.md)`\n").links


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("A target holds other bytes (14)", "a-target-holds-other-bytes-14"),
        ("`audit` ends with 12", "audit-ends-with-12"),
        ("S3, KMS & STS", "s3-kms--sts"),
        ("[AWS](tools/aws/README.md): the account", "aws-the-account"),
    ],
)
def test_headings_are_linked_to_as_github_names_them(heading: str, slug: str) -> None:
    assert slug_of(heading) == slug


def test_a_heading_that_is_there_twice_is_numbered() -> None:
    assert make_page("# Same\n\n## Same\n").anchors == {"same", "same-1"}
