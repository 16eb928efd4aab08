from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from release.errors import UsageError
from release.model.changelog import read_changelog
from release.model.next_version import PARTS, asked_version, fitting_version, latest_final, step

NUMBERS = st.integers(0, 50)
FINALS = st.builds(lambda a, b, c: Version(f"{a}.{b}.{c}"), NUMBERS, NUMBERS, NUMBERS)


def versions(*texts: str) -> list[Version]:
    return [Version(text) for text in texts]


@pytest.mark.parametrize(
    ("released", "changelog", "fits"),
    [
        ([], "", "0.1.0"),
        ([], "## [0.3.0]\n\n- First.\n", "0.3.0"),
        (["0.1.0"], "", "0.1.1"),
        (["0.1.0"], "## [0.2.0]\n\n- More.\n\n## [0.1.0]\n\n- First.\n", "0.2.0"),
        (["0.1.0"], "## [Unreleased]\n\n### Fixed\n\n- A.\n", "0.1.1"),
        (["0.1.0"], "## [Unreleased]\n\n### Fixed\n\n- A.\n\n### Added\n\n- B.\n", "0.2.0"),
        (["0.1.0"], "## [Unreleased]\n\n### Removed\n\n- A.\n", "0.2.0"),
        (["1.4.2"], "## [Unreleased]\n\n### Added\n\n- B.\n\n### Removed\n\n- A.\n", "2.0.0"),
        (["1.4.2"], "## [Unreleased]\n\n### Security\n\n- A.\n", "1.4.3"),
        (["0.1.0", "0.2.0rc1"], "## [0.2.0]\n\n- More.\n", "0.2.0"),
        (["0.1.0", "0.2.0rc1"], "## [0.2.0rc1]\n\n- More.\n", "0.1.1"),
        (["0.9.0", "0.10.0"], "", "0.10.1"),
        (["1!1.0.0"], "", "1!1.0.1"),
    ],
)
def test_the_version_that_fits_is_what_the_changelog_says(released: list[str], changelog: str, fits: str) -> None:
    assert str(fitting_version(versions(*released), read_changelog(changelog))) == fits


def test_a_package_without_a_changelog_steps_by_a_patch() -> None:
    assert fitting_version(versions("1.2.3"), None) == Version("1.2.4")


@pytest.mark.parametrize(
    ("word", "released", "meant"),
    [
        ("patch", ["1.2.3"], "1.2.4"),
        ("minor", ["1.2.3"], "1.3.0"),
        ("major", ["1.2.3", "2.0.0rc1"], "2.0.0"),
        ("minor", [], "0.1.0"),
        ("rc", ["1.2.3"], "1.2.4rc1"),
        ("rc", ["1.2.3", "1.3.0rc1", "1.3.0rc2"], "1.3.0rc3"),
        ("rc", ["1.2.3", "1.3.0b1"], "1.2.4rc1"),
        ("final", ["1.2.3", "1.3.0rc2"], "1.3.0"),
        ("2.0.0a1", ["1.2.3"], "2.0.0a1"),
    ],
)
def test_a_word_means_a_version(word: str, released: list[str], meant: str) -> None:
    assert str(asked_version(word, versions(*released), None)) == meant


def test_a_final_needs_a_candidate() -> None:
    for released in ([], versions("1.0.0")):
        with pytest.raises(UsageError, match="no candidate to make final"):
            asked_version("final", released, None)


@pytest.mark.parametrize("word", ["", "next", "Patch", "1.x", "\u202e1.0"])
def test_any_other_word_is_refused_with_those_there_are(word: str) -> None:
    with pytest.raises(UsageError, match="neither a version nor one of major, minor, patch, rc, final") as refused:
        asked_version(word, [], None)
    assert refused.value.message.isascii()


@given(FINALS, st.sampled_from(PARTS))
def test_a_step_is_the_least_higher_version_with_that_part_raised(version: Version, part: str) -> None:
    stepped = step(version, part)
    assert stepped > version
    at = PARTS.index(part)
    assert stepped.release[:at] == version.release[:at]
    assert stepped.release[at] == version.release[at] + 1
    assert set(stepped.release[at + 1 :]) <= {0}


@given(st.lists(FINALS), st.lists(FINALS))
def test_what_fits_is_higher_than_every_final(finals: list[Version], entries: list[Version]) -> None:
    changelog = read_changelog("".join(f"## [{each}]\n\n- Words.\n" for each in sorted(entries, reverse=True)))
    last = latest_final(finals)
    assert last is None or fitting_version(finals, changelog) > last
