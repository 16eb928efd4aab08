from __future__ import annotations

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from release.errors import Refused
from release.model.tag import Channel, Tag, channel_of, is_meant_as_release, parse_tag, shown

NUMBERS = st.integers(0, 10**6)
NAMES = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True)
SOFT_HYPHEN, RIGHT_TO_LEFT, CYRILLIC_A, FULLWIDTH_1 = "\u00ad", "\u202e", "\u0430", "\uff11"
HOSTILE = [
    *" \t\n\r\0\x1b\x7f;|&$`'\"<>(){}*?~^\\%#@:,=",
    SOFT_HYPHEN,
    RIGHT_TO_LEFT,
    CYRILLIC_A,
    FULLWIDTH_1,
    "\ud800",
]


@st.composite
def public_versions(draw: st.DrawFn) -> str:
    """Draw a canonical version that may be released: an epoch, a release, a pre-release, a post-release."""
    epoch = draw(st.sampled_from(["", "1!", "2026!"]))
    release = ".".join(map(str, draw(st.lists(NUMBERS, min_size=1, max_size=5))))
    pre = draw(st.sampled_from(["", "a", "b", "rc"]))
    post = draw(st.sampled_from(["", ".post"]))
    return f"{epoch}{release}{pre}{draw(NUMBERS) if pre else ''}{post}{draw(NUMBERS) if post else ''}"


@st.composite
def other_spellings(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a canonical version and a text that PEP 440 takes for the same one."""
    canonical = draw(public_versions())
    swaps = {
        "rc": ["RC", "c", "-rc", ".rc.", "pre"],
        "a": ["alpha", "_a"],
        "b": ["beta"],
        ".post": ["-", "post", ".POST", ".rev", "-r"],
        "": ["0!", "v", "0", " "],
    }
    old, new = draw(st.sampled_from([(old, new) for old, spellings in swaps.items() for new in spellings]))
    assume(old in canonical)
    return canonical, canonical.replace(old, new, 1)


@given(NAMES, public_versions())
def test_every_canonical_version_comes_back_as_it_was_written(name: str, version: str) -> None:
    tag = parse_tag(f"{name}/v{version}")
    assert (tag.package, str(tag.version), str(tag)) == (name, version, f"{name}/v{version}")


@given(other_spellings())
def test_no_other_spelling_of_a_version_is_taken(spellings: tuple[str, str]) -> None:
    canonical, other = spellings
    try:
        assume(Version(other) == Version(canonical) and other != canonical)
    except InvalidVersion:
        reject()
    with pytest.raises(Refused) as refused:
        parse_tag(f"alpha/v{other}")
    assert refused.value.exit_code == 10
    assert f"alpha/v{Version(other)}" in refused.value.hint


@given(st.text(alphabet=[*HOSTILE, *"av1./-"], max_size=12), st.integers(0, 12))
def test_a_hostile_name_is_refused_and_shown_in_plain_ascii(noise: str, place: int) -> None:
    assume(any(character in HOSTILE for character in noise))
    text = f"{'alpha/v1.0.0'[:place]}{noise}{'alpha/v1.0.0'[place:]}"
    with pytest.raises(Refused) as refused:
        parse_tag(text)
    said = refused.value.message + refused.value.hint
    assert said.isascii()
    assert said.isprintable()
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("v1.0.0", "a release tag is <package>/v<version>"),
        ("alpha/1.0.0", "alpha/v1.0.0"),
        ("alpha/V1.0.0", "alpha/v1.0.0"),
        ("alpha/:1", "a release tag is"),
        ("Alpha_Beta/v1.0.0", "alpha-beta/v<version>"),
        ("alpha--beta/v1.0.0", "alpha-beta/v<version>"),
        ("-alpha/v1.0.0", "a release tag is"),
        ("../v1.0.0", "a release tag is"),
        ("alpha/beta/v1.0.0", "a release tag is"),
        ("alpha/v1.0.0+local.1", "alpha/v1.0.0"),
        ("alpha/v1.0.0rc1.dev2", "snapshot"),
        ("alpha/v1.0.0.dev2", "snapshot"),
        ("alpha/v", "a release tag is"),
        ("alpha/vnext", "a release tag is"),
        ("/v1.0.0", "a release tag is"),
        ("", "a release tag is"),
    ],
)
def test_a_malformed_tag_is_refused_with_the_form_it_should_have(text: str, hint: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_tag(text)
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("version", "channel"),
    [
        ("1.0", Channel.STABLE),
        ("1.0.post1", Channel.STABLE),
        ("1!1.0", Channel.STABLE),
        ("1.0a1", Channel.PREVIEW),
        ("1.0b1.post2", Channel.PREVIEW),
        ("1.0rc1", Channel.PREVIEW),
        ("1.0.dev1", Channel.DEV),
        ("1.0rc1.dev1", Channel.DEV),
        ("1.0.post1.dev1", Channel.DEV),
    ],
)
def test_a_version_belongs_to_one_channel(version: str, channel: Channel) -> None:
    assert channel_of(Version(version)) is channel


def test_each_channel_offers_what_those_before_it_hold() -> None:
    assert Channel.STABLE.offers == (Channel.STABLE,)
    assert Channel.PREVIEW.offers == (Channel.STABLE, Channel.PREVIEW)
    assert Channel.DEV.offers == (Channel.STABLE, Channel.PREVIEW, Channel.DEV)


def test_what_a_channel_offers_is_what_is_offered_in_it() -> None:
    pairs = {(holder, channel) for channel in Channel for holder in channel.offers}
    assert pairs == {(holder, channel) for holder in Channel for channel in holder.offered_in}
    assert len(pairs) == 6


def test_a_stem_is_what_a_wheel_file_begins_with() -> None:
    assert Tag("env-drift", Version("0.1.0rc1")).stem == "env_drift-0.1.0rc1"


@pytest.mark.parametrize(
    "text", ["alpha/v1.0", "alpha/1.0", "v1.0", "V2.0", "alpha/V1", "Alpha/v1", "alpha/2026-11-23", "unknown/v1.0.0"]
)
def test_what_looks_like_a_release_is_taken_for_one(text: str) -> None:
    assert is_meant_as_release(text, {"alpha"})


@pytest.mark.parametrize(
    "text",
    [
        "nightly",
        "deploy/prod",
        "alpha/verified",
        "before-the-rewrite",
        "",
        "deploy/2026-11-23",
        "2026-11-23",
        "v2",
        "x/y/1.0",
    ],
)
def test_other_tags_are_left_in_peace(text: str) -> None:
    assert not is_meant_as_release(text, {"alpha"})


@given(st.text())
def test_anything_is_shown_in_plain_ascii(text: str) -> None:
    assert shown(text).isascii()
    assert shown(text).isprintable()


@given(st.from_regex(r"[ -~]*", fullmatch=True))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text
