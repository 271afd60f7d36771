"""What's next: on the Overview and on its page, with the day, the card and how the amount comes about."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing.plans import resource_counts
from app.extensions import db
from app.web.formatting import day_long
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, links_of, text_of
from tests.support.days import day_written
from tests.support.granting import granted
from tests.support.plans import a_debtor, a_subscriber, hear_from_stripe, plan_of, switch_to
from tests.support.sandbox import Sandbox
from tests.support.sums import Operator


def said(visitor: Visitor, path: str = "/billing/coming-up") -> str:
    words = text_of(visitor.get(path)).replace("\N{MINUS SIGN}", "-")
    return words[words.index("What's next") :]


@pytest.mark.long
def test_a_renewal_is_on_both_with_its_card_and_what_it_comes_from(
    app: Flask, sandbox: Sandbox, visitor: Visitor
) -> None:
    organization = a_subscriber("growth")
    hear_from_stripe(app, sandbox)
    Operator(app, sandbox, organization).discount({"percent_off": 10, "name": "Spring"})
    resource_counts.set_counts(organization.id, {"phone_numbers": 2})
    db.session.commit()
    visitor.begin_session(a_person(organization=organization).email)
    day = plan_of(organization).renews_on
    assert isinstance(day, date)
    for path in ("/billing", "/billing/coming-up"):
        words = said(visitor, path)
        assert "Growth renewal" in words
        assert "$89.10" in words
        assert "Visa ending in 4242" in words
        assert "Rent for 2 phone numbers" in words
        assert "a day" in words
    assert "Spring, 10% off -$9.90" in words
    assert words.count("Visa ending in 4242") == 1, "where the renewal is: rent isn't charged to it"


def test_no_card_is_named_where_nothing_is_charged(app: Flask, sandbox: Sandbox, visitor: Visitor) -> None:
    organization = a_subscriber("growth")
    hear_from_stripe(app, sandbox)
    Operator(app, sandbox, organization).discount({"percent_off": 100, "name": "On us"})
    visitor.begin_session(a_person(organization=organization).email)
    words = said(visitor)
    assert "Growth renewal No charge" in words
    assert "$0.00" in words
    assert "Visa" not in words


def test_a_day_is_said_once_and_its_year_where_that_is_another(app: Flask, visitor: Visitor) -> None:
    organization = an_organization(credit="10")
    visitor.begin_session(a_person(organization=organization).email)
    today = organization.local_day()
    for days in (0, 366):
        granted(organization, "5", days=days, key=str(days))
    words = said(visitor)
    assert f"{today:%b} {today.day} Promotional credit expires If it isn't used by then At most" in words
    later = today + timedelta(days=366)
    assert f"If it isn't used by then, {day_long(later)} At most" in words


@pytest.mark.long
def test_a_plan_that_ends_and_one_that_isnt_paid_say_so(
    app: Flask, sandbox: Sandbox, visitor: Visitor
) -> None:
    ending = a_subscriber("growth")
    switch_to(ending, "starter")
    hear_from_stripe(app, sandbox)
    visitor.begin_session(a_person(organization=ending).email)
    assert "Change to Starter" in said(visitor)
    assert "No charge" in said(visitor)
    debtor = a_debtor(app, sandbox)
    other = Visitor(app.test_client())
    other.begin_session(a_person(organization=debtor).email)
    assert "Growth renewal, not paid yet" in said(other)


def test_without_anything_to_come_it_says_what_is_charged_meanwhile(app: Flask, visitor: Visitor) -> None:
    visitor.begin_session(a_person(organization=an_organization()).email)
    assert "No upcoming charges. Usage is charged to your wallet as it happens." in said(visitor)


def test_credit_that_expires_is_on_the_calendar_and_the_wallet_leads_there(
    app: Flask, visitor: Visitor
) -> None:
    organization = an_organization(credit="10")
    visitor.begin_session(a_person(organization=organization).email)
    assert "No upcoming charges." in said(visitor, "/billing/wallet")
    granted(organization, "5", days=3)
    granted(organization, "7", days=20, key="later")
    resource_counts.set_counts(organization.id, {"phone_numbers": 2})
    db.session.commit()
    page = visitor.get("/billing/coming-up").text
    assert len(set(re.findall(r'<li id="([^"]+)"', page))) == 3
    words = said(visitor)
    assert "Promotional credit expires" in words
    assert "If it isn't used by then" in words
    assert "At most $5.00" in words
    wallet = visitor.get("/billing/wallet")
    assert "/billing/coming-up" in links_of(wallet.text)
    panel = said(visitor, "/billing/wallet")
    day = day_written(organization.local_day() + timedelta(days=3))
    assert f"Promotional credit expires on {day}: at most $5.00." in panel
    assert "at most $7.00." in panel
    assert "Rent for 2" not in panel, "the first two"
