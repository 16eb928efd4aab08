from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from env_drift import LockError, Pin, read_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B = "a" * 64, "b" * 64
START = 'lock-version = "1.0"\ncreated-by = "a test"\n'
FOO = f"""
[[packages]]
name = "foo"
version = "1.0"
[[packages.wheels]]
url = "https://example.org/foo-1.0-py3-none-any.whl"
hashes = {{sha256 = "{A}", md5 = "00"}}
[packages.sdist]
url = "https://example.org/foo-1.0.tar.gz"
hashes = {{sha256 = "{B}"}}
"""
TREE = '[[packages]]\nname = "tree"\n[packages.directory]\npath = "."\neditable = true\n'
REPOSITORY = (
    '[[packages]]\nname = "bar"\n[packages.vcs]\ntype = "git"\nurl = "https://example.org/bar"\ncommit-id = "c0ffee"\n'
)
ARCHIVE = f"""[[packages]]
name = "baz"
version = "2"
[packages.archive]
url = "https://example.org/b.zip"
hashes = {{sha512 = "{A}{B}"}}
"""


def with_line(line: str) -> str:
    return START + FOO.replace('version = "1.0"\n', f'version = "1.0"\n{line}\n')


@pytest.mark.smoke
def test_every_sort_of_source_is_read(write_lock: Callable[..., Path]) -> None:
    lock = read_lock(write_lock(START + FOO + TREE + REPOSITORY + ARCHIVE, "pylock.toml"))
    assert lock.pins() == (
        Pin("bar", None, (), "vcs", "c0ffee"),
        Pin("baz", "2", (f"sha512:{A}{B}",)),
        Pin("foo", "1.0", (f"sha256:{B}", f"sha256:{A}")),
        Pin("tree", None, (), "directory"),
    )


def test_markers_choose_extras_and_groups(write_lock: Callable[..., Path]) -> None:
    path = write_lock(
        START
        + 'extras = ["Big_Data"]\ndependency-groups = ["dev", "docs"]\ndefault-groups = ["dev"]\n'
        + FOO
        + ARCHIVE.replace('version = "2"', 'version = "2"\nmarker = "\'big-data\' in extras"')
        + REPOSITORY.replace('"bar"', '"bar"\nmarker = "\'dev\' in dependency_groups"'),
        "pylock.prod.toml",
    )
    assert [pin.name for pin in read_lock(path).pins()] == ["bar", "foo"]
    assert [pin.name for pin in read_lock(path, extras=["big.data"]).pins()] == ["bar", "baz", "foo"]
    assert [pin.name for pin in read_lock(path, groups=["docs"]).pins()] == ["foo"]
    with pytest.raises(LockError, match="its extras are big-data, not small"):
        read_lock(path, extras=["small"])
    with pytest.raises(LockError, match="its dependency-groups are dev, docs, not test"):
        read_lock(path, groups=["test"])


def test_the_entry_of_the_environment_is_chosen(write_lock: Callable[..., Path]) -> None:
    older = with_line("marker = \"python_version < '3.12'\"")
    newer = FOO.replace('version = "1.0"\n', 'version = "2.0"\nmarker = "python_version >= \'3.12\'"\n')
    lock = read_lock(write_lock(older + newer, "pylock.toml"))
    assert [pin.version for pin in lock.pins({"python_version": "3.11"})] == ["1.0"]
    assert [pin.version for pin in lock.pins({"python_version": "3.13"})] == ["2.0"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no lock-version"),
        ("lock-version = 1.0\n", "lock-version is not a text"),
        ('lock-version = "2.0"\n', "lock-version 2.0 is not known"),
        ('lock-version = "1.x"\n', "lock-version 1.x is not known"),
        ('lock-version = "1.0"\n' + FOO, "has no created-by"),
        (START, "packages is empty"),
        (START + "packages = []\n", "packages is empty"),
        (START + "packages = [1]\n", "packages is empty, or is not a list of tables"),
        (START + "packages = {}\n", "packages is empty"),
        (START + FOO.replace('name = "foo"', ""), "has no name"),
        (START + FOO.replace('"foo"', '"Foo"'), "not normalised"),
        (START + FOO.replace('version = "1.0"\n', ""), "no version"),
        (START + FOO.replace(f'sha256 = "{A}", ', ""), "has no hash of"),
        (START + FOO.replace(f'{{sha256 = "{B}"}}', '"none"'), "has no table hashes"),
        (START + FOO.replace(A, "abc"), "64 hexadecimal"),
        (START + FOO + FOO, "both apply here"),
        (START + '[[packages]]\nname = "foo"\nversion = "1"\n', "no source"),
        (START + ARCHIVE + '[packages.directory]\npath = "."\n', "directory and archive"),
        (START + REPOSITORY.replace('commit-id = "c0ffee"\n', ""), "has no commit-id"),
        (START + 'requires-python = "<3"\n' + FOO, "requires Python <3"),
        (START + 'requires-python = "three"\n' + FOO, "cannot be asked"),
        (START + 'requires-python = ">=three"\n' + FOO, "cannot be asked"),
        (START + 'requires-python = "~=3"\n' + FOO, "cannot be asked"),
        (START + "environments = [\"sys_platform == 'plan9'\"]\n" + FOO, "other environments"),
        (START + "environments = [\"sys_platform < 'plan9'\"]\n" + FOO, "cannot be decided"),
        (START + 'environments = ["nonsense"]\n' + FOO, "no marker variable"),
        (START + "environments = [1]\n" + FOO, "not a list of texts"),
        (START + "environments = 1\n" + FOO, "not a list of texts"),
        (with_line('requires-python = "<3"'), "requires Python <3"),
        (with_line("marker = \"python_version < '3'\""), "none of its 1 pins"),
        (with_line('marker = ""'), "marker is not a text"),
        (with_line("marker = \"os_name = 'nt'\""), "cannot be read from"),
        ("lock-version = \n", "is not TOML"),
        (f"number = {'9' * 5_000}\n", "is not TOML"),
        ("a = " + "[" * 100_000, "is not TOML"),
    ],
)  # fmt: skip
def test_what_pep_751_forbids_is_refused(text: str, reason: str, write_lock: Callable[..., Path]) -> None:
    with pytest.raises(LockError, match=reason):
        read_lock(write_lock(text, "pylock.toml")).pins()


def test_a_python_that_a_lock_requires_may_be_told(write_lock: Callable[..., Path]) -> None:
    lock = read_lock(write_lock(START + 'requires-python = ">=3.12, !=3.13.*"\n' + FOO, "pylock.toml"))
    assert len(lock.pins({"python_full_version": "3.12.1"})) == 1
    with pytest.raises(LockError, match=r"requires Python >=3\.12, !=3\.13\.\*, and this environment has 3\.13\.2"):
        lock.pins({"python_full_version": "3.13.2"})


def test_an_environment_without_a_python_cannot_satisfy_one(write_lock: Callable[..., Path]) -> None:
    lock = read_lock(write_lock(START + 'requires-python = ">=3"\n' + FOO, "pylock.toml"))
    with pytest.raises(LockError, match="requires-python `>=3` cannot be asked"):
        lock.pins({"python_version": "", "python_full_version": ""})
