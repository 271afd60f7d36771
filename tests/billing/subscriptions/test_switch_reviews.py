"""A review is confirmed as it was shown, or shown again with the reason: never other sums, or another card."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.subscriptions import previews, switch_queries, switch_reviews, switches
from app.billing.subscriptions.switch_reviews import AlreadyOnItError, PreviewRenewedError
from app.extensions import db
from app.models import Interval, Organization, PaymentMethod, PlanSwitch, Subscription, SwitchStatus
from app.payments import subscriptions
from app.payments.subscription_facts import StripeSubscription
from tests.factories import OWNER, a_card
from tests.support.plans import a_subscriber, subscription_id
from tests.support.sandbox import Sandbox


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth."""
    return a_subscriber("growth")


@pytest.fixture
def switch(organization: Organization) -> PlanSwitch:
    """One to Scale, in review."""
    return switches.begin(organization, "scale", "month", OWNER)


@pytest.fixture
def found(organization: Organization) -> StripeSubscription:
    return subscriptions.fetch(subscription_id(organization))


def test_it_is_the_plan_in_force_only_if_paid_the_same_way_with_nothing_planned() -> None:
    row = Subscription(plan="growth", interval=Interval.MONTH)
    assert switch_reviews.is_on(row, "growth", "month")
    assert not switch_reviews.is_on(row, "growth", "year")
    assert not switch_reviews.is_on(row, "scale", "month")
    assert not switch_reviews.is_on(None, "starter", "month")
    row.scheduled_plan = "starter"
    assert not switch_reviews.is_on(row, "growth", "month"), "keeping it is a change"


class TestSeen:
    def test_any_other_sum_is_another(self, switch: PlanSwitch) -> None:
        before = switch_reviews.sums_of(switch)
        assert switch_reviews.sums_of(switch) == before
        switch.due_micro += 10_000
        assert switch_reviews.sums_of(switch) != before
        switch.due_micro -= 10_000
        switch.previewed_at += timedelta(microseconds=1)
        assert switch_reviews.sums_of(switch) != before

    def test_the_card_counts_only_where_it_is_charged(
        self, organization: Organization, switch: PlanSwitch
    ) -> None:
        card, other = a_card(organization, default=False), a_card(organization, default=False)
        assert switch_reviews.seen(switch, card.id) != switch_reviews.seen(switch, other.id)
        switch.due_micro = 0
        assert switch_reviews.seen(switch, card.id) == switch_reviews.seen(switch, None)

    def test_what_was_shown_is_confirmed_and_nothing_else(
        self, organization: Organization, switch: PlanSwitch
    ) -> None:
        card: PaymentMethod = a_card(organization, default=False)
        other = a_card(organization, last4="1111", default=False)
        shown = switch_reviews.seen(switch, card.id)
        switch_reviews.check_seen(switch, card, shown)
        with pytest.raises(PreviewRenewedError, match="default card is now Visa ending in 1111"):
            switch_reviews.check_seen(switch, other, shown)
        switch.due_micro += 10_000
        with pytest.raises(PreviewRenewedError, match="recalculated after you opened"):
            switch_reviews.check_seen(switch, card, shown)
        with pytest.raises(PreviewRenewedError):
            switch_reviews.check_seen(switch, card, "")


class TestRenewing:
    def test_a_fresh_one_stays(
        self, organization: Organization, switch: PlanSwitch, found: StripeSubscription
    ) -> None:
        before = switch_reviews.sums_of(switch)
        switch.previewed_at -= previews.GOOD_FOR - timedelta(minutes=1)
        db.session.commit()
        shown = switch_reviews.sums_of(switch)
        switch_reviews.renew_if_stale(organization, switch, found)
        assert switch_reviews.sums_of(switch) == shown != before

    def test_one_that_is_too_old_is_calculated_again(
        self, organization: Organization, switch: PlanSwitch, found: StripeSubscription
    ) -> None:
        switch.previewed_at -= previews.GOOD_FOR + timedelta(seconds=1)
        db.session.commit()
        old = switch.previewed_at
        with pytest.raises(PreviewRenewedError, match="more than five minutes old"):
            switch_reviews.renew_if_stale(organization, switch, found)
        assert switches.find(organization.id, switch.id).previewed_at > old
        switch_reviews.renew_if_stale(organization, switch, found)

    def test_one_for_later_grows_no_older(
        self, organization: Organization, found: StripeSubscription
    ) -> None:
        later = switches.begin(organization, "starter", "month", OWNER)
        later.previewed_at -= timedelta(days=1)
        db.session.commit()
        switch_reviews.renew_if_stale(organization, later, found)

    def test_one_of_a_plan_that_has_changed_is_calculated_again(
        self, organization: Organization, switch: PlanSwitch, found: StripeSubscription
    ) -> None:
        switch.based_on = "another"
        db.session.commit()
        with pytest.raises(PreviewRenewedError, match="Your plan has changed"):
            switch_reviews.renew_if_stale(organization, switch, found)
        row = switch_queries.get_subscription(organization)
        assert switches.find(organization.id, switch.id).based_on == switch_reviews.state_of(row)

    def test_one_to_the_plan_that_is_had_by_now_is_refused(
        self, organization: Organization, switch: PlanSwitch, found: StripeSubscription
    ) -> None:
        switch.plan, switch.based_on = "growth", "another"
        db.session.commit()
        with pytest.raises(AlreadyOnItError):
            switch_reviews.renew_if_stale(organization, switch, found)

    @pytest.mark.parametrize("status", [one for one in SwitchStatus if one is not SwitchStatus.REVIEW])
    def test_one_that_was_confirmed_meanwhile_keeps_what_was_confirmed(
        self,
        organization: Organization,
        switch: PlanSwitch,
        found: StripeSubscription,
        status: SwitchStatus,
    ) -> None:
        switch.status = status
        db.session.commit()
        before = switch_reviews.sums_of(switch)
        switch_reviews.renew(organization, switch, found, "Why")
        assert switch_reviews.sums_of(switches.find(organization.id, switch.id)) == before
