"""An organization has what its subscription at Stripe says: the plan, its next charge, its card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.billing.cards import payment_methods
from app.billing.purchases import Outcome
from app.billing.subscriptions import get_subscription, sync
from app.billing.subscriptions.sync import Synced
from app.extensions import db
from app.models import AuditEvent, Organization, Subscription
from app.payments import subscriptions
from app.payments.errors import PaymentsError
from app.payments.subscription_facts import StripeSubscription
from tests.factories import OWNER, an_organization
from tests.support.database import behind_the_scenes
from tests.support.plans import a_subscriber, subscription_id
from tests.support.sandbox import Sandbox
from tests.support.subscriptions import as_stripe_has_it


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, and in sync."""
    organization = a_subscriber("growth")
    assert sync.sync_subscription(organization, fetch(organization)).outcome.is_ours
    return organization


def fetch(organization: Organization) -> StripeSubscription:
    return subscriptions.fetch(subscription_id(organization))


def change(sandbox: Sandbox, organization: Organization, **wanted: Any) -> None:
    """Someone changes the subscription in Stripe's dashboard."""
    given: Any = wanted
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), given)


def row_of(organization: Organization) -> Subscription:
    db.session.rollback()
    row = get_subscription(organization)
    assert row is not None
    return row


class TestSyncSubscription:
    def test_plan_and_next_charge_are_as_stripe_has_them(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        coupon = sandbox.stripe.v1.coupons.create({"percent_off": 50, "duration": "forever"})
        before = row_of(organization).next_charge
        change(sandbox, organization, discounts=[{"coupon": coupon.id}])
        assert sync.sync_subscription(organization, fetch(organization)) == Synced(Outcome.UNCHANGED)
        after = row_of(organization).next_charge
        assert before is not None
        assert after is not None
        assert after != before

    def test_an_end_has_no_next_charge(self, organization: Organization, sandbox: Sandbox) -> None:
        change(sandbox, organization, cancel_at_period_end=True)
        assert sync.sync_subscription(organization, fetch(organization)).outcome is Outcome.CHANGED
        assert (row_of(organization).scheduled_plan, row_of(organization).next_charge) == ("starter", None)

    def test_one_that_is_not_ours_changes_nothing(self, organization: Organization) -> None:
        before = row_of(organization).next_charge
        other = replace(fetch(organization), id="sub_of_another", own_card_id="pm_of_another", quantity=7)
        assert sync.sync_subscription(organization, other) == Synced(Outcome.NOT_OURS)
        row = row_of(organization)
        assert (row.quantity, row.next_charge) == (1, before)

    def test_without_a_preview_the_plan_is_synced_all_the_same_and_lacks_its_charge(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        change(sandbox, organization, items=[{"id": fetch(organization).item_id, "quantity": 2}])
        found = fetch(organization)
        sandbox.fail("POST /v1/invoices/create_preview", "500_before", times=9)
        assert sync.sync_subscription(organization, found).outcome is Outcome.CHANGED
        assert (row_of(organization).quantity, row_of(organization).next_charge) == (2, None)
        assert not sync.is_in_sync(organization, found)

    def test_a_card_of_its_own_becomes_the_default(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        made = sandbox.stripe.v1.payment_methods.attach(
            "pm_card_mastercard", {"customer": organization.stripe_customer_id or ""}
        )
        change(sandbox, organization, default_payment_method=made.id)
        assert sync.sync_subscription(organization, fetch(organization)).has_new_default
        default = payment_methods.default_of(organization.id)
        assert default is not None
        assert default.stripe_id == made.id


class TestIsInSync:
    def test_it_is_after_a_sync(self, organization: Organization) -> None:
        assert sync.is_in_sync(organization, fetch(organization))
        assert not sync.is_in_sync(an_organization(), fetch(organization))

    @pytest.mark.parametrize(
        "lost",
        [
            "next_charge = NULL",
            "quantity = 2",
            "open_invoice_id = 'in_1', failure = NULL",
        ],
    )
    def test_what_is_missing_here_is_seen(self, organization: Organization, lost: str) -> None:
        found = fetch(organization)
        with behind_the_scenes() as connection:
            connection.execute(db.text(f"UPDATE subscription SET {lost}"))
        assert not sync.is_in_sync(organization, found)

    def test_another_default_card_is_seen(self, organization: Organization) -> None:
        found = fetch(organization)
        for other in ({"customer_card_id": "pm_other"}, {"own_card_id": "pm_other"}):
            assert not sync.is_in_sync(organization, replace(found, **other))


class TestRefreshPlan:
    def test_where_stripe_has_no_subscription_there_is_nothing_to_fetch(self, app: Flask) -> None:
        """Without the stand-in: nothing is asked of Stripe."""
        assert not sync.refresh_plan(an_organization())

    def test_who_made_the_change_is_in_the_trail(self, organization: Organization, sandbox: Sandbox) -> None:
        sandbox.stripe.v1.subscriptions.cancel(subscription_id(organization))
        assert sync.refresh_plan(organization, OWNER)
        assert row_of(organization).plan == "starter"
        query = (
            db.select(AuditEvent).where(AuditEvent.action == "plan.changed").order_by(AuditEvent.at.desc())
        )
        newest = db.session.scalars(query).first()
        assert newest is not None
        assert (newest.actor, newest.details["reason"]) == (OWNER.name, "ended")

    def test_what_stripe_does_not_tell_changes_nothing(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        change(sandbox, organization, cancel_at_period_end=True)
        sandbox.fail("GET /v1/subscriptions/*", "500_before", times=9)
        with pytest.raises(PaymentsError):
            sync.refresh_plan(organization)
        assert row_of(organization).scheduled_plan is None


def test_the_plan_alone_is_synced_for_one_who_waits(app: Flask) -> None:
    """And Stripe is asked for nothing: that it was fetched is enough."""
    organization, found = an_organization(), as_stripe_has_it("growth")
    assert sync.sync_plan(organization, found, OWNER) is found
    row = row_of(organization)
    assert (row.plan, row.next_charge) == ("growth", None)
