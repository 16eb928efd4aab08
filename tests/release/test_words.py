"""Words that stand for a variable: what a job was handed is never read as anything but what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.errors import UsageError
from release.program import read_words
from release.settings import Settings

if TYPE_CHECKING:
    from tests.release.command import ReleaseCommand

HOSTILE = "alpha/v1{env:HOME}$(id)`id`;id \"'"


def test_a_word_that_names_a_variable_is_what_it_holds() -> None:
    settings = Settings({"GITHUB_REF_NAME": HOSTILE, "NEEDS": '{"gate": {"result": "success"}}'})
    words = ["jobs", "@GITHUB_REF_NAME", "--needs", "@NEEDS", "@lower", "a@NEEDS", "@"]
    expected = ["jobs", HOSTILE, "--needs", '{"gate": {"result": "success"}}', "@lower", "a@NEEDS", "@"]
    assert read_words(words, settings) == expected


@pytest.mark.parametrize(("held", "said"), [({}, "not set"), ({"T": ""}, "not set"), ({"T": "--to"}, "like an option")])
def test_a_variable_that_holds_no_word_is_refused(held: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_words(["@T"], Settings(held))


def test_a_tag_is_taken_from_a_variable_and_refused_as_what_it_is(release: ReleaseCommand) -> None:
    ended = release("plan", "@TAG", TAG=HOSTILE).expect(10)
    assert "{env:HOME}$(id)`id`" in ended.err
    assert "the variable TAG is not set" in release("plan", "@TAG").expect(2).err
