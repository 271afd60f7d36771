"""What Stripe is asked for to make a switch: the same request each time, for what was shown, by the card that was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.billing.subscriptions import replacing, switches
from app.billing.subscriptions.previews import CostsMoreError
from app.billing.subscriptions.switch_requests import ask_stripe
from app.extensions import db
from app.models import Organization, PaymentMethod, PlanSwitch
from app.money import Money
from app.payments import subscriptions
from app.payments.subscription_facts import Chosen, StripeSubscription
from tests.factories import OWNER, a_stripe_card
from tests.support.plans import a_subscriber, subscription_id
from tests.support.sandbox import Sandbox


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth."""
    return a_subscriber("growth")


def fetch(organization: Organization) -> StripeSubscription:
    return subscriptions.fetch(subscription_id(organization))


def ask(
    organization: Organization, switch: PlanSwitch, card: PaymentMethod | None = None
) -> StripeSubscription:
    return ask_stripe(organization, switch, fetch(organization), card)


def chosen(switch: PlanSwitch) -> Chosen:
    return Chosen(switch.plan, switch.interval, switch.version, str(switch.id))


class TestImmediately:
    def test_however_often_it_is_asked_it_is_charged_once(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        switch = switches.begin(organization, "scale", "month", OWNER)
        # More than a second look, once it was made, would find.
        switch.due_micro *= 2
        before = fetch(organization)
        made = [ask_stripe(organization, switch, before, None) for _ in range(2)]
        assert [one.chosen for one in made] == [chosen(switch), chosen(switch)]
        assert len(sandbox.charges()) == 2, "the one for Growth, and this one"

    def test_the_card_that_was_shown_pays_it(self, organization: Organization, sandbox: Sandbox) -> None:
        card = a_stripe_card(organization, "pm_card_mastercard")
        switch = switches.begin(organization, "scale", "month", OWNER)
        ask(organization, switch, card)
        assert sandbox.charges()[0].payment_method == card.stripe_id

    def test_more_than_was_shown_is_not_charged(self, organization: Organization, sandbox: Sandbox) -> None:
        switch = switches.begin(organization, "scale", "month", OWNER)
        switch.due_micro -= Money.parse("10", "USD").micro
        with pytest.raises(CostsMoreError):
            ask(organization, switch)
        assert len(sandbox.charges()) == 1, "the one for Growth"
        assert fetch(organization).chosen != chosen(switch)

    @pytest.mark.parametrize("goes_on", [True, False])
    def test_an_end_with_the_period_goes_only_where_the_switch_replaces_it(
        self, organization: Organization, sandbox: Sandbox, goes_on: bool
    ) -> None:
        ends: Any = {"cancel_at_period_end": True}
        sandbox.stripe.v1.subscriptions.update(subscription_id(organization), ends)
        switch = switches.begin(organization, "scale", "month", OWNER)
        if goes_on:
            replacing.record(switch, fetch(organization))
        assert ask(organization, switch).ends_with_period is not goes_on


class TestLater:
    def test_it_is_planned_once_and_nothing_is_charged(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        switch = switches.begin(organization, "starter", "month", OWNER)
        for _ in range(2):
            planned = ask(organization, switch).planned
            assert planned is not None
            assert planned.chosen == chosen(switch)
        assert len(sandbox.charges()) == 1, "the one for Growth"
        assert fetch(organization).chosen != chosen(switch)
        assert len(sandbox.stripe.v1.subscription_schedules.list().data) == 1

    def test_a_planned_end_makes_way_for_it(self, organization: Organization, sandbox: Sandbox) -> None:
        ends: Any = {"cancel_at": int((fetch(organization).period_end + timedelta(days=3)).timestamp())}
        sandbox.stripe.v1.subscriptions.update(subscription_id(organization), ends)
        switch = switches.begin(organization, "starter", "month", OWNER)
        made = ask(organization, switch)
        assert (made.ends_at, made.planned is not None) == (None, True)

    def test_a_card_of_the_subscriptions_own_is_the_customers_before(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        """Or else the schedule would keep it for the next period, whatever is the default by then."""
        card = a_stripe_card(organization, "pm_card_mastercard")
        own: Any = {"default_payment_method": card.stripe_id}
        switch = switches.begin(organization, "starter", "month", OWNER)
        sandbox.stripe.v1.subscriptions.update(subscription_id(organization), own)
        db.session.commit()
        ask(organization, switch)
        assert fetch(organization).own_card_id is None

    def test_what_would_be_more_by_then_than_was_shown_is_not_planned(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization = a_subscriber("scale")
        switch = switches.begin(organization, "growth", "month", OWNER)
        switch.preview = switch.preview | {"next_charge": 0}
        with pytest.raises(CostsMoreError):
            ask(organization, switch)
        assert fetch(organization).planned is None
