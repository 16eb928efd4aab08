from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from env_drift import Difference, Installed, Kind, Lock, compare, read_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def lock(write_lock: Callable[..., Path]) -> Lock:
    return read_lock(write_lock("Foo.Bar==1.0\nqux==2.0+cpu\n"))


@pytest.mark.smoke
def test_names_and_versions_are_compared_as_the_peps_say(lock: Lock) -> None:
    assert compare(lock, [Installed("foo_bar", "1.0.0"), Installed("QUX", "2.0+CPU")]) == ()


@pytest.mark.smoke
def test_a_missing_distribution_and_another_version_are_named(lock: Lock) -> None:
    differences = compare(lock, [Installed("foo-bar", "1.1")])
    assert differences == (
        Difference(Kind.VERSION, "foo-bar", "1.0", "1.1"),
        Difference(Kind.MISSING, "qux", "2.0+cpu"),
    )
    assert [str(one) for one in differences] == [
        "foo-bar: 1.0 is locked, 1.1 is installed",
        "qux: 2.0+cpu is locked, and it is not installed",
    ]


def test_a_local_version_is_another_version(lock: Lock) -> None:
    differences = compare(lock, [Installed("foo-bar", "1.0+rebuilt"), Installed("qux", "2.0")])
    assert [(one.name, one.kind) for one in differences] == [("foo-bar", Kind.VERSION), ("qux", Kind.VERSION)]


def test_nothing_installed_is_everything_missing(lock: Lock) -> None:
    assert [one.kind for one in compare(lock, [])] == [Kind.MISSING, Kind.MISSING]


def test_the_first_of_a_name_counts(lock: Lock) -> None:
    found = [Installed("foo-bar", "1.0", "/a"), Installed("foo-bar", "9", "/b"), Installed("qux", "2.0+cpu", "/b")]
    assert compare(lock, found) == ()
    assert [one.found for one in compare(lock, reversed(found))] == ["9"]


def test_two_versions_in_one_place_are_named(lock: Lock) -> None:
    found = [Installed("foo-bar", "1.0", "/a"), Installed("Foo_Bar", "0.9", "/a"), Installed("qux", "2.0+cpu", "/a")]
    assert compare(lock, found) == (Difference(Kind.DUPLICATE, "foo-bar", None, "0.9 and 1.0"),)


def test_what_is_not_locked_is_named_on_request(lock: Lock) -> None:
    found = [Installed("foo-bar", "1.0"), Installed("qux", "2.0+cpu"), Installed("more", "3")]
    assert compare(lock, found) == ()
    assert compare(lock, found, extra=True) == (Difference(Kind.EXTRA, "more", None, "3"),)


def test_versions_that_pep_440_does_not_know_must_be_spelled_alike(write_lock: Callable[..., Path]) -> None:
    lock = read_lock(write_lock("foo===2004d-Final\n"))
    assert compare(lock, [Installed("foo", "2004D-final")]) == ()
    assert [one.kind for one in compare(lock, [Installed("foo", "2004")])] == [Kind.VERSION]


def test_markers_are_decided_for_the_other_machine(write_lock: Callable[..., Path]) -> None:
    lock = read_lock(write_lock("foo==1.0 ; sys_platform == 'plan9'\nbar==1.0\n"))
    assert compare(lock, [Installed("bar", "1")]) == ()
    assert [one.name for one in compare(lock, [Installed("bar", "1")], environment={"sys_platform": "plan9"})] == [
        "foo"
    ]


def test_a_lock_and_what_is_installed_can_be_sent_to_another_machine(lock: Lock) -> None:
    sent = pickle.loads(pickle.dumps((lock, Installed("foo-bar", "1.0"))))  # noqa: S301  # made in this line
    assert compare(sent[0], [sent[1]]) == compare(lock, [Installed("foo-bar", "1.0")])


def test_a_difference_spells_out_what_a_terminal_would_obey() -> None:
    text = str(Difference(Kind.UNLISTED, "", None, "file", "/a/\x1b[2K\nevil\udcff.pth"))
    assert text == "/a/\\x1b[2K\\nevil\\udcff.pth: no RECORD lists this file"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_makes_a_sentence_and_a_document(kind: Kind) -> None:
    difference = Difference(kind, "foo", "one", "two", "a file")
    assert "foo" in str(difference) or kind is Kind.UNLISTED
    assert difference.as_json() == {
        "kind": str(kind),
        "name": "foo",
        "expected": "one",
        "found": "two",
        "file": "a file",
    }
