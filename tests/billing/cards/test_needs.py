"""What needs a card: a plan that charges one next, and auto top-up, which may charge certain ones only."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.auto_top_ups import settings as auto_top_up
from app.billing.cards import needs
from app.billing.cards.needs import Need
from app.clock import utc_now
from app.extensions import db
from app.models import Interval, Organization, Subscription, SubscriptionStatus
from tests.factories import OWNER, a_card, an_organization
from tests.support import subscriptions
from tests.support.auto_top_ups import switch_on
from tests.support.subscriptions import Period


def on(plan: str) -> tuple[Organization, Subscription]:
    organization = an_organization()
    today = organization.local_day()
    row = subscriptions.subscribe(organization, plan, period=Period(today, today + timedelta(days=30)))
    db.session.commit()
    return organization, row


def test_without_a_plan_and_on_the_free_one_nothing_does(app: Flask) -> None:
    assert needs.find_needs(an_organization()) == []
    assert needs.find_needs(on("starter")[0]) == []


def test_a_paid_plan_does_on_the_day_of_its_renewal(app: Flask) -> None:
    organization, row = on("growth")
    assert needs.find_needs(organization) == [Need("Growth", renews_on=row.period_end)]
    assert needs.find_needs(an_organization()) == [], "no one else's"


def test_a_renewal_that_is_not_paid_does_now(app: Flask) -> None:
    organization, _ = on("growth")
    subscriptions.record_failed_renewal(organization, at=utc_now(), failure="generic_decline")
    assert [need.is_past_due for need in needs.find_needs(organization)] == [True]


def test_a_plan_that_ends_does_not(app: Flask) -> None:
    organization, row = on("growth")
    row.scheduled_plan, row.scheduled_interval = "starter", Interval.MONTH
    row.scheduled_at = row.ends_at = utc_now() + timedelta(days=30)
    assert needs.find_needs(organization) == []
    row.status = SubscriptionStatus.CANCELED
    assert needs.find_needs(organization) == []


def test_auto_top_up_does_while_it_is_on_and_only_the_cards_that_were_agreed_to(app: Flask) -> None:
    organization = an_organization(credit="30")
    first, backup, other = (
        a_card(organization, last4=last4, default=False) for last4 in ("1111", "2222", "3333")
    )
    settings = switch_on(organization, first, backup)
    assert needs.find_needs(organization) == [Need("Auto top-up", cards=frozenset({first.id, backup.id}))]
    assert needs.needs_by_card(organization, [first.id, backup.id, other.id]) == {}
    assert list(needs.needs_by_card(organization, [first.id, other.id])) == [first.id]
    auto_top_up.turn_off(organization, OWNER)
    assert not settings.is_on
    assert needs.find_needs(organization) == []
