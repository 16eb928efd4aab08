"""The services that carry notices, and the book: what they take, what is tried again, what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from release.adapters.notices.addresses import find_notifiers
from release.adapters.notices.book import Book, Standing
from release.adapters.notices.service import Arrival, Notifier
from release.errors import UsageError
from release.model.dist import Dist
from release.model.notice import Line, Notice, Tone
from release.settings import Settings
from tests.servers.stand_in import Answer, Drop, closed_address
from tests.servers.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOTH = ("slack", "teams")
each_service = pytest.mark.parametrize("service", BOTH)
LINE = Line(tag="alpha/v0.1.0", tone=Tone.REFUSED, commit="ab" * 20, reason="it is dirty", hint="git stash")
RELEASED = Line(tag="beta/v0.1.0", tone=Tone.RELEASED, places=("s3: s3://wheels/stable",), install="pip install beta")
TEXT = st.text(max_size=900)


def make_notice(*lines: Line, run: str = "") -> Notice:
    """Make a notice of some lines."""
    return Notice(lines=lines or (LINE,), targets=("s3",), by="ada", seconds=1, again="hatch run release run", run=run)


@pytest.fixture(scope="module")
def webhooks() -> Iterator[Webhooks]:
    """Give the stand-in."""
    with Webhooks() as server:
        yield server


@pytest.fixture
def services(webhooks: Webhooks) -> dict[str, Notifier]:
    """Give both services, and forget what was said before."""
    for said in webhooks.said.values():
        said.clear()
    webhooks.forget()
    return open_services(webhooks.environment)


def open_services(environment: dict[str, str]) -> dict[str, Notifier]:
    """Open what these variables name."""
    return {each.name: each for each in find_notifiers(Settings(environment))}


@each_service
def test_a_notice_arrives_with_all_it_says(service: str, services: dict[str, Notifier], webhooks: Webhooks) -> None:
    notice = make_notice(LINE, RELEASED, run="https://github.com/a/b/actions/runs/1")
    assert services[service].send(notice, again=False).arrival is Arrival.ARRIVED
    [told] = webhooks.told(service)
    expected = (*notice.next, notice.story, notice.id, notice.run, LINE.reason, LINE.hint, *RELEASED.places)
    assert [each for each in (notice.title, *expected) if each not in told] == []
    assert "(again" not in told


@each_service
def test_what_may_be_known_already_says_so(service: str, services: dict[str, Notifier], webhooks: Webhooks) -> None:
    services[service].send(make_notice(), again=True)
    assert "(again: an earlier one may have arrived)" in webhooks.told(service)[0]


@given(TEXT, TEXT, st.integers(1, 60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_text_makes_a_message_that_is_not_taken(
    services: dict[str, Notifier], reason: str, place: str, count: int
) -> None:
    line = LINE.model_copy(update={"reason": reason, "places": (place,) * 5, "hint": reason, "tag": f"{place}/v1"})
    notice = make_notice(*[line] * count, run="https://example.com/<runs>|1")
    for each in services.values():
        assert each.send(notice, again=True).arrival is Arrival.ARRIVED


def test_no_name_calls_anybody_or_is_a_link(services: dict[str, Notifier], webhooks: Webhooks) -> None:
    hostile = "<!channel> <https://evil.example.com|ok> [ok](https://evil.example.com) *b* <at>all</at>"
    notice = make_notice(LINE.model_copy(update={"tag": hostile, "reason": hostile}))
    for each in services.values():
        each.send(notice.model_copy(update={"by": hostile}), again=False)
    slack, teams = webhooks.said["slack"][0], webhooks.said["teams"][0]
    plain = [block["text"]["type"] for block in slack["blocks"] if block["type"] != "context"]
    assert set(plain) == {"plain_text"}
    markup = [slack["text"], slack["blocks"][-1]["elements"][0]["text"]]
    assert not [text for text in markup if "<" in text or "&lt;!channel&gt;" not in text]
    body = teams["attachments"][0]["content"]["body"]
    assert {element["type"] for element in body} == {"RichTextBlock"}, "a text run knows no markup"


@each_service
@pytest.mark.parametrize("status", [429, 503])
def test_what_was_surely_not_done_is_tried_again(
    service: str, status: int, services: dict[str, Notifier], webhooks: Webhooks
) -> None:
    webhooks.reply(service, Answer(b"", status, headers={"Retry-After": "1"}))
    assert services[service].send(make_notice(), again=False).arrival is Arrival.ARRIVED
    assert len(webhooks.requests) == 2


@each_service
@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_what_a_service_does_not_take_is_not_tried_again(
    service: str, status: int, services: dict[str, Notifier], webhooks: Webhooks
) -> None:
    webhooks.reply(service, Answer(b"said at length: https://secret.example.com", status))
    delivery = services[service].send(make_notice(), again=False)
    assert (delivery.arrival, delivery.reason) == (Arrival.REFUSED, f"it answers {status}")
    assert len(webhooks.requests) == 1


def test_slack_is_not_waited_for_as_long_as_it_likes(services: dict[str, Notifier], webhooks: Webhooks) -> None:
    webhooks.reply("slack", Answer(b"rate_limited", 429, headers={"Retry-After": "30"}))
    delivery = services["slack"].send(make_notice(), again=False)
    assert (delivery.arrival, delivery.reason) == (Arrival.REFUSED, "it answers 429 rate_limited")


@each_service
def test_an_answer_that_was_lost_may_have_been_one(
    service: str, services: dict[str, Notifier], webhooks: Webhooks
) -> None:
    webhooks.reply(service, Drop())
    delivery = services[service].send(make_notice(), again=False)
    assert (delivery.arrival, delivery.reason) == (Arrival.LOST, "its answer was lost")
    assert len(webhooks.requests) == 1


@each_service
@pytest.mark.parametrize("status", [502, 504])
def test_what_a_gateway_answers_says_nothing_of_the_service(
    service: str, status: int, services: dict[str, Notifier], webhooks: Webhooks
) -> None:
    webhooks.reply(service, Answer(b"", status))
    assert services[service].send(make_notice(), again=False).arrival is Arrival.LOST


@pytest.mark.parametrize(
    "address", [f"{closed_address()}/x", "http://no-such-host.invalid/x"], ids=["nobody listens", "no such host"]
)
def test_where_nobody_listens_nothing_arrived(address: str) -> None:
    for each in open_services({"SLACK_WEBHOOK_URL": address, "TEAMS_WEBHOOK_URL": address}).values():
        delivery = each.send(make_notice(), again=False)
        assert (delivery.arrival, delivery.reason) == (Arrival.REFUSED, "it can't be reached")


def test_whoever_cannot_prove_who_it_is_is_told_nothing(webhooks: Webhooks) -> None:
    address = f"{webhooks.address.replace('http:', 'https:')}/x"
    webhooks.forget()
    for each in open_services({"SLACK_WEBHOOK_URL": address, "TEAMS_WEBHOOK_URL": address}).values():
        assert each.send(make_notice(), again=False).arrival is Arrival.REFUSED
    assert webhooks.requests == ()


def test_a_redirect_is_not_taken_for_an_answer(services: dict[str, Notifier], webhooks: Webhooks) -> None:
    webhooks.reply("teams", Answer(b"", 302, headers={"Location": f"{webhooks.address}/login"}))
    assert services["teams"].send(make_notice(), again=False).arrival is Arrival.REFUSED


@each_service
def test_a_page_to_log_in_is_not_taken_for_an_arrival(
    service: str, services: dict[str, Notifier], webhooks: Webhooks
) -> None:
    webhooks.reply(service, Answer(b"\n<!DOCTYPE html><html>Log in</html>", kind="text/html"))
    delivery = services[service].send(make_notice(), again=False)
    assert (delivery.arrival, delivery.reason) == (Arrival.REFUSED, "a page answers in its place")


def test_a_page_behind_a_redirect_is_not_taken_for_an_arrival(
    services: dict[str, Notifier], webhooks: Webhooks
) -> None:
    away = Answer(status=302, headers={"Location": f"{webhooks.address}/services/login"})
    webhooks.reply("slack", away, Answer(b"<html>Log in</html>", kind="text/html"))
    assert services["slack"].send(make_notice(), again=False).arrival is Arrival.REFUSED
    assert [each.body for each in webhooks.requests[1:]] == [b""], "nobody else is told what happened"


def test_services_that_nobody_named_are_not_there() -> None:
    assert find_notifiers(Settings({"SLACK_WEBHOOK_URL": ""})) == ()


@pytest.mark.parametrize("address", ["hooks/x", "https://host:99999/x", "https://host:0/x", "https://höst/x"])
def test_no_address_is_repeated_where_it_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="TEAMS_WEBHOOK_URL is not the address of a webhook: ") as refused:
        find_notifiers(Settings({"TEAMS_WEBHOOK_URL": address}))
    assert address not in f"{refused.value.message}{refused.value.hint}"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Give a book with nothing in it."""
    return Book(Dist(tmp_path))


def test_a_notice_stands_on_the_page_of_each_of_its_tags(book: Book) -> None:
    notice = make_notice(LINE, RELEASED)
    book.mark(notice, Standing.OWED, *BOTH)
    for tag in notice.tags:
        assert book.owed([tag]) == (notice,)
        assert book.told([tag]) == {LINE.key, RELEASED.key}
    book.mark(notice, Standing.SENT, "slack")
    assert book.services(notice) == {"slack": Standing.SENT, "teams": Standing.OWED}
    book.mark(notice, Standing.SENT, "teams")
    assert book.owed(notice.tags) == ()


def test_the_page_that_says_most_is_right(book: Book, tmp_path: Path) -> None:
    notice = make_notice(LINE, RELEASED)
    book.mark(notice, Standing.SENT, *BOTH)
    pages = sorted(tmp_path.rglob("*.notices.json"))
    assert len(pages) == 2
    pages[0].write_text(pages[0].read_text().replace('"sent"', '"begun"'))
    assert set(book.services(notice).values()) == {Standing.SENT}


def test_what_was_due_and_never_told_is_known_to_the_next_run(book: Book, tmp_path: Path) -> None:
    assert book.expect(["alpha/v0.1.0"]) == frozenset()
    assert book.expect(["alpha/v0.1.0", "beta/v0.1.0"]) == {"alpha/v0.1.0"}
    book.settle(["alpha/v0.1.0", "beta/v0.1.0"])
    assert book.expect(["alpha/v0.1.0"]) == frozenset()
    book.settle(["alpha/v0.1.0"])
    assert list(tmp_path.rglob("*.notices.json")) == []


@pytest.mark.parametrize(
    "tag", ["../../etc/v1.0", "alpha", "alpha/v", "alpha/vone", "alpha/v1.0.0rc01", "a/b/v1.0", ""]
)
def test_what_is_no_tag_has_no_page(tag: str, book: Book, tmp_path: Path) -> None:
    notice = make_notice(LINE.model_copy(update={"tag": tag}))
    book.mark(notice, Standing.OWED, *BOTH)
    assert book.owed([tag]) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_is_none_is_named(book: Book, tmp_path: Path) -> None:
    page = tmp_path / "alpha/0.1.0/alpha-0.1.0.notices.json"
    page.parent.mkdir(parents=True)
    page.write_text('{"schema": "urn:wheelyard:notices:v2"}')
    with pytest.raises(UsageError, match=r"alpha-0\.1\.0\.notices\.json is no list of notices"):
        book.owed(["alpha/v0.1.0"])
