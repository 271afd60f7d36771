"""Whose tasks they are."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from uuid import UUID

from app.billing.activity import rollups
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.site import Site
from tests.factories import a_payer, a_stripe_card
from tests.support.overdue import an_overdue
from tests.support.plans import ALWAYS_3DS, DECLINES, a_subscriber, sell_plans, switch_to


def payer(site: Site) -> Organization:
    """Someone with some credit and a card that pays."""
    return a_payer(credit="20")[0]


def asked_by_bank(site: Site) -> Organization:
    """Someone whose bank asks before it pays; plans are sold."""
    sell_plans()
    return a_payer(ALWAYS_3DS, credit="20")[0]


def declined(site: Site) -> Organization:
    """Someone whose default card is declined, and who has another; plans are sold."""
    sell_plans()
    organization, _ = a_payer(DECLINES, credit="20")
    return organization


def with_two_cards(site: Site) -> Organization:
    """Someone with a Visa, which is the default, and a Mastercard."""
    organization, _ = a_payer(credit="20")
    a_stripe_card(organization, "pm_card_mastercard")
    return organization


def buyer(site: Site) -> Organization:
    """Someone on the free plan with a card that pays."""
    sell_plans()
    return payer(site)


def subscriber(site: Site) -> Organization:
    """Someone on Growth."""
    return a_subscriber("growth")


def planning(site: Site) -> Organization:
    """Someone on Growth who has scheduled the free plan."""
    organization = a_subscriber("growth")
    switch_to(organization, "starter")
    return organization


def with_overdue_calls(site: Site) -> Organization:
    """Someone with two calls that no one has ended."""
    return an_overdue("call-1", "call-2")


def caller(site: Site) -> Organization:
    """Someone with calls on each of 40 days, and credit that came in January. What is done with it is only looking."""
    return db.session.get_one(Organization, _with_calls(site.url))


@cache
def _with_calls(url: str) -> UUID:
    """Made once for each running product: it takes as long as a task."""
    organization, _ = a_payer(credit="900")
    today = organization.local_day()
    for day in reversed(range(40)):
        used = [Used("calls_outbound", 7200, today - timedelta(days=day), "Reminders", "Noah", f"call_{day}")]
        usage_reports.record(organization, f"day {day}", used, at=utc_now() - timedelta(days=day))
    db.session.commit()
    rollups.roll_up(organization.id, until=utc_now())
    return organization.id
