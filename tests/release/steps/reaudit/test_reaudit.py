"""What was released is audited by what is known today, cheaply, and what is not known is no success."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from release.errors import GateUnavailable, Incomplete, UsageError
from release.model.ledger import Listing
from release.model.reaudit import Kind
from tests.release.places import Kept, Place
from tests.release.steps.reaudit.conftest import TODAY
from tests.release.warehouse import IDNA, report_of
from tests.servers.vulnerabilities import BOTH, Advisory, Fault

if TYPE_CHECKING:
    from tests.release.steps.reaudit.conftest import Auditor
    from tests.release.warehouse import Maker
    from tests.servers.vulnerabilities import Vulnerabilities

ALPHA = "alpha/v0.1.0"
KNOWN = Advisory(name="idna", version="3.10", id="PYSEC-1", aliases=("CVE-1",), fixed="3.11")
PAST, FUTURE = str(TODAY - timedelta(days=1)), str(TODAY)


def accept(until: str, name: str = "PYSEC-1") -> dict[str, object]:
    return {"id": name, "reason": "not called", "owner": "ada", "expires": until}


def test_what_nobody_knows_anything_of_passes_with_its_numbers(auditor: Auditor, maker: Maker) -> None:
    made = maker.make(ALPHA)
    maker.shelve(made)
    found = auditor.audit(Place("index").bring(made))
    assert (found.exit_code, found.releases, found.pins, found.vulnerabilities) == (0, 1, 1, ())


def test_a_new_finding_names_the_releases_and_the_channels_that_offer_them(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    final, candidate = maker.make(ALPHA), maker.make("alpha/v0.2.0rc1")
    vulnerabilities.add(KNOWN)
    place = Place("codeartifact", ("stable", "preview", "dev")).bring(final).bring(candidate)
    place.stock = [each for each in place.stock if (each.location, each.tag) != ("dev", final.tag)]
    (found,) = (made := auditor.audit(place, Kept("s3").bring(final).bring(candidate))).vulnerabilities
    assert (found.id, found.name, found.version, found.fixed_in) == ("PYSEC-1", "idna", "3.10", ("3.11",))
    assert made.exit_code == 12
    assert [each.tag for each in found.releases] == [ALPHA, "alpha/v0.2.0rc1"]
    offers = [{one.target: [*map(str, one.channels)] for one in each.offers} for each in found.releases]
    assert offers == [
        {"codeartifact": ["stable", "preview"], "s3": ["stable", "preview", "dev"]},
        {"codeartifact": ["preview", "dev"], "s3": ["preview", "dev"]},
    ]


def test_what_is_off_offer_is_left_out_and_told_where_all_is_asked_for(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    yanked, offered = maker.make(ALPHA), maker.make("alpha/v0.2.0", pins=())
    vulnerabilities.add(KNOWN)
    place = Kept("s3").bring(yanked, Listing.UNLISTED).bring(offered)
    assert auditor.audit(place).releases == 1
    made = auditor.audit(place, everything=True)
    assert (made.releases, made.exit_code) == (2, 0)
    (found,) = made.vulnerabilities
    assert (found.releases[0].is_offered, found.releases[0].offers) == (False, ())
    assert auditor.audit(place, words=(ALPHA,)).vulnerabilities == made.vulnerabilities


def test_a_finding_that_was_known_and_accepted_is_told_when_the_acceptance_expired(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    vulnerabilities.add(KNOWN)
    kinds: dict[tuple[str, str], list[Kind]] = {}
    for number, then in enumerate(("", PAST, FUTURE), 1):
        report = report_of([IDNA], ["PYSEC-1"], [accept(then)] if then else [])
        place = Kept("s3").bring(maker.make(f"alpha/v0.{number}.0", report=report))
        for now in ("", PAST, FUTURE):
            auditor.policy = {"ignore": [accept(now, "CVE-1")]} if now else {}
            made = auditor.audit(place)
            kinds[then, now] = [one.kind for each in made.vulnerabilities for one in each.releases]
            assert made.exit_code == (12 if kinds[then, now] else 0)
    assert kinds == {
        ("", ""): [Kind.UNACCEPTED],
        ("", PAST): [Kind.EXPIRED],
        ("", FUTURE): [],
        (PAST, ""): [Kind.EXPIRED],
        (PAST, PAST): [Kind.EXPIRED],
        (PAST, FUTURE): [],
        (FUTURE, ""): [],
        (FUTURE, PAST): [Kind.EXPIRED],
        (FUTURE, FUTURE): [],
    }


def test_an_acceptance_of_another_finding_accepts_nothing(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    vulnerabilities.add(KNOWN)
    auditor.policy = {"ignore": [accept(FUTURE, "PYSEC-2"), accept(FUTURE) | {"package": "six"}]}
    report = report_of([IDNA], ["PYSEC-3"], [accept(FUTURE)])
    made = auditor.audit(Kept("s3").bring(maker.make(ALPHA, report=report)))
    assert [one.kind for each in made.vulnerabilities for one in each.releases] == [Kind.NEW]


def test_our_own_packages_are_not_asked_about(auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities) -> None:
    auditor.audit(Kept("s3").bring(maker.make(ALPHA, pins=(IDNA, ("alpha", "0.0.9")))))
    assert {name for each in BOTH for name, _ in vulnerabilities.asked(each)} == {"jinja2", "idna"}


def test_a_release_that_brings_the_canary_itself_has_a_finding(auditor: Auditor, maker: Maker) -> None:
    made = auditor.audit(Kept("s3").bring(maker.make(ALPHA, pins=[("jinja2", "2.4.1")])))
    assert [each.name for each in made.vulnerabilities] == ["jinja2"]


def test_a_service_that_gives_no_answer_makes_no_audit(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    place = Kept("s3").bring(maker.make(ALPHA))
    vulnerabilities.fail(Fault.UNKNOWN, "idna", ("osv",))
    with pytest.raises(GateUnavailable, match=r"osv gives no answer about idna==3\.10"):
        auditor.audit(place)
    vulnerabilities.mend()
    vulnerabilities.without_data()
    with pytest.raises(GateUnavailable, match="knows of nothing wrong with jinja2"):
        auditor.audit(place)


def test_what_is_offered_and_no_tag_names_is_audited_too(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    vulnerabilities.add(KNOWN)
    maker.tag("beta/v0.1.0")
    place = Kept("s3").bring(maker.make("beta/v0.2.0", is_tagged=False))
    found = auditor.audit(place)
    assert [each.tag for one in found.vulnerabilities for each in one.releases] == ["beta/v0.2.0"]


def test_where_a_target_does_not_say_what_it_offers_all_is_taken_for_offered(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    vulnerabilities.add(KNOWN)
    yanked = maker.make(ALPHA)
    silent = Place("index", error=Incomplete("index gives no answer", hint="try again"))
    found = auditor.audit(Kept("s3").bring(yanked, Listing.UNLISTED), silent)
    assert (found.exit_code, found.vulnerabilities[0].is_offered) == (12, True)
    assert [(each.place, each.next) for each in found.unread] == [("index", "try again")]
    only = auditor.audit(silent)
    assert (only.exit_code, only.releases) == (15, 0)


def test_nothing_to_audit_is_no_success(auditor: Auditor, maker: Maker) -> None:
    maker.tag(ALPHA)
    with pytest.raises(UsageError, match="nothing was audited: index offers no release"):
        auditor.audit(Place("index"))
    with pytest.raises(UsageError, match=r"there is no tag alpha/v9\.0\.0 here"):
        auditor.audit(Place("index"), words=("alpha/v9.0.0",))


def test_a_thousand_releases_with_fifty_pins_ask_about_fifty(
    auditor: Auditor, maker: Maker, vulnerabilities: Vulnerabilities
) -> None:
    pins = [(f"part-of-{number}", "1.0") for number in range(50)]
    names = [f"alpha/v0.{number}.0" for number in range(1000)]
    maker.tag(*names)
    place = Place("index")
    for number, name in enumerate(names):
        made = maker.make(name, pins=[pins[number % 50], pins[(number + 1) % 50]], is_tagged=False)
        maker.shelve(made)
        place.bring(made)
    found = auditor.audit(place)
    assert (found.releases, found.pins, found.exit_code) == (1000, 50, 0)
    assert place.asked == ["inventory"]
    for service in BOTH:
        assert sorted(vulnerabilities.asked(service)) == sorted([("jinja2", "2.4.1"), *pins])
