from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.model.changelog import Section, read_changelog
from release.model.notes import render_notes
from release.model.tag import parse_tag

TAG = parse_tag("env-drift/v0.1.0")
WHEEL, SDIST = "env_drift-0.1.0-py3-none-any.whl", "env_drift-0.1.0.tar.gz"
DIGESTS = {SDIST: "b" * 64, "SHA256SUMS": "c" * 64, WHEEL: "a" * 64}
REPOSITORY = "https://github.com/wheelyard/wheelyard"
LONGEST = 125_000
"""Characters that GitHub takes."""
OURS = ["## What changed", "## Files", "## Verify", "## Install"]


def notes_of(text: str, *, is_signed: bool = True) -> str:
    return render_notes(TAG, Section("0.1.0", text), DIGESTS, REPOSITORY, is_signed=is_signed)


def changes_of(text: str) -> list[str]:
    """Give the lines of what changed, without the quote."""
    lines = notes_of(text).partition("## What changed\n\n")[2].partition("\n\n## Files")[0].splitlines()
    assert all(line == ">" or line.startswith("> ") for line in lines)
    return [line.removeprefix(">").removeprefix(" ") for line in lines]


def test_the_notes_of_a_release_say_what_changed_and_how_to_prove_and_install_it() -> None:
    assert notes_of("### Added\n\n- A thing, see `check`.") == (
        "Version 0.1.0 of `env-drift`.\n"
        "\n"
        "## What changed\n"
        "\n"
        "> ### Added\n"
        ">\n"
        "> - A thing, see `check`.\n"
        "\n"
        "## Files\n"
        "\n"
        "| File | SHA-256 |\n"
        "|---|---|\n"
        f"| `SHA256SUMS` | `{'c' * 64}` |\n"
        f"| `{WHEEL}` | `{'a' * 64}` |\n"
        f"| `{SDIST}` | `{'b' * 64}` |\n"
        "\n"
        "## Verify\n"
        "\n"
        "The provenance in `env_drift-0.1.0.intoto.jsonl` is signed:"
        " this proves the files against the keys in the source.\n"
        "\n"
        "In a clone of https://github.com/wheelyard/wheelyard:\n"
        "\n"
        "```sh\n"
        "hatch run release verify env-drift/v0.1.0\n"
        "```\n"
        "\n"
        "Beside the downloaded files, without the source:\n"
        "\n"
        "```sh\n"
        "sha256sum --check SHA256SUMS\n"
        "```\n"
        "\n"
        "## Install\n"
        "\n"
        "In a requirements file of which each line has its hashes:\n"
        "\n"
        "```text\n"
        "env-drift==0.1.0 \\\n"
        f"    --hash=sha256:{'a' * 64} \\\n"
        f"    --hash=sha256:{'b' * 64}\n"
        "```\n"
        "\n"
        "```sh\n"
        "pip install --require-hashes --requirement requirements.txt\n"
        "```\n"
    )


def test_the_same_release_has_the_same_notes() -> None:
    backwards = dict(reversed(DIGESTS.items()))
    section = Section("0.1.0", "text")
    assert notes_of("text") == render_notes(TAG, section, backwards, REPOSITORY, is_signed=True)


def test_a_release_that_is_not_signed_says_so() -> None:
    assert "This release is not signed" in notes_of("text", is_signed=False)
    assert "is signed" not in notes_of("text", is_signed=False)


@pytest.mark.parametrize("repository", ["", "urn:wheelyard:repository:unnamed"])
def test_a_version_without_an_entry_or_an_address_says_so(repository: str) -> None:
    notes = render_notes(TAG, None, DIGESTS, repository, is_signed=True)
    assert "The changelog has no entry for this version." in notes
    assert "In a clone of the source:" in notes


def test_the_entry_of_a_real_changelog_is_kept() -> None:
    changelog = read_changelog("# Changelog\n\n## [0.1.0]\n\n### Fixed\n\n- `a < b` and **c**, by [x](https://x.org)\n")
    section = changelog.entry(TAG.version)
    notes = render_notes(TAG, section, DIGESTS, REPOSITORY, is_signed=True)
    assert "> ### Fixed\n>\n> - <code>a &#60; b</code> and **c**, by [x](https://x.org)\n" in notes


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!-- hidden", "&lt;!-- hidden"),
        ("</blockquote><script>x</script>", "&lt;/blockquote>&lt;script>x&lt;/script>"),
        ("thanks @ada and @org/team", "thanks @&#8203;ada and @&#8203;org/team"),
        ("![pixel](https://x.org/p.gif)", "!&#91;pixel](https://x.org/p.gif)"),
        ("use `@fixture` and ``a`b``", "use `@fixture` and ``a`b``"),
        ("`List<int>`", "<code>List&#60;int&#62;</code>"),
        ("`</code><b>*_x`", "<code>&#60;&#47;code&#62;&#60;b&#62;&#42;&#95;x</code>"),
        ("an `open <b> @ada", "an `open &lt;b> @&#8203;ada"),
        ("turned \u202eround\u2069\x00\x1b[31m", "turned round[31m"),
        ("a\rb\r\nc", "a\nb\nc"),
    ],
)
def test_hostile_text_is_only_text(text: str, shown: str) -> None:
    assert "\n".join(changes_of(text)) == shown


def test_code_that_one_line_opens_and_another_closes_is_not_taken_for_code() -> None:
    assert changes_of("a ` b\n` <b> ` @ada") == ["a ` b", "` &lt;b> ` @&#8203;ada"]


def test_a_fence_that_is_never_closed_ends_with_the_quote() -> None:
    notes = notes_of("```python\nx = 1\n\n## Install\n\nrm -rf")
    assert "> ```python\n> x = 1\n>\n> ## Install\n>\n> rm -rf\n\n## Files\n" in notes


def test_a_changelog_without_end_is_cut_where_a_line_ends() -> None:
    text = "\n".join(f"- change {number}" for number in range(20_000))
    lines = changes_of(text)
    assert lines[-2:] == ["", "The changelog says more."]
    assert re.fullmatch(r"- change \d+", lines[-3])
    assert len(notes_of(text)) < LONGEST
    assert len(notes_of("<" * 200_000)) < LONGEST


@given(st.text(alphabet=st.sampled_from("`<>@![]()#~-*_\n\r\t &;:/abc\u202e\x00"), max_size=200) | st.text())
def test_nothing_in_a_changelog_can_pass_for_the_rest(text: str) -> None:
    notes = notes_of(text)
    assert [line for line in notes.splitlines() if line.startswith("#")] == OURS
    assert notes.partition("\n\n## Files")[2] == notes_of("other").partition("\n\n## Files")[2]
    outside = re.sub(r"</?code>", "", notes)
    assert "<" not in outside
    assert "\r" not in notes
