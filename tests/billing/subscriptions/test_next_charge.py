"""What is charged next for a plan: as Stripe previews it, stored only with the subscription that it is of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.subscriptions import next_charge, switch_queries
from app.clock import utc_now
from app.extensions import db
from app.models import Interval, Organization, Subscription, SubscriptionStatus, Wallet
from app.payments.errors import PaymentsError
from app.payments.invoice_sums import Sums
from tests.factories import a_payer, an_organization, usd
from tests.support.plans import a_subscriber, sell_plans, subscription_id, switch_to
from tests.support.sandbox import Sandbox

PREVIEW = "POST /v1/invoices/create_preview"


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth."""
    return a_subscriber("growth")


def row_of(organization: Organization) -> Subscription:
    row = switch_queries.get_subscription(organization)
    assert row is not None
    return row


def version_of(organization: Organization) -> int:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).version


def look_up(organization: Organization) -> Sums:
    found = next_charge.look_up(organization, subscription_id(organization))
    assert found is not None
    return found


class TestLookUp:
    def test_it_is_what_stripe_previews(self, organization: Organization) -> None:
        assert look_up(organization).total == usd("99")

    def test_a_free_plan_is_charged_nothing(self, app: Flask, sandbox: Sandbox) -> None:
        sell_plans()
        organization, _ = a_payer()
        switch_to(organization, "growth")
        switch_to(organization, "starter")
        assert next_charge.look_up(organization, subscription_id(organization)) is None

    def test_another_subscription_than_the_plans_is_not_asked_about(self, organization: Organization) -> None:
        assert next_charge.look_up(organization, "sub_of_someone") is None

    def test_no_answer_is_an_error_or_unknown_as_the_caller_wants(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        id_ = subscription_id(organization)
        sandbox.fail(PREVIEW, "500_before", times=9)
        assert next_charge.look_up_if_possible(organization, id_) is None
        with pytest.raises(PaymentsError):
            next_charge.look_up(organization, id_)


class TestStore:
    def test_the_same_again_changes_nothing(self, organization: Organization) -> None:
        seen, id_ = look_up(organization), subscription_id(organization)
        next_charge.store(organization, id_, None)
        db.session.commit()
        versions = [version_of(organization)]
        for _ in range(2):
            next_charge.store(organization, id_, seen)
            db.session.commit()
            versions.append(version_of(organization))
        assert row_of(organization).next_charge is not None
        assert [version - versions[0] for version in versions] == [0, 1, 1]

    def test_what_was_seen_of_another_subscription_is_not(self, organization: Organization) -> None:
        seen = look_up(organization)
        next_charge.store(organization, subscription_id(organization), None)
        next_charge.store(organization, "sub_before", seen)
        next_charge.store(an_organization(), subscription_id(organization), seen)
        assert row_of(organization).next_charge is None

    def test_one_that_has_ended_meanwhile_is_charged_no_more(self, organization: Organization) -> None:
        seen, row = look_up(organization), row_of(organization)
        row.status = SubscriptionStatus.CANCELED
        db.session.commit()
        next_charge.store(organization, subscription_id(organization), seen)
        assert row_of(organization).next_charge is None


class TestIsMissing:
    def row(self, **more: object) -> Subscription:
        usual = {"plan": "growth", "interval": Interval.MONTH, "status": SubscriptionStatus.ACTIVE}
        return Subscription(**(usual | more))

    @pytest.mark.parametrize(
        "more", [{}, {"status": SubscriptionStatus.PAST_DUE}, {"scheduled_plan": "scale"}], ids=str
    )
    def test_of_a_plan_that_is_charged_again(self, more: dict[str, object]) -> None:
        assert next_charge.is_missing(self.row(**more))

    @pytest.mark.parametrize(
        "more",
        [
            {"next_charge": {"total": 1}},
            {"status": SubscriptionStatus.CANCELED},
            {"ends_at": utc_now() + timedelta(days=1)},
            {"plan": "starter"},
            {"scheduled_plan": "starter"},
        ],
        ids=lambda more: next(iter(more)),
    )
    def test_nothing_where_it_is_known_or_nothing_will_be_charged(self, more: dict[str, object]) -> None:
        assert not next_charge.is_missing(self.row(**more))


def test_a_refresh_finds_what_a_coupon_takes_off(organization: Organization, sandbox: Sandbox) -> None:
    next_charge.refresh(organization)
    db.session.commit()
    before = row_of(organization).next_charge
    assert before is not None
    coupon = sandbox.stripe.v1.coupons.create({"percent_off": 50, "duration": "forever"}).id
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), {"discounts": [{"coupon": coupon}]})
    next_charge.refresh(organization)
    db.session.commit()
    assert row_of(organization).next_charge not in (None, before)
    assert look_up(organization).total == usd("49.50")


def test_a_refresh_without_a_running_subscription_asks_no_one(
    organization: Organization, sandbox: Sandbox
) -> None:
    row_of(organization).status = SubscriptionStatus.CANCELED
    db.session.commit()
    sandbox.fail(PREVIEW, "500_before", times=9)
    next_charge.refresh(organization)
    next_charge.refresh(an_organization())
