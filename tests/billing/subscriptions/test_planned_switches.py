"""Switching to a plan that costs less: planned for the end of the paid period, canceled, changed, made."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.plans import terms as plan_terms
from app.billing.subscriptions import previews, switches
from app.billing.subscriptions.switch_reviews import PreviewRenewedError
from app.extensions import db
from app.models import Organization, PlatformMessage, SubscriptionStatus, SwitchStatus
from app.payments import subscriptions
from tests.factories import OWNER, usd
from tests.support.plans import (
    a_subscriber,
    hear_from_stripe,
    plan_of,
    subscription_id,
    switch_to,
    turn_period,
)
from tests.support.sandbox import Sandbox


@pytest.fixture
def subscriber(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, by the month."""
    return a_subscriber("growth")


def reasons() -> list[str]:
    """Why the plan changed, each time that the platform was told."""
    query = db.select(PlatformMessage).where(PlatformMessage.type == "plan.changed")
    return [one.data["reason"] for one in db.session.scalars(query.order_by(PlatformMessage.position))]


class TestDown:
    @pytest.mark.long
    def test_it_is_made_when_the_period_is_over(
        self, app: Flask, subscriber: Organization, sandbox: Sandbox
    ) -> None:
        switch = switches.begin(subscriber, "starter", "month", OWNER)
        cost = previews.unpack(switch)
        assert (switch.is_at_once, cost.due, cost.next_charge) == (False, usd("0"), usd("0"))
        assert switches.confirm(subscriber, switch.id, OWNER).status is SwitchStatus.DONE
        view = plan_of(subscriber)
        assert view.name == "Growth"
        assert view.scheduled is not None
        assert (view.scheduled.plan_name, view.scheduled.on) == ("Starter", cost.next_at.date())
        turn_period(app, sandbox, subscriber)
        view = plan_of(subscriber)
        assert (view.name, view.scheduled) == ("Starter", None)
        assert reasons() == ["switched", "scheduled"]
        assert plan_terms.get_terms(subscriber).terms[-1].plan == "starter"

    @pytest.mark.long
    def test_it_can_be_canceled(self, app: Flask, subscriber: Organization, sandbox: Sandbox) -> None:
        switch_to(subscriber, "starter")
        switches.cancel_scheduled_change(subscriber, OWNER)
        assert plan_of(subscriber).scheduled is None
        turn_period(app, sandbox, subscriber)
        assert plan_of(subscriber).name == "Growth"

    @pytest.mark.long
    def test_another_can_be_planned_instead(
        self, app: Flask, subscriber: Organization, sandbox: Sandbox
    ) -> None:
        switch_to(subscriber, "scale")
        switch_to(subscriber, "starter")
        switch_to(subscriber, "growth", "year")
        scheduled = plan_of(subscriber).scheduled
        assert scheduled is not None
        assert (scheduled.plan_name, scheduled.interval, scheduled.price) == ("Growth", "year", usd("990"))
        turn_period(app, sandbox, subscriber)
        view = plan_of(subscriber)
        assert (view.name, view.interval, view.price) == ("Growth", "year", usd("990"))
        assert len(sandbox.charges()) == 3

    def test_one_for_more_takes_its_place_immediately(
        self, subscriber: Organization, sandbox: Sandbox
    ) -> None:
        switch_to(subscriber, "starter")
        switch_to(subscriber, "scale")
        view = plan_of(subscriber)
        assert (view.name, view.scheduled) == ("Scale", None)
        found = subscriptions.fetch(subscription_id(subscriber))
        assert found.schedule_id is None

    @pytest.mark.long
    def test_from_a_year_to_months(self, app: Flask, sandbox: Sandbox) -> None:
        organization = a_subscriber("growth", interval="year")
        switch_to(organization, "growth", "month")
        assert plan_of(organization).interval == "year"
        turn_period(app, sandbox, organization)
        assert plan_of(organization).interval == "month"


class TestBadLuck:
    @pytest.mark.long
    def test_the_period_turned_since_it_was_shown(
        self, app: Flask, subscriber: Organization, sandbox: Sandbox
    ) -> None:
        switch = switches.begin(subscriber, "scale", "month", OWNER)
        turn_period(app, sandbox, subscriber)
        with pytest.raises(PreviewRenewedError):
            switches.confirm(subscriber, switch.id, OWNER)
        assert plan_of(subscriber).name == "Growth"

    @pytest.mark.long
    def test_it_was_canceled_at_stripe_for_the_end_of_the_period_and_is_canceled(
        self, app: Flask, subscriber: Organization, sandbox: Sandbox
    ) -> None:
        id_ = subscription_id(subscriber)
        sandbox.stripe.v1.subscriptions.update(id_, {"cancel_at_period_end": True})
        hear_from_stripe(app, sandbox)
        view = plan_of(subscriber)
        assert view.scheduled is not None
        assert view.scheduled.plan_name == "Starter"
        switches.cancel_scheduled_change(subscriber, OWNER)
        assert plan_of(subscriber).scheduled is None
        assert sandbox.stripe.v1.subscriptions.retrieve(id_).cancel_at is None

    @pytest.mark.long
    def test_it_was_canceled_at_stripe_immediately_and_another_plan_can_be_chosen(
        self, app: Flask, subscriber: Organization, sandbox: Sandbox
    ) -> None:
        sandbox.stripe.v1.subscriptions.cancel(subscription_id(subscriber))
        hear_from_stripe(app, sandbox)
        view = plan_of(subscriber)
        assert (view.name, view.status) == ("Starter", SubscriptionStatus.CANCELED)
        assert reasons() == ["switched", "ended"]
        assert switch_to(subscriber, "scale").status is SwitchStatus.DONE
        assert plan_of(subscriber).name == "Scale"

    @pytest.mark.long
    def test_events_come_backwards_and_twice(
        self, app: Flask, subscriber: Organization, sandbox: Sandbox
    ) -> None:
        switch_to(subscriber, "starter")
        turn_period(app, sandbox, subscriber)
        hear_from_stripe(app, sandbox)
        assert reasons() == ["switched", "scheduled"]
