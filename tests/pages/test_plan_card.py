"""The overview's plan names the card that pays it, and says in time what is wrong with it."""

from __future__ import annotations

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, Subscription
from tests.factories import a_card, a_person, an_organization
from tests.support import subscriptions
from tests.support.browsing import Visitor, text_of
from tests.support.subscriptions import Period


@pytest.fixture
def organization(app: Flask) -> Organization:
    """On a paid plan that renews in a month."""
    made = an_organization()
    today = made.local_day()
    subscriptions.subscribe(made, "growth", period=Period(today, today + relativedelta(months=1)))
    db.session.commit()
    return made


@pytest.fixture
def owner(visitor: Visitor, organization: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=organization).email)
    return visitor


def reads(owner: Visitor) -> str:
    return text_of(owner.get("/billing"))


def expire(card: PaymentMethod, day: date) -> None:
    card.exp_year, card.exp_month = day.year, day.month
    db.session.commit()


def test_the_card_is_named(owner: Visitor, organization: Organization) -> None:
    a_card(organization)
    assert "Charged to Visa ending in 4242." in reads(owner)


def test_without_a_card_one_is_asked_for(owner: Visitor) -> None:
    said = reads(owner)
    assert "You don't have a card to pay for your plan. Add one before the renewal on" in said
    assert "Add a card" in said


def test_one_that_expires_before_the_renewal(owner: Visitor, organization: Organization) -> None:
    today = organization.local_day()
    expire(a_card(organization), today)
    assert f"the card for your plan, expires {today.month:02}/{today.year}." in reads(owner)


def test_one_that_expires_after_the_renewal_can_wait(owner: Visitor, organization: Organization) -> None:
    expire(a_card(organization), organization.local_day() + relativedelta(months=1))
    assert "Charged to Visa ending in 4242." in reads(owner)


def test_one_that_has_expired(owner: Visitor, organization: Organization) -> None:
    a_card(organization, year=2020)
    said = reads(owner)
    assert (
        "Visa ending in 4242, the card for your plan, has expired. Choose or add another card before" in said
    )
    assert "Change card" in said


def test_one_that_is_not_working(owner: Visitor, organization: Organization) -> None:
    a_card(organization).failing_since = utc_now()
    db.session.commit()
    assert "the card for your plan, isn't working. The bank declined it." in reads(owner)


@pytest.mark.parametrize("change", [{"scheduled_plan": "starter"}, {"plan": "starter"}])
def test_a_plan_that_charges_nothing_more_names_no_card(
    owner: Visitor, organization: Organization, change: dict[str, str]
) -> None:
    a_card(organization, year=2020)
    for name, value in change.items():
        setattr(db.session.get_one(Subscription, (organization.id,)), name, value)
    db.session.commit()
    assert "ending in 4242" not in reads(owner)


def test_an_unpaid_renewal_says_it_once(owner: Visitor, organization: Organization) -> None:
    a_card(organization, year=2020)
    subscriptions.record_failed_renewal(organization, at=utc_now(), failure="expired_card")
    db.session.commit()
    said = reads(owner)
    assert "Charged to Visa ending in 4242, which has expired." in said
    assert "Choose or add another card before" not in said
