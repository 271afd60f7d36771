"""From a usage line to its calls, and from a call to all that it cost."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.factories import a_person, an_organization, usd
from tests.support.browsing import Visitor, text_of
from tests.support.statements import statements

CALL = "../call 1 ?&#<b>"


@pytest.fixture
def harbor(app: Flask) -> Organization:
    return an_organization("Harbor Dental", credit="100")


@pytest.fixture
def owner(visitor: Visitor, harbor: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=harbor).email)
    return visitor


def report(organization: Organization, *calls: str, days_ago: int = 0, tokens: int = 100_000) -> None:
    """Model usage of calls, each a little dearer than the one before it."""
    now = utc_now()
    events = [
        Reported(
            index,
            organization.id,
            f"test:{days_ago}",
            call,
            "tokens_out",
            tokens + index * 1_000,
            now - timedelta(days=days_ago),
            call=call,
            agent="Ava",
        )
        for index, call in enumerate(calls)
    ]
    assert ingest.ingest(events, at=now).accepted == len(calls)
    db.session.commit()


def line_page(organization: Organization) -> str:
    (line,) = [line for line in history.page(organization, Filters()).lines if line.opens]
    return f"/billing/wallet/lines/{line.id}"


def test_a_call_is_told_whatever_its_name_is(owner: Visitor, harbor: Organization) -> None:
    report(harbor, CALL)
    page = owner.get(f"/billing/wallet/calls?call={quote(CALL)}")
    said = text_of(page)
    assert f"Call {CALL}" in said
    assert "Output tokens" in said
    assert "100,000 tokens" in said
    assert "$12.00 per 1M tokens Starter plan, catalog 2026-12.4" in said
    assert "$1.20" in said
    assert "Agent Ava" in said


def test_a_correction_and_what_came_late_say_so(owner: Visitor, harbor: Organization) -> None:
    report(harbor, CALL, days_ago=2)
    now = utc_now()
    fix = Reported(0, harbor.id, "test:2", "fix", "tokens_out", 50_000, now, corrects=("test:2", CALL))
    ingest.ingest([fix], at=now)
    db.session.commit()
    said = text_of(owner.get(f"/billing/wallet/calls?call={quote(CALL)}"))
    assert f"Corrects event {CALL} from" in said
    assert said.count("posted on") == 2
    assert "\u221250,000 tokens" in said
    assert "\u2212$0.60" in said


def test_a_call_in_progress_is_reached_from_the_balance_and_says_what_it_holds(
    owner: Visitor, harbor: Organization
) -> None:
    holds.reserve(harbor.id, "k", usd("1.50"), at=utc_now(), lease=timedelta(minutes=5), call=CALL)
    db.session.commit()
    link = owner.get("/billing").text.split('class="call-name" href="')[1].split('"')[0]
    said = text_of(owner.get(unescape(link)))
    assert "In progress" in said
    assert "$1.50 reserved since" in said


@pytest.mark.parametrize("name", ["nothing", "", "x" * 300, "%EF%BB%BF"])
def test_an_unknown_call_is_said_in_words(owner: Visitor, name: str) -> None:
    page = owner.get(f"/billing/wallet/calls?call={name}")
    assert page.status_code == 404
    assert "Nothing was charged for this call" in text_of(page)


def test_another_organizations_call_is_unknown_here(owner: Visitor) -> None:
    report(an_organization(credit="10"), CALL)
    assert owner.get(f"/billing/wallet/calls?call={quote(CALL)}").status_code == 404


def test_a_line_lists_its_calls_dearest_first_page_by_page(owner: Visitor, harbor: Organization) -> None:
    report(harbor, *[f"call-{number:02}" for number in range(30)])
    first = owner.get(line_page(harbor)).text
    assert first.index("call-29<") < first.index("call-05<")
    assert "call-04<" not in first
    after = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = owner.get(after.split("#")[0]).text
    assert second.index("call-04<") < second.index("call-00<")
    assert "call-05<" not in second
    assert 'rel="next"' not in second
    assert "First page" in second


def test_a_call_of_an_earlier_day_says_so_in_the_line(owner: Visitor, harbor: Organization) -> None:
    report(harbor, "late", days_ago=3)
    said = text_of(owner.get(line_page(harbor)))
    assert said.count("used on") == 2, "in the meters and in the calls"


def test_positions_that_make_no_sense_show_the_first_page(owner: Visitor, harbor: Organization) -> None:
    report(harbor, "only")
    page = owner.get(f"{line_page(harbor)}?cost=-1&call=only")
    assert "only" in text_of(page)


def test_usage_without_calls_says_that_there_are_none(owner: Visitor, harbor: Organization) -> None:
    now = utc_now()
    ingest.ingest([Reported(0, harbor.id, "test", "e", "tokens_out", 1_000_000, now)], at=now)
    db.session.commit()
    assert "None of this usage was reported with a call." in text_of(owner.get(line_page(harbor)))


def test_pages_take_as_many_statements_for_many_as_for_one(owner: Visitor, harbor: Organization) -> None:
    counts = []
    for number in (1, 24):
        report(harbor, *[f"{number}-{n}" for n in range(number)], tokens=100_000 + number)
        for path in (line_page(harbor), f"/billing/wallet/calls?call={number}-0"):
            owner.get(path)
            with statements() as seen:
                assert owner.get(path).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
