from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from release.model.changelog import read_changelog

TEXT = """\
# Changelog

Words before the first heading.

## [Unreleased]

### Added

- A thing.

### Removed
- Another.

## [1.1.0] - 2026-02-01

### Fixed

- A defect.

## 1.0.0 (2026-01-01)

### Changed

## [0.9.0rc1]

First.

[Unreleased]: https://example.com/compare
[1.1.0]: https://example.com/1.1.0
"""


def test_sections_stand_in_the_order_of_the_file() -> None:
    assert [section.title for section in read_changelog(TEXT).sections] == ["Unreleased", "1.1.0", "1.0.0", "0.9.0rc1"]


def test_versions_are_read_with_and_without_brackets() -> None:
    assert read_changelog(TEXT).versions == (Version("1.1.0"), Version("1.0.0"), Version("0.9.0rc1"))


def test_an_entry_is_found_by_its_version_and_ends_at_the_next() -> None:
    entry = read_changelog(TEXT).entry(Version("1.1.0"))
    assert entry is not None
    assert entry.body == "### Fixed\n\n- A defect."


def test_a_version_spelled_otherwise_is_the_same_version() -> None:
    assert read_changelog("## v1.0\n\n- Words.\n").entry(Version("1.0.0")) is not None


def test_a_section_of_headings_alone_is_no_entry() -> None:
    assert read_changelog(TEXT).entry(Version("1.0.0")) is None


def test_a_version_that_is_not_there_has_no_entry() -> None:
    assert read_changelog(TEXT).entry(Version("2.0.0")) is None


def test_references_at_the_end_are_no_words() -> None:
    entry = read_changelog(TEXT).entry(Version("0.9.0rc1"))
    assert entry is not None
    assert entry.body == "First."
    assert read_changelog("## [1.0.0]\n\n[1.0.0]: https://example.com\n").entry(Version("1.0.0")) is None


def test_what_waits_says_its_kinds_of_change() -> None:
    unreleased = read_changelog(TEXT).unreleased
    assert unreleased is not None
    assert unreleased.kinds == {"added", "removed"}


def test_nothing_waits_below_an_empty_heading() -> None:
    assert read_changelog("## [Unreleased]\n\n## [1.0.0]\n\n- Words.\n").unreleased is None


def test_windows_line_ends_change_nothing() -> None:
    windows = read_changelog(TEXT.replace("\n", "\r\n"))
    assert windows.versions == read_changelog(TEXT).versions
    assert windows.entry(Version("1.0.0")) is None


def test_a_text_without_headings_has_no_sections() -> None:
    assert read_changelog("").sections == ()
    assert read_changelog("# Changelog\n\nNothing yet.\n").versions == ()


@given(st.text(alphabet=st.characters() | st.sampled_from("#[] \n-1.")))
def test_any_text_at_all_is_read(text: str) -> None:
    changelog = read_changelog(text)
    assert len(changelog.versions) <= len(changelog.sections) <= text.count("##")
