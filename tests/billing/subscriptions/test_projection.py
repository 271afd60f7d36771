"""From a subscription as Stripe has it to the plan in force: applied once, and a second time changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.purchases import Outcome
from app.billing.subscriptions import projection, switch_queries
from app.clock import utc_now
from app.extensions import db
from app.models import Interval, Organization, PlatformMessage, Subscription, SubscriptionStatus, Wallet
from app.payments.statuses import StripeSubscriptionStatus
from app.payments.subscription_facts import Chosen, Planned, StripeSubscription
from tests.factories import an_organization
from tests.support.subscriptions import as_stripe_has_it

PAST_DUE, CANCELED = StripeSubscriptionStatus.PAST_DUE, StripeSubscriptionStatus.CANCELED
INCOMPLETE = StripeSubscriptionStatus.INCOMPLETE
GRACE = timedelta(days=7)
"""Of the catalog."""


@pytest.fixture
def organization(app: Flask) -> Organization:
    """Without a subscription."""
    return an_organization()


@pytest.fixture
def found() -> StripeSubscription:
    return as_stripe_has_it("growth")


def apply(organization: Organization, found: StripeSubscription, **more: Any) -> Outcome:
    outcome = projection.apply(organization, found, **more)
    db.session.commit()
    return outcome


def row_of(organization: Organization) -> Subscription:
    row = switch_queries.get_subscription(organization)
    assert row is not None
    return row


def version_of(organization: Organization) -> int:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).version


def told() -> list[tuple[str, str]]:
    """The plans that the platform was told of, each with the reason."""
    query = db.select(PlatformMessage).filter_by(type="plan.changed").order_by(PlatformMessage.position)
    return [(one.data["plan"]["key"], one.data["reason"]) for one in db.session.scalars(query)]


def planned(found: StripeSubscription, plan: str) -> Planned:
    return Planned(Chosen(plan, "month"), found.period_end, "price_2")


class TestApply:
    def test_the_second_to_come_changes_nothing(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        before = version_of(organization)
        outcomes = [apply(organization, found), apply(organization, found)]
        assert outcomes == [Outcome.CHANGED, Outcome.UNCHANGED]
        assert (version_of(organization) - before, told()) == (1, [("growth", "changed")])
        row = row_of(organization)
        assert (row.stripe_id, row.plan, row.status) == ("sub_1", "growth", SubscriptionStatus.ACTIVE)
        assert (row.version, row.anchor) == (catalog.current().version, found.anchor)

    def test_its_days_are_the_organizations_own(self, app: Flask) -> None:
        organization = an_organization(timezone="Pacific/Auckland")
        evening = utc_now().replace(hour=20, minute=0, second=0, microsecond=0)
        apply(organization, as_stripe_has_it(period_start=evening, period_end=evening + timedelta(days=30)))
        assert row_of(organization).period_start == evening.date() + timedelta(days=1)

    def test_what_pages_do_not_show_is_no_change(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, found)
        assert apply(organization, replace(found, latest_invoice_id="in_2")) is Outcome.UNCHANGED

    def test_the_next_charge_of_the_plan_as_it_was_is_forgotten(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, found)
        row_of(organization).next_charge = {"lines": []}
        db.session.commit()
        apply(organization, found)
        assert row_of(organization).next_charge is not None
        apply(organization, replace(found, quantity=2))
        assert (row_of(organization).quantity, row_of(organization).next_charge) == (2, None)


class TestWhoseItIs:
    def test_a_second_one_beside_the_one_that_is_known_is_not_ours(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, found)
        other = as_stripe_has_it("scale", id="sub_2")
        assert apply(organization, other) is Outcome.NOT_OURS
        assert row_of(organization).plan == "growth"

    def test_it_becomes_ours_once_the_known_one_has_ended(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, found)
        apply(organization, replace(found, status=CANCELED))
        assert apply(organization, as_stripe_has_it("scale", id="sub_2")) is Outcome.CHANGED
        assert (row_of(organization).stripe_id, row_of(organization).plan) == ("sub_2", "scale")

    @pytest.mark.parametrize("status", [INCOMPLETE, CANCELED])
    def test_one_that_was_never_paid_or_has_ended_is_no_first_one(
        self, organization: Organization, found: StripeSubscription, status: StripeSubscriptionStatus
    ) -> None:
        assert apply(organization, replace(found, status=status)) is Outcome.NOT_OURS
        assert switch_queries.get_subscription(organization) is None


class TestItsPrice:
    @pytest.mark.parametrize("chosen", [None, Chosen("platinum", "month"), Chosen("scale", "month", "1999")])
    def test_one_of_no_plan_that_is_known_leaves_the_plan_as_it_was(
        self, organization: Organization, found: StripeSubscription, chosen: Chosen | None
    ) -> None:
        apply(organization, found)
        apply(organization, replace(found, chosen=chosen))
        row = row_of(organization)
        assert (row.plan, row.status, told()) == (
            "growth",
            SubscriptionStatus.ACTIVE,
            [("growth", "changed")],
        )

    def test_a_free_one_that_was_never_paid_for_goes_by_the_calendar(
        self, organization: Organization
    ) -> None:
        apply(organization, as_stripe_has_it("starter", is_free=True))
        assert row_of(organization).anchor is None


class TestPastDue:
    def test_when_it_first_failed_stays_and_goes_once_it_is_paid(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, found)
        first, owed = utc_now(), replace(found, status=PAST_DUE, open_invoice_id="in_1")
        apply(organization, owed, at=first)
        apply(organization, replace(owed, quantity=2), at=first + timedelta(days=1))
        row = row_of(organization)
        assert (row.status, row.failed_at) == (SubscriptionStatus.PAST_DUE, first)
        assert row.open_invoice_id == "in_1"
        apply(organization, found)
        row = row_of(organization)
        assert (row.status, row.failed_at, row.open_invoice_id) == (SubscriptionStatus.ACTIVE, None, None)

    def test_why_another_invoice_was_not_paid_says_nothing_of_this_one(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        owed = replace(found, status=PAST_DUE, open_invoice_id="in_1")
        apply(organization, owed)
        row_of(organization).failure = "lost_card"
        db.session.commit()
        apply(organization, owed)
        assert row_of(organization).failure == "lost_card"
        apply(organization, replace(owed, open_invoice_id="in_2"))
        assert row_of(organization).failure is None

    def test_a_payment_after_the_deadline_restores_the_plan_from_then_on(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, found)
        failed = utc_now() - GRACE - timedelta(days=3)
        apply(organization, replace(found, status=PAST_DUE, open_invoice_id="in_1"), at=failed)
        apply(organization, found)
        assert told() == [("growth", "changed"), ("starter", "suspended"), ("growth", "restored")]
        assert row_of(organization).suspended_at is None


class TestWhatIsPlanned:
    def test_it_is_shown_until_it_is_made_and_then_is_the_reason(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        waits = replace(found, planned=planned(found, "scale"), schedule_id="sub_sched_1")
        apply(organization, waits)
        row = row_of(organization)
        assert (row.plan, row.scheduled_plan, row.scheduled_at) == ("growth", "scale", found.period_end)
        apply(organization, replace(found, chosen=Chosen("scale", "month")))
        row = row_of(organization)
        assert (row.plan, row.scheduled_plan, row.scheduled_at) == ("scale", None, None)
        assert told()[1:] == [("scale", "scheduled")]

    def test_it_is_in_force_since_the_period_began_however_late_it_is_heard_of(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, replace(found, planned=planned(found, "scale")), at=found.period_start)
        begun = found.period_start + timedelta(days=8)
        apply(organization, replace(found, chosen=Chosen("scale", "month"), period_start=begun))
        moments = db.session.scalars(
            db.select(PlatformMessage.happened_at).order_by(PlatformMessage.position)
        ).all()
        assert moments == [found.period_start, begun]

    def test_an_end_is_a_change_to_the_free_plan(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, replace(found, ends_at=found.period_end, ends_with_period=True))
        row = row_of(organization)
        assert (row.scheduled_plan, row.scheduled_interval) == ("starter", Interval.MONTH)
        assert (row.scheduled_at, row.ends_at) == (found.period_end, found.period_end)

    def test_a_plan_that_no_one_knows_is_not_shown(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, replace(found, planned=planned(found, "platinum")))
        assert (row_of(organization).scheduled_plan, row_of(organization).scheduled_at) == (None, None)

    def test_one_with_a_wish_of_a_person_was_switched(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        apply(organization, found)
        apply(organization, replace(found, chosen=Chosen("scale", "month", switch="of a person")))
        assert told()[1:] == [("scale", "switched")]


def test_once_it_has_ended_the_free_plan_on_offer_is_in_force(
    organization: Organization, found: StripeSubscription
) -> None:
    apply(organization, replace(found, ends_at=found.period_end))
    apply(organization, replace(found, status=CANCELED, ends_at=found.period_end, ended_at=utc_now()))
    row = row_of(organization)
    assert (row.status, row.plan, row.scheduled_plan) == (SubscriptionStatus.CANCELED, "starter", None)
    assert (row.version, told()[1:]) == (catalog.current().version, [("starter", "ended")])


class TestIsInSync:
    @pytest.mark.parametrize(
        "other",
        [
            {"id": "sub_2"},
            {"chosen": Chosen("scale", "month")},
            {"chosen": Chosen("growth", "year")},
            {"chosen": None},
            {"quantity": 2},
            {"status": PAST_DUE},
            {"status": CANCELED},
            {"schedule_id": "sub_sched_1"},
            {"ends_at": utc_now() + timedelta(days=3)},
            {"period_end": utc_now() + timedelta(days=99)},
            {"planned": Planned(Chosen("scale", "month"), utc_now(), "price_2")},
            {"currency": "EUR"},
        ],
        ids=lambda other: next(iter(other)),
    )
    def test_it_is_what_was_applied_and_nothing_else(
        self, organization: Organization, found: StripeSubscription, other: dict[str, Any]
    ) -> None:
        assert not projection.is_in_sync(organization, found)
        apply(organization, found)
        assert projection.is_in_sync(organization, found)
        assert not projection.is_in_sync(organization, replace(found, **other))

    def test_what_was_planned_is_in_sync_once_it_is_known(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        waits = replace(found, planned=planned(found, "scale"), schedule_id="sub_sched_1")
        apply(organization, waits)
        assert projection.is_in_sync(organization, waits)
        assert not projection.is_in_sync(organization, replace(waits, planned=planned(found, "starter")))
