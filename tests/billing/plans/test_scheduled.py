"""A change that happens by itself: when the subscription says so, on the organization's own day."""

from __future__ import annotations

from dateutil.relativedelta import relativedelta
from flask import Flask

from app.billing.plans.scheduled import find_scheduled
from app.extensions import db
from app.models import Interval, Subscription
from tests.factories import an_organization, at
from tests.support import subscriptions
from tests.support.subscriptions import Period


def test_a_change_has_its_plan_and_its_day(app: Flask) -> None:
    organization = an_organization(timezone="Pacific/Kiritimati")
    today = organization.local_day()
    end = today + relativedelta(months=1)
    subscriptions.subscribe(organization, "growth", period=Period(today, end))
    subscription = db.session.get_one(Subscription, (organization.id,))
    assert find_scheduled(organization, subscription) is None
    subscription.scheduled_plan, subscription.scheduled_version = "scale", subscription.version
    found = find_scheduled(organization, subscription)
    assert found is not None
    assert (found.plan_name, found.on, found.interval) == ("Scale", subscription.period_end, Interval.MONTH)
    assert found.price == found.plan.price_by(Interval.MONTH)
    subscription.scheduled_at = at("2026-12-01 23:30")
    found = find_scheduled(organization, subscription)
    assert found is not None
    assert str(found.on) == "2026-12-02"
