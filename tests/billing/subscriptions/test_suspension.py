"""From the deadline of an unpaid renewal on the free plan is in force: recorded once, and as of the deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.plans import grace, terms
from app.billing.subscriptions import suspension
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Interval, Organization, PlatformMessage, Subscription, SubscriptionStatus, Wallet
from tests.factories import an_organization
from tests.support import subscriptions
from tests.support.subscriptions import Period

DAYS = 7
"""Grace days of the catalog."""


def on_growth() -> tuple[Organization, Subscription]:
    organization = an_organization()
    today = organization.local_day()
    period = Period(today - timedelta(days=20), today + timedelta(days=10))
    row = subscriptions.subscribe(organization, "growth", period=period)
    db.session.commit()
    return organization, row


def a_debtor(days: int) -> tuple[Organization, Subscription]:
    """On Growth, whose renewal failed so many days ago."""
    organization, row = on_growth()
    failed_at = utc_now() - timedelta(days=days)
    subscriptions.record_failed_renewal(organization, at=failed_at, failure="generic_decline")
    db.session.commit()
    return organization, row


def version_of(organization: Organization) -> int:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).version


def suspended() -> list[PlatformMessage]:
    told = db.session.scalars(db.select(PlatformMessage).filter_by(type="plan.changed"))
    return [one for one in told if one.data["reason"] == "suspended"]


class TestGetInForce:
    def test_without_a_subscription_it_is_the_free_plan(self, app: Flask) -> None:
        assert suspension.get_in_force(an_organization(), None).plan == "starter"

    def test_the_plan_is_while_it_is_paid_or_in_grace(self, app: Flask) -> None:
        for organization, row in (on_growth(), a_debtor(DAYS - 1)):
            found = suspension.get_in_force(organization, row)
            assert (found.plan, found.interval) == ("growth", Interval.MONTH)

    @pytest.mark.parametrize("how", ["canceled", "suspended"])
    def test_the_free_plan_is_once_it_has_ended_or_is_suspended(self, app: Flask, how: str) -> None:
        organization, row = on_growth()
        row.interval = Interval.YEAR
        if how == "canceled":
            row.status = SubscriptionStatus.CANCELED
        else:
            row.suspended_at = utc_now()
        found = suspension.get_in_force(organization, row)
        assert (found.plan, found.interval, found.bought) == ("starter", Interval.MONTH, row.version)


class TestRecord:
    def test_not_a_moment_before_the_deadline_and_as_of_it_however_late(self, app: Flask) -> None:
        organization, row = a_debtor(DAYS + 3)
        deadline = grace.deadline_of(organization, row)
        assert deadline is not None
        ledger.lock(organization.id)
        early = deadline.over_at - timedelta(microseconds=1)
        assert not suspension.record(organization, row, early)
        assert suspension.record(organization, row, deadline.over_at + timedelta(days=2))
        assert row.suspended_at == deadline.over_at
        plans = terms.get_terms(organization)
        assert plans.plan_at(early).key == "growth"
        assert plans.plan_at(deadline.over_at).key == "starter"

    def test_a_second_time_changes_nothing(self, app: Flask) -> None:
        organization, row = a_debtor(DAYS + 3)
        ledger.lock(organization.id)
        assert suspension.record(organization, row, utc_now())
        assert not suspension.record(organization, row, utc_now())
        assert len(suspended()) == 1

    def test_where_nothing_is_due_there_is_nothing_to_record(self, app: Flask) -> None:
        organization, row = on_growth()
        ledger.lock(organization.id)
        assert not suspension.record(organization, row, utc_now() + timedelta(days=999))
        assert not suspension.record(an_organization(), None, utc_now())

    def test_a_free_plan_that_is_owed_for_changes_nothing_that_is_in_force(self, app: Flask) -> None:
        organization, row = a_debtor(DAYS + 3)
        row.plan = "starter"
        ledger.lock(organization.id)
        assert suspension.record(organization, row, utc_now())
        assert (row.suspended_at is not None, suspended()) == (True, [])


class TestSweep:
    def test_everyone_whose_deadline_has_passed_and_no_one_else(self, app: Flask) -> None:
        due = [a_debtor(DAYS + 3), a_debtor(DAYS + 30)]
        others = [a_debtor(DAYS - 1), on_growth()]
        before = [version_of(organization) for organization, _ in (*due, *others)]
        assert suspension.suspend_overdue() == 2
        after = [version_of(organization) for organization, _ in (*due, *others)]
        assert [new - old for old, new in zip(before, after, strict=True)] == [1, 1, 0, 0]
        db.session.expire_all()
        assert [row.suspended_at is not None for _, row in (*due, *others)] == [True, True, False, False]
        assert suspension.suspend_overdue() == 0
        assert len(suspended()) == 2

    def test_one_that_was_paid_is_left_alone(self, app: Flask) -> None:
        _, row = a_debtor(DAYS + 3)
        row.status = SubscriptionStatus.ACTIVE
        db.session.commit()
        assert suspension.suspend_overdue() == 0

    def test_where_one_fails_the_others_continue(self, app: Flask) -> None:
        (_, broken), (_, row) = a_debtor(DAYS + 3), a_debtor(DAYS + 3)
        broken.version = "unknown"
        db.session.commit()
        assert suspension.suspend_overdue() == 1
        db.session.expire_all()
        assert (broken.suspended_at, row.suspended_at is not None) == (None, True)
