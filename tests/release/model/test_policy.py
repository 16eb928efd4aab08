from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from release.errors import UsageError
from release.keys import trusted_keys
from release.model.policy import PackagePolicy, RootPolicy
from release.model.trust import Builder, Trust, TrustedKey
from release.settings import Settings, parse_table, parse_toml
from tests.corpus.verify.recipes.keys import NEXT, RELEASE

IGNORE = """
[[tool.release.audit.ignore]]
id = "CVE-2026-1"
reason = "the function is not called"
owner = "ada"
expires = 2026-12-31
"""


def read_root(text: str) -> RootPolicy:
    return parse_table(text.encode(), "pyproject.toml", RootPolicy, "tool", "release")


def test_everything_has_a_default() -> None:
    policy = read_root("")
    assert policy.members == ("packages/*",)
    assert policy.branches == ("main",)
    assert policy.audit.services == ("osv", "pypi")
    assert policy.audit.canary == "jinja2==2.4.1"
    assert policy.audit.ignore == ()
    assert parse_table(b"", "pyproject.toml", PackagePolicy, "tool", "release") == PackagePolicy()


def test_a_root_without_a_project_file_has_the_defaults() -> None:
    assert Settings({}).policy(lambda _names: {}) == RootPolicy()


def test_an_acceptance_is_read_with_its_owner_and_its_end() -> None:
    (ignore,) = read_root(IGNORE).audit.ignore
    assert (ignore.id, ignore.package, ignore.owner, ignore.expires) == ("CVE-2026-1", None, "ada", date(2026, 12, 31))


@pytest.mark.parametrize("key", ["id", "reason", "owner", "expires"])
def test_an_acceptance_lacks_nothing(key: str) -> None:
    text = "".join(line for line in IGNORE.splitlines(keepends=True) if not line.startswith(f"{key} ="))
    with pytest.raises(UsageError, match=f"tool.release.audit.ignore.0.{key}: Field required"):
        read_root(text)


@pytest.mark.parametrize("key", ["id", "reason", "owner"])
def test_an_acceptance_says_something_in_every_place(key: str) -> None:
    text = "".join(
        f'{key} = "  "\n' if line.startswith(f"{key} =") else line for line in IGNORE.splitlines(keepends=True)
    )
    with pytest.raises(UsageError, match=f"ignore.0.{key}"):
        read_root(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[tool.release]\nmember = ['packages/*']", "tool.release.member"),
        ("[tool.release.audit]\nservice = ['osv']", "tool.release.audit.service"),
        (f"{IGNORE}until = 2027-01-01", "tool.release.audit.ignore.0.until"),
    ],
)
def test_an_unknown_key_is_named_with_its_place(text: str, key: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_root(text)
    assert refused.value.message == f"pyproject.toml: {key}: unknown key"
    assert refused.value.exit_code == 2


def test_the_hint_lists_what_may_stand_there() -> None:
    with pytest.raises(UsageError) as refused:
        read_root("[tool.release]\nmember = []")
    assert refused.value.hint.startswith("[tool.release] may hold: audit, branches, ")
    assert "members" in refused.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "[tool.release]\nmembers = []",
        "[tool.release]\nmembers = 'packages/*'",
        "[tool.release]\nbranches = ['']",
        "[tool.release.audit]\nservices = []",
        "[tool.release.audit]\nservices = ['snyk']",
        "[tool.release.audit]\ncanary = 'jinja2'",
        "[tool.release.audit]\ncanary = 'jinja2>=2'",
        "tool = 1",
        "[tool]\nrelease = 'yes'",
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_and_its_place_named(text: str) -> None:
    with pytest.raises(UsageError, match=r"^pyproject\.toml: tool"):
        read_root(text)


@pytest.mark.parametrize("spark", ["4", "4.0.1", "latest", "../4.0", ""])
def test_a_smoke_test_names_a_minor_version_of_spark(spark: str) -> None:
    text = f"[tool.release.smoke]\nspark = '{spark}'".encode()
    with pytest.raises(UsageError, match=r"packages/alpha/pyproject\.toml: tool\.release\.smoke\.spark"):
        parse_table(text, "packages/alpha/pyproject.toml", PackagePolicy, "tool", "release")


def test_a_package_may_not_set_what_is_the_roots() -> None:
    with pytest.raises(UsageError, match=r"tool\.release\.branches: unknown key"):
        parse_table(b"[tool.release]\nbranches = ['wild']", "pyproject.toml", PackagePolicy, "tool", "release")


@pytest.mark.parametrize("content", [b"[tool", b"a = 1\na = 2", b"\xff\xfe", b"key = 'caf\xe9'"])
def test_a_broken_document_is_named(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"packages/alpha/pyproject\.toml is not valid TOML") as refused:
        parse_toml(content, "packages/alpha/pyproject.toml")
    assert "mend packages/alpha/pyproject.toml" in refused.value.hint


def test_a_key_alone_is_one_for_a_workstation_and_a_table_says_more() -> None:
    table = f'{{ name = "next", key = """{NEXT.pem}""", builders = ["separate-signer"], expires = 2026-12-31 }}'
    text = f"[tool.release]\ntrusted-keys = ['{RELEASE.text}', {table}]\nthreshold = 2"
    signer = frozenset({Builder.SEPARATE_SIGNER.value})
    assert trusted_keys(read_root(text)) == Trust(
        (TrustedKey(RELEASE.spki), TrustedKey(NEXT.spki, "next", signer, date(2026, 12, 31))), threshold=2
    )
    assert TrustedKey(RELEASE.spki).builders == {Builder.WORKSTATION.value}


def test_settings_without_keys_trust_nobody() -> None:
    assert trusted_keys(read_root("")) == Trust(())


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("builders = ['github']", "tool.release.trusted-keys.0.builders.0"),
        ("builders = []", "tool.release.trusted-keys.0.builders"),
        ("until = 2026-12-31", "tool.release.trusted-keys.0.until"),
        ("expires = 'never'", "tool.release.trusted-keys.0.expires"),
    ],
)
def test_what_a_key_may_not_say_is_refused_with_its_place(more: str, place: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_root(f"[[tool.release.trusted-keys]]\nkey = '{RELEASE.text}'\n{more}")
    assert place in refused.value.message


@pytest.mark.parametrize("key", ["AAAA", "not base64!", "-----BEGIN PUBLIC KEY-----", RELEASE.text[:-4]])
def test_a_key_that_is_none_is_refused_with_what_to_give(key: str) -> None:
    policy = read_root(f"[tool.release]\ntrusted-keys = ['{key}']")
    with pytest.raises(UsageError, match="is no P-256 public key") as refused:
        trusted_keys(policy)
    assert "openssl ec -pubout" in refused.value.hint


@pytest.mark.parametrize("keys", [(RELEASE.text,), (RELEASE.text, RELEASE.text)])
def test_more_keys_than_are_trusted_can_not_be_asked_for(keys: tuple[str, ...]) -> None:
    policy = read_root(f"[tool.release]\ntrusted-keys = {list(keys)}\nthreshold = 2")
    with pytest.raises(UsageError, match="2 keys have to have signed, and 1 are trusted") as refused:
        trusted_keys(policy)
    assert "trust more keys, or ask for fewer" in refused.value.hint


@pytest.mark.parametrize("threshold", ["0", "-1", "'many'"])
def test_a_threshold_is_at_least_one(threshold: str) -> None:
    with pytest.raises(UsageError, match=r"tool\.release\.threshold"):
        read_root(f"[tool.release]\nthreshold = {threshold}")


def test_what_may_be_replaced_has_a_reason() -> None:
    policy = PackagePolicy.model_validate({"replaces": {"numpy": "tested with 2"}})
    assert policy.replaces == {"numpy": "tested with 2"}
    with pytest.raises(ValidationError, match=r"replaces\.numpy"):
        PackagePolicy.model_validate({"replaces": {"numpy": " "}})
